"""A race's lists as JSON, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from domain.events.model import TopicId
from domain.races.model import Checkpoint, Entry, Race
from domain.races.profile import CourseProfile


def to_row(race: Race) -> tuple[object, ...]:
    """The values of a race's columns: topic, name, start, checkpoints, profile, entries."""
    return (
        race.topic_id,
        race.name,
        race.starts_at,
        orjson.dumps(race.checkpoints).decode(),
        None if race.profile is None else orjson.dumps(race.profile).decode(),
        orjson.dumps(race.entries).decode(),
    )


def from_row(row: Mapping[str, Any]) -> Race:
    """The race that was stored so."""
    profile = None if row["profile"] is None else orjson.loads(row["profile"])
    return Race(
        topic_id=TopicId(row["topic"]),
        name=row["name"],
        starts_at=row["starts_at"],
        checkpoints=tuple(Checkpoint(**_timed(one, "cutoff_at")) for one in orjson.loads(row["checkpoints"])),
        profile=profile and CourseProfile(tuple(profile["distance_m"]), tuple(profile["altitude_m"])),
        entries=tuple(Entry(**_timed(one, "starts_at")) for one in orjson.loads(row["entries"])),
    )


def _timed(document: dict[str, Any], name: str) -> dict[str, Any]:
    text = document[name]
    return document | {name: None if text is None else datetime.fromisoformat(text)}
