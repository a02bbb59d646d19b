"""What a race may not be, and how that is told to whoever sets it up."""

from domain.races.times import FIRST_YEAR, LAST_YEAR
from domain.shared.errors import BadUserInput, Invalid, NotAllowedNow, NotFound

MOST_CHECKPOINTS = 100
MOST_ENTRIES = 5_000
MOST_AT_ONCE = 1_000  # entries in one request
MOST_SHOWN = 500  # runners in one answer
MOST_PICKED = 100  # runners that a question names
LONGEST_NAME = 100  # characters, of races, checkpoints and runners
LONGEST_RUNNER = 50  # characters of a bib number
LONGEST_COURSE_M = 2_000_000.0
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


class CutoffsOutOfOrder(Invalid):
    """Who is farther along the course may be there later."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The cut-off of {name!r} is before that of a checkpoint nearer to the start. Is its day right?",
            field=("checkpoints",),
        )


class TimeUntold(Invalid):
    """A time of a race that no calendar of a race has."""

    def __init__(self, field: tuple[str, ...]) -> None:
        super().__init__(f"{field[-1]} takes times in the years {FIRST_YEAR} to {LAST_YEAR}, with a zone.", field=field)


class WaveFarOff(Invalid):
    """A wave starts about when the race does."""

    def __init__(self, runner: str) -> None:
        super().__init__(
            f"The start of {runner!r} is more than a week away from that of the race. Is its day right?",
            field=("entries", "startsAt"),
        )


class TooManyEntries(Invalid):
    """A race takes so many runners and no more."""

    def __init__(self, count: int) -> None:
        super().__init__(f"A race has at most {MOST_ENTRIES:,} entries; these are {count:,}.", field=("entries",))


class TooManyAtOnce(Invalid):
    """A request carries so many runners and no more."""

    def __init__(self, count: int, field: str) -> None:
        super().__init__(
            f"A request takes at most {MOST_AT_ONCE:,} {field}; these are {count:,}. Send the others by addRaceEntries "
            "or removeRaceEntries, in as many requests as it takes.",
            field=(field,),
        )


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


class ReasonUntellable(Invalid):
    """A mark's reason has something in it that no database stores."""

    def __init__(self) -> None:
        super().__init__("reason has a NUL or half a character in it. Leave it out.", field=("reason",))


class ShownOutOfBounds(BadUserInput):
    """More runners are asked for than an answer shows."""

    def __init__(self, first: int) -> None:
        super().__init__(
            f"`first` is {first}; an answer shows 0 to {MOST_SHOWN} runners. Name others in `runners`, up to "
            f"{MOST_PICKED} at once."
        )


class TooManyPicked(BadUserInput):
    """More runners are named than are looked for at once."""

    def __init__(self, count: int) -> None:
        super().__init__(f"`runners` names {count:,} runners, and at most {MOST_PICKED} are looked for at once.")
