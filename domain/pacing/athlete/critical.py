"""How fast an athlete can run for long, and what they have in store beyond it: as set, else as their runs tell."""

from dataclasses import dataclass

from domain.pacing.athlete.history import PacingHistory
from domain.physiology.critical_speed import CriticalSpeed, fit_critical_speed
from domain.physiology.model import Physiology

DEFAULT_SPEED_M_PER_S = 3.3
DEFAULT_D_PRIME_M = 150.0
HOUR_S = 3600.0
# What VDOT's table says of row 50 (3,000 m to marathon, D′ taken off) by Riegel's rule: 2,600 to 3,200 s.
DEFAULT_BUDGET_S = 3000.0
GUESSED = "a guess: there are no figures for the day, nor long runs"
BY_RIEGEL = "what the hardest runs of 20 min and more allow by Riegel's rule"
BY_LINE = "by {} best efforts of 2 to 20 min within 90 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Critical:
    """Critical speed (m/s) and D′ (m), for how long throttle 1 is taken to be held before runs say more (s), and the
    sentences that tell where each comes from. `guessed` says that nothing tells the speed."""

    speed_m_per_s: float
    d_prime_m: float
    budget_s: float
    speed_from: str
    d_prime_from: str
    guessed: bool = False


def critical_of(history: PacingHistory, sustained_m_per_s: float | None = None) -> Critical:
    """The figures set for the day first; then a threshold pace, which is that of an hour by its definition (Daniels);
    then the line through the best efforts (`fit_critical_speed`); then `sustained_m_per_s`, what long runs allow by
    Riegel's rule; then 3.3 m/s (a 10 km in 50 minutes). D′ likewise: set, by the line, or 150 m."""
    figures, line = history.physiology, fit_critical_speed(history.efforts)
    speed, told = _speed(figures, line) or (sustained_m_per_s, BY_RIEGEL)
    d_prime, d_prime_from = _d_prime(figures, line)
    by_pace = figures is not None and figures.critical_speed_m_per_s is None and figures.threshold_pace_s_per_km
    return Critical(
        speed_m_per_s=speed or DEFAULT_SPEED_M_PER_S,
        d_prime_m=d_prime,
        budget_s=HOUR_S if by_pace else DEFAULT_BUDGET_S,
        speed_from=f"{speed or DEFAULT_SPEED_M_PER_S:.2f} m/s, {told if speed else GUESSED}",
        d_prime_from=d_prime_from,
        guessed=speed is None,
    )


def _speed(figures: Physiology | None, line: CriticalSpeed) -> tuple[float | None, str] | None:
    if figures is not None and figures.critical_speed_m_per_s is not None:
        return figures.critical_speed_m_per_s, f"as set from {figures.valid_from} on"
    if figures is not None and figures.threshold_pace_s_per_km is not None:
        return 1000 / figures.threshold_pace_s_per_km, f"the threshold pace set from {figures.valid_from} on"
    if line.critical_speed_m_per_s is not None:
        return line.critical_speed_m_per_s, BY_LINE.format(len(line.efforts))
    return None


def _d_prime(figures: Physiology | None, line: CriticalSpeed) -> tuple[float, str]:
    if figures is not None and figures.d_prime_m is not None:
        return figures.d_prime_m, f"{figures.d_prime_m:.0f} m, as set from {figures.valid_from} on"
    if line.d_prime_m is not None:
        return line.d_prime_m, f"{line.d_prime_m:.0f} m, {BY_LINE.format(len(line.efforts))}"
    return DEFAULT_D_PRIME_M, f"{DEFAULT_D_PRIME_M:.0f} m, as is usual: none is set, and best efforts do not tell it"
