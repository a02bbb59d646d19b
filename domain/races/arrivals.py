"""When a runner should be at the next checkpoint, and from when on somebody should go and look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.races.model import Checkpoint
from domain.races.passings import Passing

LEAST_LATE_S = 600.0
LATE_SHARE = 0.25  # of the leg's expected time
LONGEST_LEG_S = 30 * 86_400.0  # nobody is expected later than that: the race's start is wrong


class ArrivalBasis(StrEnum):
    """What an expected arrival is worked out from."""

    PACE = "PACE"
    GRADED_PACE = "GRADED_PACE"


@dataclass(frozen=True, slots=True)
class NextCheckpoint:
    """The checkpoint that a runner comes to next."""

    checkpoint: str
    distance_m: float
    expected_at: datetime | None
    basis: ArrivalBasis | None
    cutoff_at: datetime | None
    closes_at: datetime | None  # the first cut-off ahead, there or farther on
    overdue_from: datetime | None  # the instant after which they are late, by their pace or by a cut-off


def next_checkpoint(
    checkpoints: Sequence[Checkpoint],
    cutoffs: Sequence[datetime | None],
    level_m: Sequence[float],
    last: Passing | None,
    *,
    graded: bool,
) -> NextCheckpoint | None:
    """What comes after the last sound passing; None behind the finish.

    The runner's pace is their time since their own start over the level metres up to the last passing; they are
    expected to keep it over the level metres of the leg. Nothing is expected before the first passing away from the
    start. Late is who is not there 10 minutes after that, or a quarter of the leg's time where that is more, or by a
    cut-off. `cutoffs` are the runner's, `level_m` those of `level_metres`: one for each checkpoint; `graded` says
    whether slopes are in them.
    """
    place = 0 if last is None else last.place + 1
    if place == len(checkpoints):
        return None
    closes_at = min((at for at in cutoffs[place:] if at is not None), default=None)
    leg_s = _leg_s(level_m, last)
    expected_at = basis = None
    latest = closes_at
    if last is not None and leg_s is not None:
        expected_at = last.moment.at + timedelta(seconds=leg_s)
        basis = ArrivalBasis.GRADED_PACE if graded else ArrivalBasis.PACE
        late_at = expected_at + timedelta(seconds=max(LEAST_LATE_S, LATE_SHARE * leg_s))
        latest = late_at if closes_at is None else min(late_at, closes_at)
    ahead = checkpoints[place]
    return NextCheckpoint(ahead.name, ahead.distance_m, expected_at, basis, cutoffs[place], closes_at, latest)


def _leg_s(level_m: Sequence[float], last: Passing | None) -> float | None:
    """Seconds from the last passing to the next checkpoint at the pace so far; None while there is no pace."""
    if last is None or last.elapsed_s <= 0 or level_m[last.place] <= 0:
        return None
    leg_s = last.elapsed_s * (level_m[last.place + 1] - level_m[last.place]) / level_m[last.place]
    return leg_s if leg_s <= LONGEST_LEG_S else None
