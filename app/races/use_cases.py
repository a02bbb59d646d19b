"""What an organiser does with a race."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from domain.events.checks import checked_event
from domain.events.model import Taken, Topic, TopicId, TopicKind, TopicNotFound
from domain.events.ports import EventIntake, TopicRepository
from domain.races.model import Entry, Race
from domain.races.ports import RaceRepository
from domain.races.profile import CourseProfile, ProfileRefused
from domain.races.refusals import (
    LONGEST_REASON,
    CourseRunNotFound,
    NotARaceTopic,
    RaceNotFound,
    ReadNotFound,
    ReasonTooLong,
    ReasonUntellable,
)
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer

OFFICIALS = "officials"  # the source of marks
UNTELLABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL's text has none of these in it


async def set_race(
    topic: str,
    race: Callable[[TopicId, CourseProfile | None, Race | None], Race],
    *,
    course_run: UUID | None,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    races: RaceRepository,
) -> None:
    """Say what is run on a topic.

    `race` makes it of the topic, of the heights along the viewer's own run, if any, and of the race there was.
    Raises TopicNotFound, NotARaceTopic, CourseRunNotFound and what `race` raises.
    """
    found = await _own_race_topic(topic, viewer, topics)
    if course_run is None:
        await races.update(found.id, lambda before: race(found.id, None, before), once=once)
        return
    viewer.require(Scope.TRAINING_READ)
    try:
        course = await races.course_of_run(course_run, viewer)
        if course is None:
            raise CourseRunNotFound
        await races.update(found.id, lambda before: race(found.id, course, before), once=once)
    except ProfileRefused as refusal:
        refusal.field = ("courseRunId",)
        raise


async def add_entries(
    topic: str,
    entries: Sequence[Entry],
    *,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    races: RaceRepository,
) -> None:
    """Enter runners, or put right what was said of them.

    Raises TopicNotFound, NotARaceTopic, RaceNotFound, TooManyAtOnce, EnteredTwice, TooManyEntries, WaveFarOff.
    """
    found = await _own_race_topic(topic, viewer, topics)
    await races.update(found.id, lambda before: _present(before, topic).with_entries(entries), once=once)


async def remove_entries(
    topic: str,
    runners: Sequence[str],
    *,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    races: RaceRepository,
) -> None:
    """Take entries back. Raises TopicNotFound, NotARaceTopic, RaceNotFound, TooManyAtOnce."""
    found = await _own_race_topic(topic, viewer, topics)
    await races.update(found.id, lambda before: _present(before, topic).without_entries(runners), once=once)


async def mark_read(
    topic: str,
    event_id: str,
    *,
    wrong: bool,
    reason: str | None,
    mark_id: str,
    now: datetime,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    races: RaceRepository,
    intake: EventIntake,
) -> Taken:
    """Publish that an event of the race is wrong, or right after all; the mark that came last holds.

    Raises TopicNotFound, NotARaceTopic, ReadNotFound, ReasonTooLong, ReasonUntellable.
    """
    viewer.require(Scope.EVENTS_PUBLISH)
    found = await _race_topic(topic, topics)
    found.require_publisher(viewer)
    if reason is not None and len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    if reason is not None and UNTELLABLE.search(reason):
        raise ReasonUntellable
    if not await races.has_event(found.id, event_id):
        raise ReadNotFound
    payload = {"type": "mark", "eventId": event_id, "wrong": wrong, "reason": reason}
    event = checked_event(mark_id, now, OFFICIALS, orjson.dumps(payload), now=now)
    return await intake.take(found.id, [event], once=once)


async def _own_race_topic(name: str, viewer: Viewer, topics: TopicRepository) -> Topic:
    viewer.require(Scope.EVENTS_PUBLISH)
    found = await _race_topic(name, topics)
    found.require_owner(viewer)
    return found


async def _race_topic(name: str, topics: TopicRepository) -> Topic:
    found = await topics.by_name(name)
    if found is None:
        raise TopicNotFound(name)
    if found.kind is not TopicKind.RACE:
        raise NotARaceTopic(name)
    return found


def _present(race: Race | None, topic: str) -> Race:
    if race is None:
        raise RaceNotFound(topic)
    return race
