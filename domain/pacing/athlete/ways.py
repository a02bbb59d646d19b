"""How an athlete's power becomes speed: what slopes cost them, and how fast they go at most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.own_caps import DOWN, fastest, own_downhill, own_walking, usual_downhill
from domain.pacing.athlete.own_cost import OwnCost, fit_own_cost
from domain.pacing.athlete.ran import Ran
from domain.pacing.model import Knots, Runner
from domain.pacing.running.speeds import Speeds, speeds_for
from domain.pacing.running.toll import Toll
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

    def toll(self, ground: Ran) -> Toll:
        """What the ground takes out of this athlete."""
        own = self.cost.at(ground.grade)
        cap = np.interp(ground.grade, self.fastest.grade, self.fastest.value)
        return Toll(running=ground.running * own, walking=ground.walking * own, fastest_m_per_s=cap)

    def speeds(self, toll: Toll, level_m_per_s: Floats) -> Speeds:
        """How fast each stretch goes by the power that runs so fast on the level, shape (m,), under the law by which
        plans are made; `used_throttle` is such a speed, too. What was done there is not looked at."""
        return speeds_for(toll, self._on_the_level(), level_m_per_s)

    def _on_the_level(self) -> Runner:
        """A runner whose throttle is the speed on the level, in m/s; nothing but speeds may be asked of them."""
        return Runner(
            critical_speed_m_per_s=1.0,
            d_prime_m=0.0,
            fatigue_exponent=1.0,
            fatigue_budget_s=0.0,
            own_cost=self.cost.knots,
            fastest_m_per_s=self.fastest,
            walking_m_per_s=self.walking_m_per_s,
        )


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
