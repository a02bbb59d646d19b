"""Topics and the events that are published to them: what each may be, and what becomes of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NewType
from uuid import UUID

from domain.events.searches import check_sources
from domain.shared.errors import Forbidden, Invalid, NotFound
from domain.shared.viewer import Scope, Viewer

TopicId = NewType("TopicId", UUID)
MAX_BATCH = 1_000
MAX_PUBLISHERS = 100
MAX_RETENTION_DAYS = 3_650
RACE_RETENTION_DAYS = 30  # at least
LONGEST_TOPIC_NAME = 100
LONGEST_EVENT_ID = 200  # characters
LONGEST_SOURCE = 200  # characters
MAX_PAYLOAD_BYTES = 64_000  # of JSON text, in UTF-8
MAX_NESTING = 32  # lists and objects within one another, the payload itself counted
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)  # before it no watch told the time of an event; the year 1 is -infinity
MAX_AHEAD = timedelta(days=1)  # clocks of phones and mats are wrong, but not by more


class TopicKind(StrEnum):
    """What a topic is for."""

    GENERAL = "GENERAL"
    RACE = "RACE"


class TopicNotFound(NotFound):
    """No topic has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no topic {name[:LONGEST_TOPIC_NAME]!r}. createTopic makes one.", field=("topic",))


class MayNotPublish(Forbidden):
    """The viewer is neither the topic's owner, nor one it names, nor one who runs this installation."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"You may not publish to {name!r}: its owner may, those may whom the owner names as publishers, and tokens "
            f"with the scope {Scope.OPERATIONS}."
        )


class MayNotChangeTopic(Forbidden):
    """The viewer neither owns the topic nor runs this installation."""

    def __init__(self, name: str) -> None:
        super().__init__(f"You may not change {name!r}: its owner may, and tokens with the scope {Scope.OPERATIONS}.")


class RetentionTooLong(Invalid):
    """Events are kept for ever, or for a number of days."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"retentionDays is {days}; it takes 1 to {MAX_RETENTION_DAYS:,}, or null to keep events for ever.",
            field=("retentionDays",),
        )


class RaceKeepsAll(Invalid):
    """A race's standings are made of all its events: none of them may be compacted away."""

    def __init__(self) -> None:
        super().__init__("A race keeps all its events: its standings are made of them.", field=("compacted",))


class RaceForgotten(Invalid):
    """A race's standings are made of its events, so these must outlast the race and its protests."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"A race keeps its events for {RACE_RETENTION_DAYS} days or more, or for ever (null): its standings are "
            f"made of them. retentionDays is {days}.",
            field=("retentionDays",),
        )


class TooManyPublishers(Invalid):
    """A topic names so many publishers and no more."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"A topic names at most {MAX_PUBLISHERS} publishers; these are {count}.", field=("publisherIds",)
        )


@dataclass(frozen=True, slots=True)
class Topic:
    """A named feed of events.

    Raises RetentionTooLong, RaceKeepsAll, RaceForgotten, TooManyPublishers.
    """

    id: TopicId
    name: str
    owner: UUID
    kind: TopicKind = TopicKind.GENERAL
    publishers: frozenset[UUID] = frozenset()
    retention_days: int | None = None  # None: for ever
    compacted: bool = False  # to the newest event of each source

    def __post_init__(self) -> None:
        if self.retention_days is not None and not 1 <= self.retention_days <= MAX_RETENTION_DAYS:
            raise RetentionTooLong(self.retention_days)
        if self.kind is TopicKind.RACE:
            if self.compacted:
                raise RaceKeepsAll
            if self.retention_days is not None and self.retention_days < RACE_RETENTION_DAYS:
                raise RaceForgotten(self.retention_days)
        if len(self.publishers) > MAX_PUBLISHERS:
            raise TooManyPublishers(len(self.publishers))

    def require_publisher(self, viewer: Viewer) -> None:
        """Raise Forbidden unless the viewer may publish here."""
        viewer.require(Scope.EVENTS_PUBLISH)
        named = viewer.athlete_id == self.owner or viewer.athlete_id in self.publishers
        if not named and Scope.OPERATIONS not in viewer.scopes:
            raise MayNotPublish(self.name)

    def require_owner(self, viewer: Viewer) -> None:
        """Raise Forbidden unless the viewer may change the topic itself."""
        viewer.require(Scope.EVENTS_PUBLISH)
        if viewer.athlete_id != self.owner and Scope.OPERATIONS not in viewer.scopes:
            raise MayNotChangeTopic(self.name)


class NewEvent(NamedTuple):
    """An event as its publisher sent it, found fit to be stored (see domain/events/checks.py).

    A tuple: made in a third of the time, and many are.
    """

    event_id: str
    occurred_at: datetime  # aware, in UTC
    source: str
    payload: str  # JSON text that PostgreSQL takes as jsonb


@dataclass(frozen=True, slots=True)
class Event:
    """An event in its topic's feed."""

    event_id: str
    offset: int
    occurred_at: datetime
    received_at: datetime
    source: str
    payload: str  # JSON text


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that were committed together: neighbours in their topic's feed, in its order. Never empty."""

    topic_id: TopicId
    events: Sequence[Event]

    @property
    def first(self) -> int:
        """The offset of the first."""
        return self.events[0].offset

    @property
    def last(self) -> int:
        """The offset of the last."""
        return self.events[-1].offset


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the events of one request: accepted + duplicates + conflicting are all that came."""

    accepted: int
    duplicates: int
    conflicting: int
    head: int  # the topic's last offset once they were in

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.conflicting + other.conflicting,
            max(self.head, other.head),
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a topic's feed holds: offsets from `earliest` to `head`, less those compacted away. Empty: head 0."""

    earliest: int
    head: int
    newest: str | None = field(default=None, compare=False)  # the id of the event at `head`, where it is still there


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of a topic a reader wants: all conditions hold. The span is inclusive at both ends.

    Raises TooManySources, NoSuchEvents.
    """

    sources: frozenset[str] | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None

    def __post_init__(self) -> None:
        check_sources(self.sources or (), longest=LONGEST_SOURCE)

    @property
    def has_span(self) -> bool:
        """Whether it asks for times: events are not stored by them, so that all have to be looked at."""
        return self.occurred_from is not None or self.occurred_to is not None

    def lets_pass(self, event: Event) -> bool:
        """Whether the event is one of those."""
        return (
            (self.sources is None or event.source in self.sources)
            and (self.occurred_from is None or event.occurred_at >= self.occurred_from)
            and (self.occurred_to is None or event.occurred_at <= self.occurred_to)
        )


EVERYTHING = EventFilter()
