"""How far one runner has come, by all that was recorded of them: what does not depend on what time it is."""

from collections.abc import Sequence
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
    """How far a runner has come. Doubtful passings are among the splits, and count for nothing else."""

    runner: str
    status: RunnerStatus
    last: Passing | None
    splits: tuple[Split, ...]
    last_seen_at: datetime | None
    position: Place | None
    next: NextCheckpoint | None
    passed_too_late: bool  # some checkpoint, after its cut-off


def progress_of(race: Race, level_m: Sequence[float], evidence: Evidence) -> Progress:
    """What the evidence of a runner comes to; `level_m` as of `level_metres`."""
    passed = passings([checkpoint.distance_m for checkpoint in race.checkpoints], evidence)
    sound = [passing for passing in passed if not passing.doubtful]
    last = sound[-1] if sound else None
    status = _status(race, evidence, last)
    cutoffs = _cutoffs(race, evidence)
    under_way = status in (RunnerStatus.NOT_SEEN, RunnerStatus.ON_COURSE)
    graded = race.profile is not None
    return Progress(
        runner=evidence.runner,
        status=status,
        last=last,
        splits=_splits(race, passed),
        last_seen_at=evidence.last_seen_at,
        position=evidence.last_place,
        next=next_checkpoint(race.checkpoints, cutoffs, level_m, last, graded=graded) if under_way else None,
        passed_too_late=any(_is_past(cutoffs[passing.place], passing) for passing in sound),
    )


def _cutoffs(race: Race, evidence: Evidence) -> list[datetime | None]:
    """The cut-offs of a runner: one that was over before they started is none of theirs."""
    given = (checkpoint.cutoff_at for checkpoint in race.checkpoints)
    return [at if at is not None and at > evidence.starts_at else None for at in given]


def _is_past(cutoff_at: datetime | None, passing: Passing) -> bool:
    return cutoff_at is not None and passing.moment.at > cutoff_at


def _status(race: Race, evidence: Evidence, last: Passing | None) -> RunnerStatus:
    if evidence.is_withdrawn:
        return RunnerStatus.WITHDRAWN
    if last is not None:
        return RunnerStatus.FINISHED if last.place == len(race.checkpoints) - 1 else RunnerStatus.ON_COURSE
    position = evidence.last_place
    moves = position is not None and position.at >= evidence.starts_at
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
