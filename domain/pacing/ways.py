"""How an athlete's power becomes speed: what slopes cost them, and how fast they go at most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.model import Knots
from domain.pacing.own_caps import DOWN, fastest, own_downhill, own_walking, usual_downhill
from domain.pacing.own_cost import OwnCost, fit_own_cost
from domain.pacing.ran import Ran
from domain.runs.recording import Floats

# What share of the critical speed runs are run at, and how fast on the level, where nothing else is known.
USUAL_THROTTLE = 0.8
USUAL_M_PER_S = 2.64
SURELY_RUN_FROM = -0.075
WALKED_UP_FROM = 0.05
SURELY_WALKED_UP_FROM = 0.15
NEAR_A_CAP = 0.95


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ways:
    """What was learned of some runs. `downhill_m_per_s`, shape (k,), is the cap at each of `DOWN`, told by so many
    `downhill_stretches`, shape (k,); `fastest` is the whole curve."""

    cost: OwnCost
    fastest: Knots
    downhill_m_per_s: Floats
    downhill_stretches: NDArray[np.int64]
    walking_m_per_s: float
    walking_stretches: int

    def speed_m_per_s(self, ground: Ran, level_m_per_s: Floats) -> Floats:
        """How fast each stretch goes, shape (m,), by the power that runs so fast on the level, shape (m,) too: run or
        walked, whichever is faster, and no faster than the caps. What was done there is not looked at."""
        own = self.cost.at(ground.grade)
        walked = np.minimum(level_m_per_s / (ground.walking * own), self.walking_m_per_s)
        cap = np.interp(ground.grade, self.fastest.grade, self.fastest.value)
        return np.asarray(np.minimum(np.maximum(level_m_per_s / (ground.running * own), walked), cap))


def learn_ways(ran: Ran, speed_m_per_s: float | None = None) -> Ways:
    """The ways behind these stretches. What is usual downhill goes with the critical speed, 1.25 times the median of
    what the power runs on the level where it is not given.

    Costs and caps are told apart in two rounds: first h from where power is the bound for everybody (from −7.5 % on),
    then the caps by what is left to be lost; then h wherever, by the power of the run, a stretch would stay 5 % below
    its cap. Walks count from +5 % on, below the fastest walk; on gentler ground people walk to rest.
    """
    walking, walks = own_walking(ran)
    surely = (ran.grade >= SURELY_RUN_FROM) & (~ran.walked | (ran.grade >= SURELY_WALKED_UP_FROM))
    cost = fit_own_cost(ran, surely)
    told = np.isfinite(cost.level_m_per_s)
    usually = float(np.median(cost.level_m_per_s[told])) if told.any() else USUAL_M_PER_S
    speed = speed_m_per_s or usually / USUAL_THROTTLE
    downhill, _ = own_downhill(ran, _power(ran, cost), usual_downhill(speed))
    cost = fit_own_cost(ran, _by_power(ran, cost, downhill, walking))
    downhill, capped = own_downhill(ran, _power(ran, cost), usual_downhill(speed))
    return Ways(
        cost=cost,
        fastest=fastest(downhill, speed),
        downhill_m_per_s=downhill,
        downhill_stretches=capped,
        walking_m_per_s=walking,
        walking_stretches=walks,
    )


def _power(ran: Ran, cost: OwnCost) -> Floats:
    """How fast each stretch would be run by the power of its run at that time, without caps, shape (m,)."""
    return cost.level_m_per_s / (ran.running * cost.at(ran.grade))


def _by_power(ran: Ran, cost: OwnCost, downhill: Floats, walking_m_per_s: float) -> NDArray[np.bool_]:
    """Stretches whose speed was up to power, as far as the first round knows, shape (m,). It goes by the speed that was
    to be expected: by the one that was run, it would keep the slow ones only."""
    slower = _power(ran, cost) < NEAR_A_CAP * np.interp(ran.grade, DOWN, downhill)
    walked = cost.level_m_per_s / (ran.walking * cost.at(ran.grade))
    climbing = (ran.grade >= WALKED_UP_FROM) & (walked < NEAR_A_CAP * walking_m_per_s)
    return np.where(ran.walked, climbing, (ran.grade >= DOWN[-1]) | slower)
