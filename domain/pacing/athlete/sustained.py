"""What an athlete has held for how long, and how fast that says they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.pacing.athlete.ran import Ran
from domain.pacing.athlete.usual import RIEGEL, Habits
from domain.pacing.model import LONG_S
from domain.physiology.critical_speed import Effort
from domain.runs.recording import Floats

SHORTEST_S = 1200.0
RIEGEL_EXPONENT = RIEGEL / (RIEGEL - 1)
RIEGEL_SLOPE = 1 / RIEGEL_EXPONENT
# Riegel's rule ends at about four hours (Riegel 1981: 3.5 min to 230 min). Beyond, log throttle falls by 0.22 a log
# time: Cairn's own choice, by what one kind of runner does on level ground: a marathon in 3:00, 100 km in 8:15 to 8:45,
# 200 to 230 km in 24 h. This slope makes 8:31 and 225 km of such a marathon. The records, of those who tire least, lie
# less steep: 100 km in 6:06 and 319 km in 24 h make 0.15.
LONG_SLOPE = 0.22
# Runs are at this share of the most that is held so long, as a rule, and of so many runs not all are races.
TRAINED_AT = 0.82
TRAINING_RUNS = 10
# Of so many runs the hardest may be a fault of the recording: the second hardest counts.
ONE_FAULTY_OF = 5


@dataclass(frozen=True, slots=True, eq=False)
class Sustained:
    """Runs and efforts of 20 minutes and more: how long each was held (s), how fast its power runs on the level (m/s),
    and how long it took, easy descents and all (s): shape (n,) each."""

    held_s: Floats
    level_m_per_s: Floats
    took_s: Floats


@dataclass(frozen=True, slots=True)
class Behind:
    """The critical speed behind long runs, m/s: the likely one, and the one that the hardest takes. `raced` says that
    one of many at least stands out as a hard one."""

    speed_m_per_s: float
    hardest_m_per_s: float
    raced: bool


def sustained(ran: Ran, habits: Habits, efforts: Sequence[Effort], d_prime_m: float) -> Sustained:
    """What was held for how long. A run counts at the power at which it takes its time, for as long as no cap took the
    load off: Σ seconds · (used / that power)^p, with p = 17.7, and 4.5 where that makes four hours and more. A best
    effort counts as run on the level, less D′."""
    took = np.asarray(np.bincount(ran.run, weights=ran.time_s), dtype=np.float64)
    level = habits.level_m_per_s[: took.size]
    at = level[ran.run]
    share = habits.ways.speeds(habits.ways.toll(ran), at).used_throttle / at
    loaded, long = (np.bincount(ran.run, weights=ran.time_s * share**p) for p in (RIEGEL_EXPONENT, 1 / LONG_SLOPE))
    loaded = np.where(long >= LONG_S, long, np.minimum(loaded, LONG_S))
    told = np.flatnonzero((took > 0) & (loaded >= SHORTEST_S))
    further = [(one.time_s, (one.distance_m - d_prime_m) / one.time_s) for one in efforts if one.time_s >= SHORTEST_S]
    by_efforts = np.array(further).reshape(-1, 2)
    return Sustained(
        held_s=np.append(loaded[told], by_efforts[:, 0]),
        level_m_per_s=np.append(level[told], by_efforts[:, 1]),
        took_s=np.append(took[told], by_efforts[:, 0]),
    )


def critical_speed_behind(hard: Sustained, budget_s: float) -> Behind | None:
    """The critical speed that these runs take, if throttle 1 is held for `budget_s`, and falls with the time by
    Riegel's rule and `LONG_SLOPE`. None without any.

    The hardest tells it; the second hardest of five or more. Training alone tells too little: where of ten runs or more
    the hardest stands out of the middle by less than training does that is done at 82 % of what can be held, the speed
    lies half-way from the one to the other. How usual that share is, is Cairn's own choice.
    """
    if not hard.held_s.size:
        return None
    speeds = np.sort(hard.level_m_per_s / usually_held(hard.held_s, budget_s))
    hardest = float(speeds[-2] if speeds.size >= ONE_FAULTY_OF else speeds[-1])
    trained = float(np.median(speeds)) / TRAINED_AT
    if speeds.size < TRAINING_RUNS or hardest >= trained:
        return Behind(hardest, hardest, speeds.size >= TRAINING_RUNS)
    return Behind(float(np.sqrt(hardest * trained)), hardest, raced=False)


def usually_held(held_s: Floats, budget_s: float) -> Floats:
    """The throttle that is held for so long (s, any shape in, the same out) where throttle 1 is for `budget_s`."""
    short = (budget_s / np.minimum(held_s, LONG_S)) ** RIEGEL_SLOPE
    return np.asarray(short * (LONG_S / np.maximum(held_s, LONG_S)) ** LONG_SLOPE)
