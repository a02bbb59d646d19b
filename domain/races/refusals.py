"""What a race may not be, and how that is told to whoever sets it up."""

from domain.shared.errors import Invalid, NotAllowedNow, NotFound

MOST_CHECKPOINTS = 100
MOST_ENTRIES = 5_000
MOST_PROFILE_POINTS = 20_000
LONGEST_NAME = 100  # characters, of races, checkpoints and runners
LONGEST_RUNNER = 50  # characters of a bib number
LONGEST_COURSE_M = 2_000_000.0
PROFILE_OFF = 0.1  # of the course's length; more, and it is another course's
LONGEST_REASON = 500


class RaceNameBad(Invalid):
    """A race, a checkpoint or a runner has a name that cannot be shown."""

    def __init__(self, field: tuple[str, ...], longest: int = LONGEST_NAME) -> None:
        super().__init__(f"{field[-1]} has 1 to {longest} printable characters.", field=field)


class CheckpointCount(Invalid):
    """A course has a start or a first checkpoint, and a finish."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"A race has 2 to {MOST_CHECKPOINTS} checkpoints, the last of which is the finish; these are {count}.",
            field=("checkpoints",),
        )


class CheckpointsOutOfOrder(Invalid):
    """The checkpoints stand in the order of the course."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Checkpoint {name!r} is not farther than the one before it. List checkpoints from the start to the "
            "finish, each with its distance from the start.",
            field=("checkpoints",),
        )


class CheckpointTwice(Invalid):
    """Reads name their checkpoint, so each name stands for one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Two checkpoints are called {name!r} (small and large letters are the same). Where a course passes a "
            "place twice, number the passages: Refuge 1, Refuge 2.",
            field=("checkpoints",),
        )


class CheckpointNowhere(Invalid):
    """A distance or a place that is none."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Checkpoint {name!r} takes distanceM from 0 to {LONGEST_COURSE_M:,.0f}, and either both latitude "
            "(-90 to 90) and longitude (-180 to 180) or neither.",
            field=("checkpoints",),
        )


class CutoffTooEarly(Invalid):
    """A checkpoint closes after the race has started."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The cut-off of {name!r} is not after the start of the race.", field=("checkpoints",))


class ProfileBad(Invalid):
    """The course's heights cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The profile {reason}. It takes 2 to {MOST_PROFILE_POINTS:,} points: distanceM from the start on, each "
            "more than the one before, and as many altitudeM.",
            field=("profile",),
        )


class ProfileOfAnotherCourse(Invalid):
    """The profile is so much longer or shorter than the course that it cannot be stretched to it."""

    def __init__(self, profile_m: float, course_m: float, field: tuple[str, ...] = ("profile",)) -> None:
        super().__init__(
            f"The profile is {profile_m:,.0f} m long and the finish stands at {course_m:,.0f} m. Up to "
            f"{PROFILE_OFF:.0%} apart they are taken for the same course.",
            field=field,
        )


class TooManyEntries(Invalid):
    """A race takes so many runners and no more."""

    def __init__(self, count: int) -> None:
        super().__init__(f"A race has at most {MOST_ENTRIES:,} entries; these are {count:,}.", field=("entries",))


class EnteredTwice(Invalid):
    """A bib number stands for one runner."""

    def __init__(self, runner: str) -> None:
        super().__init__(
            f"Two entries have the number {runner!r}. Each runner has one of their own.", field=("entries",)
        )


class NotARaceTopic(NotAllowedNow):
    """Only topics of the kind RACE have a race."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no topic for a race. Make one by createTopic with the kind RACE.", field=("topic",)
        )


class RaceNotFound(NotFound):
    """The topic is there, and nobody has said yet what race it is."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no race on the topic {name[:LONGEST_NAME]!r}. setRace makes one.", field=("topic",))


class CourseRunNotFound(NotFound):
    """The run that was to give the course's heights cannot."""

    def __init__(self) -> None:
        super().__init__(
            "courseRunId is none of your runs with recorded distances and altitudes. Import one of this course, or "
            "give a profile.",
            field=("courseRunId",),
        )


class TwoProfiles(Invalid):
    """The heights come from one place."""

    def __init__(self) -> None:
        super().__init__("Give the course's heights as profile or as courseRunId, not as both.", field=("courseRunId",))


class ReadNotFound(NotFound):
    """There is no event to mark."""

    def __init__(self) -> None:
        super().__init__(
            "There is no event of this id on the topic. Take `eventId` from a split, or from the topic's events.",
            field=("eventId",),
        )


class ReasonTooLong(Invalid):
    """A mark says why in a sentence or two."""

    def __init__(self) -> None:
        super().__init__(f"reason has at most {LONGEST_REASON} characters.", field=("reason",))
