"""How far one runner has come, by all that was recorded of them: what does not depend on what time it is."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.races.arrivals import NextCheckpoint, next_checkpoint
from domain.races.evidence import Evidence, Place
from domain.races.model import Race
from domain.races.passings import PassedBy, Passing, passings


class RunnerStatus(StrEnum):
    """Where a runner stands in the race."""

    NOT_SEEN = "NOT_SEEN"
    ON_COURSE = "ON_COURSE"
    FINISHED = "FINISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Split:
    """A passing of a checkpoint; the leg is the way from the sound passing before it, or from the start."""

    checkpoint: str
    distance_m: float
    at: datetime
    elapsed_s: float
    leg_s: float | None
    leg_pace_s_per_km: float | None
    by: PassedBy
    doubtful: bool
    event_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """See above. Doubtful passings are among the splits, and count for nothing else."""

    runner: str
    status: RunnerStatus
    last: Passing | None
    splits: tuple[Split, ...]
    last_seen_at: datetime | None
    position: Place | None
    next: NextCheckpoint | None
    passed_too_late: bool  # some checkpoint, after its cut-off


def progress_of(
    runner: str, race: Race, level_m: Sequence[float], evidence: Evidence, wrong: Container[str]
) -> Progress:
    """What the evidence comes to; `level_m` as of `level_metres`, `wrong` the ids of events that were marked."""
    passed = passings([checkpoint.distance_m for checkpoint in race.checkpoints], evidence, wrong)
    sound = [passing for passing in passed if not passing.doubtful]
    last, position = (sound[-1] if sound else None), evidence.last_place(wrong)
    status = _status(race, evidence, last, position, wrong)
    under_way = status in (RunnerStatus.NOT_SEEN, RunnerStatus.ON_COURSE)
    ahead = next_checkpoint(race.checkpoints, level_m, last, graded=race.profile is not None) if under_way else None
    cutoffs = [(passing.moment.at, race.checkpoints[passing.place].cutoff_at) for passing in sound]
    return Progress(
        runner=runner,
        status=status,
        last=last,
        splits=_splits(race, passed),
        last_seen_at=evidence.last_seen_at(wrong),
        position=position,
        next=ahead,
        passed_too_late=any(cutoff is not None and at > cutoff for at, cutoff in cutoffs),
    )


def _status(
    race: Race, evidence: Evidence, last: Passing | None, position: Place | None, wrong: Container[str]
) -> RunnerStatus:
    if evidence.is_withdrawn(wrong):
        return RunnerStatus.WITHDRAWN
    if last is not None:
        return RunnerStatus.FINISHED if last.place == len(race.checkpoints) - 1 else RunnerStatus.ON_COURSE
    moves = position is not None and position.moment.at >= evidence.starts_at
    return RunnerStatus.ON_COURSE if moves else RunnerStatus.NOT_SEEN


def _splits(race: Race, passed: Sequence[Passing]) -> tuple[Split, ...]:
    splits, before_m, before_s = [], 0.0, 0.0
    for passing in passed:
        checkpoint, leg_s, pace = race.checkpoints[passing.place], None, None
        if not passing.doubtful:
            leg_m, leg_s = checkpoint.distance_m - before_m, round(passing.elapsed_s - before_s, 3)
            pace = round(leg_s / leg_m * 1000, 1) if leg_m > 0 else None
            before_m, before_s = checkpoint.distance_m, passing.elapsed_s
        splits.append(
            Split(
                checkpoint.name,
                checkpoint.distance_m,
                passing.moment.at,
                passing.elapsed_s,
                leg_s,
                pace,
                passing.by,
                passing.doubtful,
                passing.moment.event_id,
            )
        )
    return tuple(splits)
