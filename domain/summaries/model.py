"""What many runs come to, in all and week by week."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.shared.errors import BadUserInput

DAYS_OF_WEEK = 7
MOST_WEEKS = 530  # ten years, and the two weeks that stick out of them


class DaysReversed(BadUserInput):
    """A window that ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"`from` is {first} and `to` is {last}: `from` must not lie after `to`.")


class TooManyWeeks(BadUserInput):
    """More weeks one by one than anybody looks at."""

    def __init__(self, weeks: int) -> None:
        super().__init__(
            f"These are {weeks:,} weeks, and at most {MOST_WEEKS} are told one by one. "
            "Bring `from` and `to` closer together, or ask for the totals without `weeks`."
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Days of the athlete's own calendar, both ends included; None where it is open. Raises DaysReversed."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise DaysReversed(self.first, self.last)


@dataclass(frozen=True, slots=True)
class HeartRateZoneTime:
    """How long, in s, the heart beat in one zone; zones count from 1."""

    number: int
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What some runs come to.

    `ascent_m` is that of the runs with altitudes. `load` (an hour at threshold is 100) is that of the runs that could
    be analysed; `runs_without_load` says how many could not. Zones are in their order.
    """

    runs: int = 0
    distance_m: float = 0.0
    moving_time_s: float = 0.0
    ascent_m: float = 0.0
    load: float = 0.0
    runs_without_load: int = 0
    longest_run_m: float = 0.0
    heart_rate_zones: tuple[HeartRateZoneTime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingWeek(Training):
    """What the runs of one week come to; `start_date` is its Monday."""

    start_date: date

    @property
    def end_date(self) -> date:
        """The week's Sunday, or the last day there is."""
        return self.start_date + min(timedelta(days=DAYS_OF_WEEK - 1), date.max - self.start_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSummary(Training):
    """What the runs of a window come to; `run_weeks` are the weeks with runs in them, in their order."""

    window: Window = field(default_factory=Window)
    run_weeks: tuple[TrainingWeek, ...] = ()

    @property
    def weeks(self) -> tuple[TrainingWeek, ...]:
        """Every week of the window, those without runs too; an open end is that of the first or last run.

        Without a first day they are the latest ones, as many as may be told. Raises TooManyWeeks.
        """
        known = {week.start_date: week for week in self.run_weeks}
        first = monday(self.window.first) if self.window.first else min(known, default=None)
        last = monday(self.window.last) if self.window.last else max(known, default=None)
        if first is None or last is None:
            return ()
        count = (last - first).days // DAYS_OF_WEEK + 1
        if count > MOST_WEEKS and self.window.first is None:
            first, count = last - timedelta(days=DAYS_OF_WEEK * (MOST_WEEKS - 1)), MOST_WEEKS
        if count > MOST_WEEKS:
            raise TooManyWeeks(count)
        mondays = [first + timedelta(days=DAYS_OF_WEEK * number) for number in range(count)]
        return tuple(known.get(day) or TrainingWeek(start_date=day) for day in mondays)


def summary(window: Window, weeks: Iterable[TrainingWeek]) -> TrainingSummary:
    """The whole of its weeks: every total is the sum of theirs, the longest run the longest of them."""
    ordered = tuple(sorted(weeks, key=lambda week: week.start_date))
    seconds: dict[int, float] = {}
    for zone in (zone for week in ordered for zone in week.heart_rate_zones):
        seconds[zone.number] = seconds.get(zone.number, 0.0) + zone.time_s
    return TrainingSummary(
        window=window,
        run_weeks=ordered,
        runs=sum(week.runs for week in ordered),
        distance_m=round(sum(week.distance_m for week in ordered), 1),
        moving_time_s=sum(week.moving_time_s for week in ordered),
        ascent_m=round(sum(week.ascent_m for week in ordered), 1),
        load=round(sum(week.load for week in ordered), 1),
        runs_without_load=sum(week.runs_without_load for week in ordered),
        longest_run_m=max((week.longest_run_m for week in ordered), default=0.0),
        heart_rate_zones=tuple(HeartRateZoneTime(number, round(seconds[number], 1)) for number in sorted(seconds)),
    )


def monday(day: date) -> date:
    """The Monday of a day's week; the calendar's first day is one."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeEfficiency:
    """How efficiently the slopes of one grade category were run: medians and quartiles over its segments.

    `grade_category` is the rise over run in the middle of the category. Efficiencies are level-equivalent metres for
    each beat of the heart above rest.
    """

    grade_category: float
    segments: int
    lower_quartile_efficiency: float
    median_efficiency: float
    upper_quartile_efficiency: float
    median_speed_m_per_s: float
    median_grade_adjusted_speed_m_per_s: float
    moving_time_s: float
