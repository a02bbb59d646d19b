"""Plans that follow a live feed, and the positions of their runners on it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import orjson

from domain.courses.model import CourseGround
from domain.events.model import Event, TopicId
from domain.pacing.model import Following, ThrottlePlan
from domain.pacing.on_the_way.feed import FeedPosition, position_of
from tests.factories.plans_to_take import STARTS_AT, a_ground, a_plan_to_take
from tests.fakes.feeds import TOPIC

GROUND = a_ground(10_000.0, 2_000, climb_m=100.0)
SOURCE = "ada's phone"


def a_followed_plan(
    ground: CourseGround = GROUND, *, topic: TopicId = TOPIC, source: str = SOURCE, offset: int = 0, **changed: Any
) -> ThrottlePlan:
    """A plan over 10 km that follows a source; it starts at STARTS_AT."""
    plan = a_plan_to_take(ground, waypoints=()).plan
    return replace(plan, **{"following": Following(topic_id=topic, source=source, offset=offset)} | changed)


def place_at(metres: float, ground: CourseGround = GROUND) -> tuple[float, float]:
    """Latitude and longitude so far along the course."""
    assert ground.latitude is not None
    assert ground.longitude is not None
    at = metres / ground.profile.step_m
    grid = np.arange(ground.latitude.size)
    return float(np.interp(at, grid, ground.latitude)), float(np.interp(at, grid, ground.longitude))


def after(minutes: float) -> datetime:
    """So long after the start."""
    return STARTS_AT + timedelta(minutes=minutes)


def a_position_event(metres: float, minutes: float, *, offset: int = 1, source: str = SOURCE, **payload: Any) -> Event:
    """The runner is so far along the course, so long after the start."""
    latitude, longitude = place_at(metres)
    told = {"type": "position", "latitude": latitude, "longitude": longitude} | payload
    return Event(f"e{offset}", offset, after(minutes), after(minutes), source, orjson.dumps(told).decode())


def a_position(metres: float, minutes: float, **more: Any) -> FeedPosition:
    """The same, as it is read from the feed."""
    position = position_of(a_position_event(metres, minutes, **more))
    assert position is not None
    return position
