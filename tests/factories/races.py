"""Races and what is reported of them, as tests need them: minutes count from the start of the race."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from domain.events.model import Event, TopicId
from domain.races.fold import RaceFold
from domain.races.model import Checkpoint, Entry, Race
from domain.races.profile import CourseProfile
from domain.races.standings import Standing, Standings

START = datetime(2026, 3, 7, 8, 0, tzinfo=UTC)
COURSE = (
    Checkpoint("Start", 0),
    Checkpoint("Ridge", 5_000),
    Checkpoint("Refuge", 10_000),
    Checkpoint("Finish", 20_000),
)


def minute(at: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=at)


def a_race(
    *runners: str,
    checkpoints: tuple[Checkpoint, ...] = COURSE,
    entries: tuple[Entry, ...] = (),
    profile: CourseProfile | None = None,
) -> Race:
    """A race of 20 km in three legs; by numbers alone, or by whole entries."""
    entered = entries or tuple(Entry(runner) for runner in runners)
    return Race(TopicId(UUID(int=1)), "Two Valleys", START, checkpoints, profile, entered)


def an_event(at_min: float, event_id: str, source: str = "mat", **payload: Any) -> Event:
    """An event on the race's topic; the offset says something in marks alone."""
    return Event(event_id, 1, minute(at_min), minute(600), source, orjson.dumps(payload).decode())


def a_read(runner: str, checkpoint: str, at_min: float, event_id: str | None = None) -> Event:
    """A mat saw a runner."""
    event_id = event_id or f"{runner} {checkpoint} {at_min}"
    return an_event(at_min, event_id, type="read", runner=runner, checkpoint=checkpoint)


def a_position(runner: str, latitude: float, longitude: float, at_min: float) -> Event:
    """A phone told where it is."""
    return an_event(at_min, f"{runner} at {at_min}", runner, type="position", latitude=latitude, longitude=longitude)


def a_mark(event_id: str, at_min: float, *, wrong: bool = True, offset: int = 1) -> Event:
    """Somebody says that an event is wrong, or right after all."""
    mark = an_event(at_min, f"mark {event_id} {at_min}", "officials", type="mark", eventId=event_id, wrong=wrong)
    return replace(mark, offset=offset)


def standings(race: Race, events: Iterable[Event], *, now_min: float = 600) -> Standings:
    """The standings by these events, taken in this order, and again if marks ask for that."""
    return folded(race, list(events)).standings(minute(now_min))


def folded(race: Race, events: Sequence[Event]) -> RaceFold:
    """A race with all that these events say."""
    fold = RaceFold(race)
    for event in events:
        fold.take(event)
    return refolded(fold, events) if fold.needs_refold else fold


def refolded(fold: RaceFold, events: Iterable[Event]) -> RaceFold:
    """The race with the marks known beforehand."""
    fold = fold.anew()
    for event in events:
        fold.take(event)
    return fold


def standing_of(runner: str, race: Race, events: Iterable[Event], *, now_min: float = 600) -> Standing:
    """One runner's part of the standings."""
    return next(one for one in standings(race, events, now_min=now_min).standings if one.runner == runner)


def splits_of(runner: str, race: Race, events: Iterable[Event]) -> dict[str, float]:
    """Minutes at each checkpoint that a runner passed without a doubt."""
    splits = standing_of(runner, race, events).splits
    return {split.checkpoint: split.elapsed_s / 60 for split in splits if not split.doubtful}
