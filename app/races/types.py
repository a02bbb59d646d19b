"""Races and their standings as clients see them; most values are the domain's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self, cast
from unicodedata import normalize

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, says
from app.edge.declaring.json_scalars import BigInt
from domain.races import model
from domain.races.arrivals import ArrivalBasis
from domain.races.passings import PassedBy
from domain.races.progress import RunnerStatus
from domain.races.standings import Standings

enum_type(
    "Where a runner stands in a race.",
    NOT_SEEN="Nothing was recorded of them since their start.",
    ON_COURSE="They were seen since their start, and not yet at the finish.",
    FINISHED="They passed the last checkpoint.",
    WITHDRAWN="They gave up.",
)(RunnerStatus)
enum_type(
    "What tells that a runner passed a checkpoint.",
    MAT="A timing mat saw them.",
    POSITION="A tracker told of a position within 60 m of it, and no mat saw them.",
)(PassedBy)
enum_type(
    "What an expected arrival is worked out from.",
    PACE="The runner's pace since their own start.",
    GRADED_PACE="The same, with each metre of a slope counted as the level metres that it is worth.",
)(ArrivalBasis)


@object_type
class Checkpoint:
    """A place on a course where runners are timed."""

    name: str = says("What reads call it; small and large letters are the same.")
    distance_m: float = says("Metres along the course, from the start.")
    latitude: float | None = says("Degrees; null where only mats tell of passings.")
    longitude: float | None = says("Degrees.")
    cutoff_at: datetime | None = says("When it closes.")


@object_type
class RaceEntry:
    """A runner who has entered a race."""

    runner: str = says("The number on the bib, by which reads name the runner.")
    name: str | None = says("What they are called.")
    starts_at: datetime | None = says("The start of their wave; null where it is that of the race.")


@object_type
class Race:
    """What is run on a topic."""

    topic: str = says("The topic's name.")
    name: str = says("What it is called.")
    starts_at: datetime = says("When the clock starts, except for waves with a start of their own.")
    distance_m: float = says("The length of the course, metres: where the last checkpoint stands.")
    checkpoints: list[Checkpoint] = says("From the start to the finish.", entries=10)
    has_profile: bool = says("Whether the heights of the course are known, so that slopes count.")
    entries: list[RaceEntry] = says("Who has entered, as they were given.", entries=500)

    @classmethod
    def of(cls, topic: str, race: model.Race) -> Self:
        """The race of a topic."""
        return cls(
            topic=topic,
            name=race.name,
            starts_at=race.starts_at,
            distance_m=race.distance_m,
            checkpoints=cast("list[Checkpoint]", list(race.checkpoints)),
            has_profile=race.profile is not None,
            entries=cast("list[RaceEntry]", list(race.entries)),
        )


@object_type
class RunnerPosition:
    """Where a runner was."""

    at: datetime = says("When, by the tracker's clock.")
    latitude: float = says("Degrees.")
    longitude: float = says("Degrees.")
    altitude_m: float | None = says("Metres above the sea, as the tracker told.")


@object_type
class RaceSplit:
    """A runner at a checkpoint."""

    checkpoint: str = says("Its name.")
    distance_m: float = says("Where it stands, metres along the course.")
    at: datetime = says("When they passed, as it was recorded; when that came in makes no difference.")
    elapsed_s: float = says("Seconds since the runner's own start.")
    leg_s: float | None = says("Seconds since the passing before it, or since the start; null when it is doubtful.")
    leg_pace_s_per_km: float | None = says("Seconds a kilometre over that leg.", name="legPaceSPerKm")
    by: PassedBy = says("What tells of it.")
    doubtful: bool = says("Whether it does not fit the runner's other reads. Then it counts for nothing else.")
    event_id: str = says("The event that tells of it, for markRead.")


@object_type
class NextCheckpoint:
    """The checkpoint that a runner comes to next."""

    checkpoint: str = says("Its name.")
    distance_m: float = says("Where it stands, metres along the course.")
    expected_at: datetime | None = says(
        "When they arrive if they keep their pace; null as long as they have shown none."
    )
    basis: ArrivalBasis | None = says("What that is worked out from.")
    cutoff_at: datetime | None = says("When it closes.")


@object_type
class Standing:
    """How one runner stands."""

    runner: str = says("The number on the bib; for a tracker without one, its source.")
    name: str | None = says("What they are called; null for who has not entered.")
    rank: int | None = says("By the last checkpoint, and the time there since the own start; equal times share one.")
    status: RunnerStatus = says("Where they stand in the race.")
    last_checkpoint: str | None = says("The last one they passed.")
    last_seen_at: datetime | None = says("The time of their last read or position, as it was recorded.")
    distance_m: float | None = says("Where the last checkpoint stands, metres along the course.")
    position: RunnerPosition | None = says("Where a tracker told of them last.")
    splits: list[RaceSplit] = says("Their passings, in the order of the course.", entries=8)
    next: NextCheckpoint | None = says("Where they are expected; null once they finished or withdrew.")
    overdue: bool = says(
        "On the course and later than expected by over 10 minutes, or by over a quarter of the leg where that is more; "
        "or not there by a cut-off."
    )
    overdue_by_s: float | None = says("Seconds since they were expected, or since the cut-off; null when not overdue.")
    missed_cutoff: bool = says("Whether they passed a checkpoint after its cut-off, or are not there yet.")


@object_type
class LiveStandings:
    """How a race stands."""

    topic: str = says("The name of its topic.")
    as_of_offset: BigInt = says("The topic's last event that is counted in.")
    as_of: datetime = says("The instant by which runners are late or not.")
    runners_on_course: int = says("How many were seen and have neither finished nor withdrawn.")
    finished: int = says("How many have finished.")
    withdrawn: int = says("How many have given up.")
    ignored_events: int = says("Events of the topic that say nothing of this race, or nothing that is understood.")
    standings: list[Standing] = says(
        "The first of the runners, or of those that were asked for: by rank, then those who passed nothing, were not "
        "seen, or withdrew."
    )

    @classmethod
    def of(cls, topic: str, told: Standings, first: int, runners: Sequence[str] | None = None) -> Self:
        """The standings of a topic's race, of so many runners, or of so many among these."""
        picked = None if runners is None else frozenset(normalize("NFC", runner) for runner in runners)
        shown = [one for one in told.standings if picked is None or one.runner in picked]
        return cls(
            topic=topic,
            as_of_offset=BigInt(told.as_of_offset),
            as_of=told.as_of,
            runners_on_course=told.runners_on_course,
            finished=told.finished,
            withdrawn=told.withdrawn,
            ignored_events=told.ignored_events,
            standings=cast("list[Standing]", shown[:first]),
        )
