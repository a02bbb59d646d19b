"""The standings of a race at an instant: who leads, who is where, and who should have arrived by now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.races.arrivals import NextCheckpoint
from domain.races.evidence import Place
from domain.races.field import by_number
from domain.races.model import Race
from domain.races.progress import Progress, RunnerStatus, Split


@dataclass(frozen=True, slots=True)
class Standing:
    """One runner."""

    runner: str
    name: str | None
    rank: int | None
    status: RunnerStatus
    last_checkpoint: str | None
    last_seen_at: datetime | None
    distance_m: float | None
    position: Place | None
    splits: tuple[Split, ...]
    next: NextCheckpoint | None
    overdue: bool
    overdue_by_s: float | None
    missed_cutoff: bool


@dataclass(frozen=True, slots=True)
class Standings:
    """All runners, in their order, by the topic's events up to an offset."""

    race: Race
    as_of_offset: int
    as_of: datetime
    runners_on_course: int
    finished: int
    withdrawn: int
    ignored_events: int
    standings: tuple[Standing, ...]
    changes_at: datetime | None  # after this instant some flag differs, even if nothing more is reported


def standings_of(race: Race, runners: Iterable[Progress], now: datetime, *, offset: int, ignored: int) -> Standings:
    """Rank the runners and see who is late.

    Who passed more checkpoints is before who passed fewer; at the same one the shorter time since the own start counts,
    and equal times (to the millisecond) share a rank. Then come those who have passed none, those who were not seen,
    and those who withdrew, none of whom has a rank.
    """
    ordered = sorted(runners, key=_order)
    ranks = _ranks(ordered)
    statuses = [progress.status for progress in ordered]
    return Standings(
        race=race,
        as_of_offset=offset,
        as_of=now,
        runners_on_course=statuses.count(RunnerStatus.ON_COURSE),
        finished=statuses.count(RunnerStatus.FINISHED),
        withdrawn=statuses.count(RunnerStatus.WITHDRAWN),
        ignored_events=ignored,
        standings=tuple(_standing(race, one, rank, now) for one, rank in zip(ordered, ranks, strict=True)),
        changes_at=min((instant for one in ordered for instant in _deadlines(one) if instant >= now), default=None),
    )


def later(told: Standings, now: datetime) -> Standings:
    """The same standings at a later instant, until `changes_at`: only how late the late ones are differs."""
    if now == told.as_of:
        return told
    return replace(told, as_of=now, standings=tuple(_later(one, now) for one in told.standings))


def _later(standing: Standing, now: datetime) -> Standing:
    if standing.next is None or not standing.overdue:
        return standing
    return replace(standing, overdue_by_s=_late_by_s(standing.next, now))


def _order(progress: Progress) -> tuple[int, int, float, int, str]:
    number = by_number(progress.runner)
    if progress.status is RunnerStatus.WITHDRAWN:
        return (3, 0, 0.0, *number)
    if progress.last is not None:
        return (0, -progress.last.place, progress.last.elapsed_s, *number)
    return (1 if progress.status is RunnerStatus.ON_COURSE else 2, 0, 0.0, *number)


def _ranks(ordered: Sequence[Progress]) -> list[int | None]:
    ranks: list[int | None] = []
    for at, progress in enumerate(ordered):
        if progress.last is None or progress.status is RunnerStatus.WITHDRAWN:
            ranks.append(None)
        elif at and _order(ordered[at - 1])[:3] == _order(progress)[:3]:
            ranks.append(ranks[-1])
        else:
            ranks.append(at + 1)
    return ranks


def _standing(race: Race, progress: Progress, rank: int | None, now: datetime) -> Standing:
    entry = race.entered.get(progress.runner)
    last = None if progress.last is None else race.checkpoints[progress.last.place]
    ahead = progress.next if progress.status is RunnerStatus.ON_COURSE else None
    overdue = ahead is not None and _is_past(ahead.overdue_from, now)
    return Standing(
        runner=progress.runner,
        name=entry.name if entry else None,
        rank=rank,
        status=progress.status,
        last_checkpoint=last.name if last else None,
        last_seen_at=progress.last_seen_at,
        distance_m=last.distance_m if last else None,
        position=progress.position,
        splits=progress.splits,
        next=progress.next,
        overdue=overdue,
        overdue_by_s=_late_by_s(ahead, now) if ahead is not None and overdue else None,
        missed_cutoff=progress.passed_too_late or (ahead is not None and _is_past(ahead.closes_at, now)),
    )


def _deadlines(progress: Progress) -> list[datetime]:
    """The instants that turn a flag; nobody waits for those who were not seen."""
    if progress.next is None or progress.status is not RunnerStatus.ON_COURSE:
        return []
    return [instant for instant in (progress.next.overdue_from, progress.next.closes_at) if instant is not None]


def _is_past(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and now > instant


def _late_by_s(ahead: NextCheckpoint, now: datetime) -> float:
    """Seconds since they were expected, or since the cut-off where that was before."""
    since = min(instant for instant in (ahead.expected_at, ahead.closes_at) if instant is not None)
    return round((now - since).total_seconds(), 3)
