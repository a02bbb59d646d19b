"""A race: its checkpoints along the course, its profile, and who has entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import isfinite

import numpy as np

from domain.events.model import TopicId
from domain.races.refusals import (
    LONGEST_COURSE_M,
    LONGEST_NAME,
    LONGEST_RUNNER,
    MOST_CHECKPOINTS,
    MOST_ENTRIES,
    MOST_PROFILE_POINTS,
    PROFILE_OFF,
    CheckpointCount,
    CheckpointNowhere,
    CheckpointsOutOfOrder,
    CheckpointTwice,
    CutoffTooEarly,
    EnteredTwice,
    ProfileBad,
    ProfileOfAnotherCourse,
    RaceNameBad,
    TooManyEntries,
)

LOWEST_M, HIGHEST_M = -500.0, 9_000.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place on the course where runners are timed; `distance_m` along the course, from the start.

    Raises RaceNameBad, CheckpointNowhere.
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


@dataclass(frozen=True, slots=True)
class CourseProfile:
    """Altitudes along the course, metres both: as many of one as of the other.

    Raises ProfileBad.
    """

    distance_m: tuple[float, ...]
    altitude_m: tuple[float, ...]

    def __post_init__(self) -> None:
        points = len(self.distance_m)
        if points != len(self.altitude_m):
            raise ProfileBad(f"has {points} distances and {len(self.altitude_m)} altitudes")
        if not 2 <= points <= MOST_PROFILE_POINTS:
            raise ProfileBad(f"has {points:,} points")
        if not all(map(isfinite, self.distance_m)) or self.distance_m[0] < 0 or self.distance_m[-1] > LONGEST_COURSE_M:
            raise ProfileBad(f"leaves 0 to {LONGEST_COURSE_M:,.0f} m")
        if not np.all(np.diff(self.distance_m) > 0):
            raise ProfileBad("has a point that is not farther than the one before it")
        if not all(LOWEST_M <= altitude <= HIGHEST_M for altitude in self.altitude_m):
            raise ProfileBad(f"leaves {LOWEST_M:,.0f} to {HIGHEST_M:,.0f} m of altitude")

    def stretched_to(self, length_m: float, field: tuple[str, ...] = ("profile",)) -> "CourseProfile":
        """The same heights over a course of this length, m: measured lengths of one course differ a little.

        Raises ProfileOfAnotherCourse past a tenth.
        """
        ends_m = self.distance_m[-1]
        if abs(ends_m - length_m) > PROFILE_OFF * length_m:
            raise ProfileOfAnotherCourse(ends_m, length_m, field)
        stretched = np.array(self.distance_m) * (length_m / ends_m)
        return CourseProfile((*stretched[:-1].tolist(), length_m), self.altitude_m)


@dataclass(frozen=True, slots=True)
class Entry:
    """A runner of the race, known by the number on their bib; `starts_at` where their wave has a start of its own.

    Raises RaceNameBad.
    """

    runner: str
    name: str | None = None
    starts_at: datetime | None = None

    def __post_init__(self) -> None:
        _require_name(self.runner, ("entries", "runner"), LONGEST_RUNNER)
        if self.name is not None:
            _require_name(self.name, ("entries", "name"), LONGEST_NAME)


@dataclass(frozen=True)
class Race:
    """A race on a topic. Its last checkpoint is the finish.

    A checkpoint at 0 m, the start, is allowed and not needed: a runner's time counts from `starts_at`, the race's or
    their wave's. Raises RaceNameBad, CheckpointCount, CheckpointTwice, CheckpointsOutOfOrder, CutoffTooEarly,
    TooManyEntries, EnteredTwice, ProfileOfAnotherCourse.
    """

    topic_id: TopicId
    name: str
    starts_at: datetime
    checkpoints: tuple[Checkpoint, ...]
    profile: CourseProfile | None = None
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        _require_name(self.name, ("name",), LONGEST_NAME)
        self._check_course()
        if len(self.entries) > MOST_ENTRIES:
            raise TooManyEntries(len(self.entries))
        if (twice := _twice([entry.runner for entry in self.entries])) is not None:
            raise EnteredTwice(twice)
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

    def _check_course(self) -> None:
        if not 2 <= len(self.checkpoints) <= MOST_CHECKPOINTS:
            raise CheckpointCount(len(self.checkpoints))
        if (twice := _twice([told_apart(checkpoint.name) for checkpoint in self.checkpoints])) is not None:
            raise CheckpointTwice(self.checkpoints[self.places[twice]].name)
        for before, checkpoint in zip((None, *self.checkpoints), self.checkpoints, strict=False):
            if before is not None and checkpoint.distance_m <= before.distance_m:
                raise CheckpointsOutOfOrder(checkpoint.name)
            if checkpoint.cutoff_at is not None and checkpoint.cutoff_at <= self.starts_at:
                raise CutoffTooEarly(checkpoint.name)


def told_apart(name: str) -> str:
    """What of a checkpoint's name tells it from others: not the case of its letters, nor white space around it."""
    return name.strip().casefold()


def _require_name(text: str, field: tuple[str, ...], longest: int) -> None:
    if not (1 <= len(text) <= longest and text.strip() == text and text.isprintable()):
        raise RaceNameBad(field, longest)


def _twice(names: Sequence[str]) -> str | None:
    """The first that stands there twice."""
    seen = set[str]()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
