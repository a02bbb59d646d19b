"""What clients give to make topics, to publish events, and to say which events they want."""

from datetime import datetime

import orjson
import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import input_type, says
from app.edge.declaring.inputs_at_once import made_at_once
from app.edge.declaring.json_scalars import JsonValue
from domain.events.checks import EventRefused
from domain.events.model import EventFilter as Wanted
from domain.events.model import TopicKind

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."
KEPT = "Events are kept for so many days, 1 to 3,650, after they came; null for ever."
NAMED = "Ids of up to 100 athletes who may publish too: each finds their own as `viewer { id }`."


enum_type(
    "What a topic is for.",
    GENERAL="Any events.",
    RACE="A race: its events are positions and reads of timing mats, and its standings are made of all of them.",
)(TopicKind)


@input_type
class CreateTopicInput:
    """A new topic; it is yours."""

    name: str = says("1 to 100 small letters, digits, dots, hyphens and underscores; unique, and for good.")
    kind: TopicKind = says("What it is for.", default=TopicKind.GENERAL)
    retention_days: int | None = says(KEPT, default=None)
    compacted: bool = says("Keep only the newest event of each source. A race keeps all.", default=False)
    publisher_ids: list[strawberry.ID] | None = says(NAMED, default=None)
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class UpdateTopicInput:
    """What to change in a topic of yours; what is left out stays."""

    topic: str = says("The topic's name.")
    retention_days: int | None = says(KEPT, default=strawberry.UNSET)
    compacted: bool | None = says("Keep only the newest event of each source.", default=strawberry.UNSET)
    publisher_ids: list[strawberry.ID] | None = says(f"{NAMED} They replace those before.", default=strawberry.UNSET)
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class EventInput:
    """Something that occurred."""

    event_id: str = says("1 to 200 characters: the same event is sent under the same id, however often.")
    occurred_at: datetime = says("When it occurred; at most a day ahead.")
    source: str = says("What it comes from, 1 to 200 characters: a tracker, a timing mat, a service.")
    payload: JsonValue = says("What to say of it: JSON of at most 64,000 bytes, 32 levels deep.")

    def payload_json(self) -> bytes:
        """See SentEvent."""
        try:
            return orjson.dumps(self.payload)
        except TypeError:  # an uploaded file stands in it
            raise EventRefused("`payload` is no JSON.", field=("payload",)) from None


@made_at_once
@input_type
class PublishEventsInput:
    """Events for one topic: all of them are taken, or none."""

    topic: str = says("The topic's name.")
    events: list[EventInput] = says("1 to 1,000 events, in the order in which they are to stand in the feed.")
    idempotency_key: str | None = says(f"{KEY} Events need none: each is known by its own id.", default=None)


@strawberry.input(description="Which events: all conditions hold at once.")
class EventFilter:
    """See infrastructure's view of events."""

    sources: list[str] | None = says("Only events of these sources, at most 100.", default=None)
    from_: datetime | None = says("Only events that occurred at this instant or later.", name="from", default=None)
    to: datetime | None = says("Only events that occurred at this instant or earlier.", default=None)

    def wanted(self) -> Wanted:
        """For the domain. Raises TooManySources."""
        sources = None if self.sources is None else frozenset(self.sources)
        return Wanted(sources, occurred_from=self.from_, occurred_to=self.to)
