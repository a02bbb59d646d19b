"""When a runner passed each checkpoint, out of all that was reported of them.

A read counts by the time that it was recorded at. Mats err: they see runners who walk over them before the start or on
the way to somewhere else, and their clocks are off. So a read is believed when it fits the others: the more checkpoints
a runner passed in the course's order and no faster than anybody runs, the more likely that is what happened.

1. Of each checkpoint the earliest read that is possible from the runner's start on is a candidate.
2. The longest row of candidates in which each follows from the one before (later, and no faster than 8 m/s) is sound.
   Of equally long ones, that which has the earlier checkpoints: what lies farther is to be shown.
3. At the other checkpoints, in the course's order, the earliest read that fits between its sound neighbours is taken;
   where no mat saw the runner, the earliest position within 60 m that fits.
4. What is left of mats' reads is told by the earliest of each checkpoint, and flagged as doubtful.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from domain.races.evidence import FASTEST_M_PER_S, Evidence, soonest_s
from domain.races.reports import Moment


class PassedBy(StrEnum):
    """What tells of a passing."""

    MAT = "MAT"
    POSITION = "POSITION"


@dataclass(frozen=True, slots=True)
class Passing:
    """A runner at a checkpoint, `elapsed_s` seconds after their own start."""

    place: int  # which checkpoint, from 0
    moment: Moment
    elapsed_s: float
    by: PassedBy
    doubtful: bool = False


def passings(distances_m: Sequence[float], evidence: Evidence, wrong: Container[str]) -> list[Passing]:
    """The passings of one runner, in the course's order.

    `distances_m` are those of the checkpoints, rising; `wrong` holds the ids of events that were marked.
    """
    reads = {place: evidence.reads_at(place, wrong) for place in range(len(distances_m))}
    sound: dict[int, Passing] = {}
    for candidate in _longest_row(distances_m, _candidates(distances_m, reads, evidence)):
        sound[candidate.place] = candidate
    for place, moments in reads.items():
        if place in sound:
            continue
        by = PassedBy.MAT if moments else PassedBy.POSITION
        for moment in moments or evidence.visits_at(place, wrong):
            passing = Passing(place, moment, evidence.elapsed_s(moment), by)
            if _fits(passing, sound, distances_m):
                sound[place] = passing
                break
    doubtful = {
        place: Passing(place, moments[0], evidence.elapsed_s(moments[0]), PassedBy.MAT, doubtful=True)
        for place, moments in reads.items()
        if moments and place not in sound
    }
    return [passing for _, passing in sorted((sound | doubtful).items())]


def _candidates(distances_m: Sequence[float], reads: dict[int, list[Moment]], evidence: Evidence) -> list[Passing]:
    found = []
    for place, moments in reads.items():
        for moment in moments:
            elapsed_s = evidence.elapsed_s(moment)
            if elapsed_s >= soonest_s(distances_m[place]):
                found.append(Passing(place, moment, elapsed_s, PassedBy.MAT))
                break
    return found


def _longest_row(distances_m: Sequence[float], candidates: Sequence[Passing]) -> list[Passing]:
    if all(_follows(before, after, distances_m) for before, after in pairwise(candidates)):
        return list(candidates)  # as nearly always
    lengths, befores = [1] * len(candidates), [-1] * len(candidates)
    for at, passing in enumerate(candidates):
        for earlier in range(at):
            if lengths[earlier] >= lengths[at] and _follows(candidates[earlier], passing, distances_m):
                lengths[at], befores[at] = lengths[earlier] + 1, earlier
    row: list[Passing] = []
    at = lengths.index(max(lengths)) if lengths else -1
    while at >= 0:
        row.append(candidates[at])
        at = befores[at]
    return row


def _follows(before: Passing, after: Passing, distances_m: Sequence[float]) -> bool:
    leg_m = distances_m[after.place] - distances_m[before.place]
    return after.elapsed_s - before.elapsed_s >= leg_m / FASTEST_M_PER_S


def _fits(passing: Passing, sound: dict[int, Passing], distances_m: Sequence[float]) -> bool:
    """Whether it is possible from the start on, and between the sound passings before and after it."""
    before = max((place for place in sound if place < passing.place), default=None)
    after = min((place for place in sound if place > passing.place), default=None)
    return (
        passing.elapsed_s >= soonest_s(distances_m[passing.place])
        and (before is None or _follows(sound[before], passing, distances_m))
        and (after is None or _follows(passing, sound[after], distances_m))
    )
