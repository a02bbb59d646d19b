"""When a runner passed each checkpoint, out of all that was reported of them.

A read counts by the time that it was recorded at. Mats err: they see runners who walk over them before the start or on
the way to somewhere else, and their clocks are off. So a read is believed when it fits the others: the more checkpoints
a runner passed in the course's order and no faster than anybody runs, the more likely that is what happened.

1. Of each checkpoint the earliest read that is possible from the runner's start on is a candidate.
2. The longest row of candidates in which each follows from the one before (later, and no faster than 8 m/s) is sound.
   Of equally long ones, that which has the earlier checkpoints: what lies farther is to be shown.
3. At the other checkpoints, in the course's order, the earliest read that fits between its sound neighbours is taken;
   where no mat saw the runner since it is possible, the earliest arrival of their phone that fits.
4. What is left of mats' reads is told by the earliest of each checkpoint, and flagged as doubtful.

How much time a passing has left to somebody who ran 8 m/s from the start on, is its slack: one follows from another
if it is farther on and has no less slack. So no checkpoint is passed with the same arrival as another.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

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


def passings(distances_m: Sequence[float], evidence: Evidence) -> list[Passing]:
    """The passings of one runner, in the course's order; `distances_m` are those of the checkpoints, rising."""
    row = _longest_row(_candidates(distances_m, evidence), distances_m)
    visits = evidence.visits((passing.moment, passing.place) for passing in row)
    found: list[Passing] = []
    slack_s, ahead = -inf, iter([*row, None])
    following = next(ahead)
    for place, distance_m in enumerate(distances_m):
        if following is not None and following.place == place:
            passing: Passing | None = following
            following = next(ahead)
        else:
            latest_s = inf if following is None else distance_m / FASTEST_M_PER_S + _slack_s(following, distances_m)
            earliest_s = max(soonest_s(distance_m), distance_m / FASTEST_M_PER_S + slack_s)
            passing = _between(place, earliest_s, latest_s, evidence, visits)
        if passing is not None:
            found.append(passing)
            slack_s = slack_s if passing.doubtful else _slack_s(passing, distances_m)
    return found


def _between(
    place: int, earliest_s: float, latest_s: float, evidence: Evidence, visits: dict[int, list[Moment]]
) -> Passing | None:
    """The earliest read that fits; where none is possible, the earliest arrival that fits; or else a doubtful one."""
    reads = evidence.reads_at(place)
    by, moments = (PassedBy.MAT, reads) if reads else (PassedBy.POSITION, visits.get(place, []))
    at = bisect_left(moments, earliest_s, key=evidence.elapsed_s)
    if at < len(moments) and evidence.elapsed_s(moments[at]) <= latest_s:
        return Passing(place, moments[at], evidence.elapsed_s(moments[at]), by)
    doubted = evidence.too_early_at(place) or next(iter(reads), None)
    return doubted and Passing(place, doubted, evidence.elapsed_s(doubted), PassedBy.MAT, doubtful=True)


def _candidates(distances_m: Sequence[float], evidence: Evidence) -> list[Passing]:
    firsts = ((place, evidence.reads_at(place)[:1]) for place in range(len(distances_m)))
    return [
        Passing(place, moment, evidence.elapsed_s(moment), PassedBy.MAT) for place, first in firsts for moment in first
    ]


def _longest_row(candidates: Sequence[Passing], distances_m: Sequence[float]) -> list[Passing]:
    """The longest row of slacks that do not fall, with the earliest of equals at each step from its end.

    Passings are sorted into ranks by how long a row can end in them. In a rank slacks fall from one to the next, and
    the last slacks of the ranks do not fall: both are searched by halving.
    See Fredman, On computing the length of longest increasing subsequences (1975).
    """
    ranks: list[list[tuple[float, int]]] = []  # slack with its sign turned, and which candidate
    lasts: list[float] = []
    befores: list[int] = []
    for number, passing in enumerate(candidates):
        slack_s = _slack_s(passing, distances_m)
        rank = bisect_right(lasts, slack_s)
        befores.append(-1)
        if rank:
            befores[number] = ranks[rank - 1][bisect_left(ranks[rank - 1], (-slack_s, -1))][1]
        if rank == len(ranks):
            ranks.append([])
            lasts.append(slack_s)
        ranks[rank].append((-slack_s, number))
        lasts[rank] = slack_s
    return _back_from(ranks[-1][0][1], candidates, befores) if ranks else []


def _back_from(number: int, candidates: Sequence[Passing], befores: Sequence[int]) -> list[Passing]:
    row: list[Passing] = []
    while number >= 0:
        row.append(candidates[number])
        number = befores[number]
    return row[::-1]


def _slack_s(passing: Passing, distances_m: Sequence[float]) -> float:
    return passing.elapsed_s - distances_m[passing.place] / FASTEST_M_PER_S
