"""How fast an athlete can run for long, and what they have in store beyond it: as set, else as their runs tell."""

from dataclasses import dataclass

from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.sustained import Behind
from domain.physiology.critical_speed import CriticalSpeed, fit_critical_speed
from domain.physiology.model import Physiology

DEFAULT_SPEED_M_PER_S = 3.3
DEFAULT_D_PRIME_M = 150.0
HOUR_S = 3600.0
# What VDOT's table says of row 50 (3,000 m to marathon, D′ taken off) by Riegel's rule: 2,600 to 3,200 s.
DEFAULT_BUDGET_S = 3000.0
GUESSED = "a guess: there are no figures for the day, nor long runs"
BY_RIEGEL = "what the hardest runs of 20 min and more allow by Riegel's rule"
BY_TRAINING = (
    "half-way from what your hardest runs of 20 min and more allow by Riegel's rule to where you are if you train as "
    "hard as is usual, for none of them stands out as a race"
)
BY_LINE = "by {} best efforts of 2 to 20 min in the 90 days up to your latest run before the day"
# One standard deviation of the speed, as a ratio, by where it is from. Cairn's own choice: figures grow old within
# weeks, a line is as good as the efforts it goes through, and a guess is as far off as runners are from one another.
UNSURE_AS_SET = 0.04
UNSURE_BY_LINE = 0.05
UNSURE_BY_RACES = 0.08
UNSURE_BY_TRAINING = 0.13
UNSURE_GUESSED = 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Critical:
    """Critical speed (m/s) and D′ (m), for how long throttle 1 is taken to be held before runs say more (s), and the
    sentences that tell where each comes from. `unsure` is one standard deviation of the speed, as a ratio; `measured`
    says that figures or best efforts tell it."""

    speed_m_per_s: float
    d_prime_m: float
    budget_s: float
    speed_from: str
    d_prime_from: str
    unsure: float
    measured: bool


def critical_of(history: PacingHistory, behind: Behind | None = None) -> Critical:
    """The figures set for the day first; then a threshold pace, which is that of an hour by its definition (Daniels);
    then the line through the best efforts (`fit_critical_speed`); then what long runs allow (`critical_speed_behind`);
    then 3.3 m/s (a 10 km in 50 minutes). D′ likewise: set, by the line, or 150 m."""
    figures, line = history.physiology, fit_critical_speed(history.efforts)
    measured = _measured(figures, line)
    speed, told, unsure = measured or _by_long_runs(behind)
    d_prime, d_prime_from = _d_prime(figures, line)
    by_pace = figures is not None and figures.critical_speed_m_per_s is None and figures.threshold_pace_s_per_km
    return Critical(
        speed_m_per_s=speed,
        d_prime_m=d_prime,
        budget_s=HOUR_S if by_pace else DEFAULT_BUDGET_S,
        speed_from=f"{speed:.2f} m/s, {told}",
        d_prime_from=d_prime_from,
        unsure=unsure,
        measured=measured is not None,
    )


def _measured(figures: Physiology | None, line: CriticalSpeed) -> tuple[float, str, float] | None:
    if figures is not None and figures.critical_speed_m_per_s is not None:
        return figures.critical_speed_m_per_s, f"as set from {figures.valid_from} on", UNSURE_AS_SET
    if figures is not None and figures.threshold_pace_s_per_km is not None:
        told = f"the threshold pace set from {figures.valid_from} on"
        return 1000 / figures.threshold_pace_s_per_km, told, UNSURE_AS_SET
    if line.critical_speed_m_per_s is not None:
        return line.critical_speed_m_per_s, BY_LINE.format(len(line.efforts)), UNSURE_BY_LINE
    return None


def _by_long_runs(behind: Behind | None) -> tuple[float, str, float]:
    if behind is None:
        return DEFAULT_SPEED_M_PER_S, GUESSED, UNSURE_GUESSED
    if behind.raced:
        return behind.speed_m_per_s, BY_RIEGEL, UNSURE_BY_RACES
    by_training = behind.speed_m_per_s > behind.hardest_m_per_s
    return behind.speed_m_per_s, BY_TRAINING if by_training else BY_RIEGEL, UNSURE_BY_TRAINING


def _d_prime(figures: Physiology | None, line: CriticalSpeed) -> tuple[float, str]:
    if figures is not None and figures.d_prime_m is not None:
        return figures.d_prime_m, f"{figures.d_prime_m:.0f} m, as set from {figures.valid_from} on"
    if line.d_prime_m is not None:
        return line.d_prime_m, f"{line.d_prime_m:.0f} m, {BY_LINE.format(len(line.efforts))}"
    return DEFAULT_D_PRIME_M, f"{DEFAULT_D_PRIME_M:.0f} m, as is usual: none is set, and best efforts do not tell it"
