"""Why a plan cannot be made or taken up on the way, each said so that the runner knows what to do instead."""

from datetime import UTC, datetime

from domain.shared.errors import Invalid, NotAllowedNow, NotFound

SHORTEST_TARGET_S = 60.0
LONGEST_TARGET_S = 7 * 86_400.0
LOWEST_THROTTLE = 0.3
HIGHEST_THROTTLE = 1.3
ROUGHEST_TERRAIN = 2.0
FASTEST_REPORT_M_PER_S = 12.0


def as_told(instant: datetime) -> str:
    """An instant as answers tell it, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class ThrottlePlanNotFound(NotFound):
    """There is no such plan of the viewer's."""

    def __init__(self, field: tuple[str, ...] | None = ("planId",)) -> None:
        super().__init__("You have no throttle plan of this id: throttlePlans lists yours.", field=field)


class TargetTimeMissing(Invalid):
    """A target time is the goal, and none is given."""

    def __init__(self) -> None:
        super().__init__(
            "The goal TARGET_TIME takes targetTimeS, the seconds from the start to the finish; 4:00:00 is 14400.",
            field=("goal", "targetTimeS"),
        )


class TargetTimeAbsurd(Invalid):
    """A target time that is none."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"A target time is 60 seconds to 7 days (604,800 s); this one is {seconds:,.12g} s.",
            field=("goal", "targetTimeS"),
        )


class TargetTimeNeedless(Invalid):
    """A target time with a goal that has none."""

    def __init__(self) -> None:
        super().__init__(
            "Only the goal TARGET_TIME takes targetTimeS: leave it out, or choose that goal.",
            field=("goal", "targetTimeS"),
        )


class ThrottleNeedless(Invalid):
    """A throttle with a goal that finds its own."""

    def __init__(self) -> None:
        super().__init__(
            "Only the goal EVEN_EFFORT takes a throttle: leave it out, or choose that goal.",
            field=("goal", "throttle"),
        )


class ThrottleOutOfBounds(Invalid):
    """A throttle that nobody runs a course at."""

    def __init__(self, throttle: float) -> None:
        super().__init__(
            f"A throttle is {LOWEST_THROTTLE} to {HIGHEST_THROTTLE} of the power at your threshold; this one is "
            f"{throttle:,.12g}.",
            field=("goal", "throttle"),
        )


class TerrainFactorOutOfBounds(Invalid):
    """Ground that costs less than smooth ground, or more than any that is run on."""

    def __init__(self, factor: float) -> None:
        super().__init__(
            f"A terrain factor is 1 (a smooth path) to {ROUGHEST_TERRAIN:.0f} (deep sand); this one is "
            f"{factor:,.12g}. Rough trails are about 1.1 to 1.3.",
            field=("terrainFactor",),
        )


class PlanHasNoStart(NotAllowedNow):
    """Where a runner is tells nothing as long as nobody knows since when they run."""

    def __init__(self) -> None:
        super().__init__(
            "This plan does not say when its runner starts, so there is nothing to measure a time on the way against. "
            "Create the plan with startAt.",
            field=("planId",),
        )


class ReportBeforeStart(NotAllowedNow):
    """A time on the way that is before the start."""

    def __init__(self, at: datetime, starts_at: datetime) -> None:
        super().__init__(
            f"The plan starts at {as_told(starts_at)}, and the report is of {as_told(at)}, before it.",
            field=("time",),
        )


class ReportOlderThanLast(NotAllowedNow):
    """A report that a later one has overtaken."""

    def __init__(self, at: datetime, last: datetime) -> None:
        super().__init__(
            f"The plan has heard of {as_told(last)} already; this report is older, of {as_told(at)}.",
            field=("time",),
        )


class ReportOffCourse(Invalid):
    """A distance that is not on the course."""

    def __init__(self, distance_m: float, length_m: float) -> None:
        super().__init__(
            f"The course goes from 0 to {length_m:,.0f} m; {distance_m:,.12g} m are not on it.", field=("distanceM",)
        )


class ReportTooFast(Invalid):
    """Nobody runs so far in so short a time."""

    def __init__(self, metres: float, seconds: float) -> None:
        super().__init__(
            f"{metres:,.0f} m in {seconds:,.0f} s are faster than anybody runs ({FASTEST_REPORT_M_PER_S:.0f} m/s). "
            "Is the time right, and the place?",
            field=("distanceM",),
        )
