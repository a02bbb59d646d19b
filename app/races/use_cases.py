"""What an organiser does with a race."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import orjson

from domain.events.checks import checked_event
from domain.events.model import Taken, Topic, TopicId, TopicKind, TopicNotFound
from domain.events.ports import EventIntake, TopicRepository
from domain.races.model import CourseProfile, Race
from domain.races.ports import RaceRepository
from domain.races.refusals import LONGEST_REASON, CourseRunNotFound, NotARaceTopic, ReadNotFound, ReasonTooLong
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer

OFFICIALS = "officials"  # the source of marks


async def set_race(
    topic: str,
    race: Callable[[TopicId, CourseProfile | None], Race],
    *,
    course_run: UUID | None,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    races: RaceRepository,
) -> None:
    """Say what is run on a topic; `race` makes it of the topic and of the heights along the viewer's own run, if any.

    Raises TopicNotFound, NotARaceTopic, CourseRunNotFound and what a Race raises.
    """
    viewer.require(Scope.EVENTS_PUBLISH)
    found = await _race_topic(topic, topics)
    found.require_owner(viewer)
    course = None
    if course_run is not None:
        viewer.require(Scope.TRAINING_READ)
        course = await races.course_of_run(course_run, viewer)
        if course is None:
            raise CourseRunNotFound
    await races.put(race(found.id, course), once=once)


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
    """Publish that an event of the race is wrong, or right after all; the mark recorded last holds.

    Raises TopicNotFound, NotARaceTopic, ReadNotFound, ReasonTooLong.
    """
    viewer.require(Scope.EVENTS_PUBLISH)
    found = await _race_topic(topic, topics)
    found.require_publisher(viewer)
    if reason is not None and len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    if not await races.has_event(found.id, event_id):
        raise ReadNotFound
    payload = {"type": "mark", "eventId": event_id, "wrong": wrong, "reason": reason}
    event = checked_event(mark_id, now, OFFICIALS, orjson.dumps(payload), now=now)
    return await intake.take(found.id, [event], once=once)


async def _race_topic(name: str, topics: TopicRepository) -> Topic:
    found = await topics.by_name(name)
    if found is None:
        raise TopicNotFound(name)
    if found.kind is not TopicKind.RACE:
        raise NotARaceTopic(name)
    return found
