"""What a runner's own runs suggest of their body: never more than a suggestion, with the efforts it stands on."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.physiology.critical_speed import CriticalSpeed, Effort, fit_critical_speed

WINDOW_DAYS = 90

BY_LINE = (
    "Least squares of distance = critical speed · time + D′ over the best efforts of 2 to 20 min. They are taken as "
    "run: slopes are not made up for, and pauses count."
)
TWO_ONLY = " There are only two of them, so nothing checks the line."
BY_SPEED = "The pace of the critical speed. " + BY_LINE
BY_HALF_HOUR = (
    "The highest mean heart rate over half an hour of any run, as in a 30 min time trial (McGehee et al. 2005, J "
    "Strength Cond Res 19:553). If no run had half an hour flat out, the threshold lies higher."
)
NO_HALF_HOUR = (
    "No run of these days has half an hour of heart rate. Record one of at least 30 min with a heart-rate strap."
)


@dataclass(frozen=True, slots=True)
class HalfHour:
    """The half hour in which the heart beat fastest, and the run it was in."""

    run_id: UUID
    started_at: datetime
    heart_rate_bpm: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A runner's fastest efforts, one for each distance, and their hardest half hour, within some days."""

    efforts: tuple[Effort, ...]
    half_hour: HalfHour | None


@dataclass(frozen=True, slots=True)
class SuggestedFigure:
    """A figure, finite, with how it was told and the efforts it stands on; None with `why` when it cannot be told."""

    value: float | None
    method: str
    why: str | None = None
    efforts: tuple[Effort, ...] = field(default=())
    half_hour: HalfHour | None = None


@dataclass(frozen=True, slots=True)
class PhysiologySuggestions:
    """What the runs from `since` to `to`, both included, suggest."""

    since: date
    to: date
    critical_speed_m_per_s: SuggestedFigure
    d_prime_m: SuggestedFigure
    threshold_pace_s_per_km: SuggestedFigure
    threshold_heart_rate: SuggestedFigure


def window(today: date) -> tuple[date, date]:
    """The 90 days up to `today`, as the first and the last of them."""
    return today - timedelta(days=WINDOW_DAYS - 1), today


def suggest(evidence: Evidence, since: date, to: date) -> PhysiologySuggestions:
    """Critical speed (m/s), D′ (m), threshold pace (s/km) and threshold heart rate (bpm), as far as the runs tell.

    The first three by `fit_critical_speed`. The heart rate is the highest half-hour mean, as the runner's test of Friel
    has it and McGehee et al. 2005 (J Strength Cond Res 19:553) found it to agree with the one at 4 mmol/l of lactate
    (SEE 8 bpm); no factor below it, for a training run's half hour lies below it already.
    """
    line = fit_critical_speed(evidence.efforts)
    speed = line.critical_speed_m_per_s
    return PhysiologySuggestions(
        since=since,
        to=to,
        critical_speed_m_per_s=_of_line(line, None if speed is None else round(speed, 3)),
        d_prime_m=_of_line(line, None if line.d_prime_m is None else round(line.d_prime_m, 1)),
        threshold_pace_s_per_km=_of_line(line, None if speed is None else round(1000 / speed, 1), BY_SPEED),
        threshold_heart_rate=_of_half_hour(evidence.half_hour),
    )


def _of_line(line: CriticalSpeed, value: float | None, method: str = BY_LINE) -> SuggestedFigure:
    told = method + (TWO_ONLY if value is not None and len(line.efforts) == 2 else "")
    return SuggestedFigure(value, told, line.why, line.efforts)


def _of_half_hour(half_hour: HalfHour | None) -> SuggestedFigure:
    if half_hour is None:
        return SuggestedFigure(None, BY_HALF_HOUR, NO_HALF_HOUR)
    return SuggestedFigure(float(round(half_hour.heart_rate_bpm)), BY_HALF_HOUR, half_hour=half_hour)
