"""A race: its checkpoints along the course, its profile, and who has entered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from unicodedata import normalize

from domain.events.model import TopicId
from domain.races.profile import CourseProfile
from domain.races.refusals import (
    LONGEST_COURSE_M,
    LONGEST_NAME,
    LONGEST_RUNNER,
    MOST_AT_ONCE,
    MOST_CHECKPOINTS,
    MOST_ENTRIES,
    CheckpointCount,
    CheckpointNowhere,
    CheckpointsOutOfOrder,
    CheckpointTwice,
    CutoffsOutOfOrder,
    CutoffTooEarly,
    EnteredTwice,
    RaceNameBad,
    TimeUntold,
    TooManyAtOnce,
    TooManyEntries,
    WaveFarOff,
)
from domain.races.times import LONGEST_WAVE, can_be_told


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place on the course where runners are timed; `distance_m` along the course, from the start.

    Raises RaceNameBad, CheckpointNowhere, TimeUntold.
    """

    name: str
    distance_m: float
    latitude: float | None = None  # degrees, WGS 84
    longitude: float | None = None
    cutoff_at: datetime | None = None

    def __post_init__(self) -> None:
        _require_name(self.name, ("checkpoints", "name"), LONGEST_NAME)
        placed = self.latitude is not None and self.longitude is not None
        nowhere = placed and not (abs(self.latitude or 0) <= 90 and abs(self.longitude or 0) <= 180)
        half = not placed and (self.latitude is not None or self.longitude is not None)
        if nowhere or half or not 0 <= self.distance_m <= LONGEST_COURSE_M:
            raise CheckpointNowhere(self.name)
        if self.cutoff_at is not None:
            _require_time(self.cutoff_at, ("checkpoints", "cutoffAt"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A runner of the race, known by the number on their bib; `starts_at` where their wave has a start of its own.

    The number is normalised: accents that are written in two ways are the same. Raises RaceNameBad, TimeUntold.
    """

    runner: str
    name: str | None = None
    starts_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "runner", normalize("NFC", self.runner))
        _require_name(self.runner, ("entries", "runner"), LONGEST_RUNNER)
        if self.name is not None:
            _require_name(self.name, ("entries", "name"), LONGEST_NAME)
        if self.starts_at is not None:
            _require_time(self.starts_at, ("entries", "startsAt"))


@dataclass(frozen=True)
class Race:
    """A race on a topic. Its last checkpoint is the finish.

    A checkpoint at 0 m, the start, is allowed and not needed: a runner's time counts from `starts_at`, the race's or
    their wave's. Raises RaceNameBad, TimeUntold, CheckpointCount, CheckpointTwice, CheckpointsOutOfOrder,
    CutoffTooEarly, CutoffsOutOfOrder, TooManyEntries, EnteredTwice, WaveFarOff, ProfileOfAnotherCourse.
    """

    topic_id: TopicId
    name: str
    starts_at: datetime
    checkpoints: tuple[Checkpoint, ...]
    profile: CourseProfile | None = None
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        _require_name(self.name, ("name",), LONGEST_NAME)
        _require_time(self.starts_at, ("startsAt",))
        self._check_course()
        self._check_cutoffs()
        self._check_entries()
        if self.profile is not None:
            object.__setattr__(self, "profile", self.profile.stretched_to(self.distance_m))

    @property
    def distance_m(self) -> float:
        """The length of the course, m."""
        return self.checkpoints[-1].distance_m

    @cached_property
    def entered(self) -> dict[str, Entry]:
        """The entries by their runner."""
        return {entry.runner: entry for entry in self.entries}

    @cached_property
    def places(self) -> dict[str, int]:
        """Which checkpoint a read means by its name, in any case of letters."""
        return {told_apart(checkpoint.name): place for place, checkpoint in enumerate(self.checkpoints)}

    def start_of(self, runner: str) -> datetime:
        """When the clock of this runner starts."""
        entry = self.entered.get(runner)
        return entry.starts_at if entry and entry.starts_at else self.starts_at

    def with_entries(self, entries: Sequence[Entry]) -> "Race":
        """The race with these runners, too; who has entered already stands for what is given now.

        Raises TooManyAtOnce, EnteredTwice and what a Race raises.
        """
        require_at_once(entries, "entries")
        if (twice := _twice([entry.runner for entry in entries])) is not None:
            raise EnteredTwice(twice)
        entered = self.entered | {entry.runner: entry for entry in entries}
        return replace(self, entries=tuple(entered.values()))

    def without_entries(self, runners: Sequence[str]) -> "Race":
        """The race without these runners; who has not entered is not missed. Raises TooManyAtOnce."""
        require_at_once(runners, "runners")
        gone = frozenset(normalize("NFC", runner) for runner in runners)
        return replace(self, entries=tuple(entry for entry in self.entries if entry.runner not in gone))

    def _check_course(self) -> None:
        if not 2 <= len(self.checkpoints) <= MOST_CHECKPOINTS:
            raise CheckpointCount(len(self.checkpoints))
        if (twice := _twice([told_apart(checkpoint.name) for checkpoint in self.checkpoints])) is not None:
            raise CheckpointTwice(self.checkpoints[self.places[twice]].name)
        for before, checkpoint in zip((None, *self.checkpoints), self.checkpoints, strict=False):
            if before is not None and checkpoint.distance_m <= before.distance_m:
                raise CheckpointsOutOfOrder(checkpoint.name)

    def _check_cutoffs(self) -> None:
        closed_at = self.starts_at
        for checkpoint in self.checkpoints:
            if checkpoint.cutoff_at is None:
                continue
            if checkpoint.cutoff_at <= self.starts_at:
                raise CutoffTooEarly(checkpoint.name)
            if checkpoint.cutoff_at < closed_at:
                raise CutoffsOutOfOrder(checkpoint.name)
            closed_at = checkpoint.cutoff_at

    def _check_entries(self) -> None:
        if len(self.entries) > MOST_ENTRIES:
            raise TooManyEntries(len(self.entries))
        if (twice := _twice([entry.runner for entry in self.entries])) is not None:
            raise EnteredTwice(twice)
        for entry in self.entries:
            if entry.starts_at is not None and abs(entry.starts_at - self.starts_at) > LONGEST_WAVE:
                raise WaveFarOff(entry.runner)


def told_apart(name: str) -> str:
    """What of a checkpoint's name tells it from others.

    Not the case of its letters, nor white space around it, nor in which of two ways its accents are written.
    """
    return normalize("NFC", normalize("NFC", name.strip()).casefold())


def is_name(text: str, longest: int) -> bool:
    """Whether it can be shown on a line: printable, not empty, no white space around it."""
    return 1 <= len(text) <= longest and text.strip() == text and text.isprintable()


def require_at_once(runners: Sequence[object], field: str) -> None:
    """Raise TooManyAtOnce for more than a request takes."""
    if len(runners) > MOST_AT_ONCE:
        raise TooManyAtOnce(len(runners), field)


def _require_name(text: str, field: tuple[str, ...], longest: int) -> None:
    if not is_name(text, longest):
        raise RaceNameBad(field, longest)


def _require_time(instant: datetime, field: tuple[str, ...]) -> None:
    if not can_be_told(instant):
        raise TimeUntold(field)


def _twice(names: Sequence[str]) -> str | None:
    """The first that stands there twice."""
    seen = set[str]()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
