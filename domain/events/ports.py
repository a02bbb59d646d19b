"""What events need of the world outside: where topics and events are kept, and how other replicas hear of them."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.events.model import EVERYTHING, Batch, Bounds, Event, EventFilter, NewEvent, Taken, Topic, TopicId
from domain.events.trackers import Tracker, TrackerId
from domain.shared.once import Once
from domain.shared.viewer import Viewer


class TopicRepository(Protocol):
    """Topics. Their names are unique in an installation."""

    async def create(self, topic: Topic, *, once: Once | None = None) -> TopicId:
        """Store a new topic. Raises TopicNameTaken, PublisherNotFound."""
        ...

    async def by_name(self, name: str) -> Topic | None:
        """The topic of this name."""
        ...

    async def update(self, name: str, change: Callable[[Topic], Topic], *, once: Once | None = None) -> TopicId:
        """Lock a topic, apply `change` (pure: it may run again) and store it. Raises TopicNotFound,
        PublisherNotFound, and what `change` raises."""
        ...


class EventIntake(Protocol):
    """Takes events in: each once, in one transaction with its offset and the topic's counters."""

    async def take(self, topic_id: TopicId, events: Sequence[NewEvent], *, once: Once | None = None) -> Taken:
        """Store the events of one request, in their order; what is answered is committed.

        Requests that wait for the same topic may share a transaction; each is told its own counts. Raises IntakeFull
        (Unavailable) when too many events wait already; then nothing of the request is stored. Raises Unavailable
        when the database does not answer; then all of it may be, or nothing. The same again is always safe.
        """
        ...


class EventLog(Protocol):
    """The record of what was taken in."""

    async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
        """What each of these topics holds now; without those that are not there."""
        ...

    async def after(
        self,
        topic_id: TopicId,
        offset: int,
        *,
        limit: int,
        wanted: EventFilter = EVERYTHING,
        up_to: int | None = None,
        characters: int | None = None,
    ) -> list[Event]:
        """The next events behind an offset, in order, none of them past `up_to`.

        The first whose payloads have `characters` or more together are all that come. Fewer than `limit` come only for
        that, and where there are no more.
        """
        ...


class EventSweep(Protocol):
    """Lets go of events that their topics need not keep."""

    async def sweep(self, every_s: float) -> int | None:
        """Delete what is older than its topic keeps events, and of compacted topics all but the newest event of each
        source, unless some worker did so within the last `every_s` seconds. Intake goes on meanwhile.

        Answers how many events went; None when it was left to the other.
        """
        ...


class EventWire(Protocol):
    """Carries committed batches to every replica as fast as it can. What it loses is in the log."""

    async def send(self, batch: Batch) -> None:
        """Tell of a batch that was committed; silent when the wire is down. Whoever follows in this very process is
        told even then."""
        ...

    def follow(self, topic_id: TopicId) -> AbstractAsyncContextManager[AsyncIterator[Batch | None]]:
        """Batches of a topic as they come, and None at least once a second and after trouble: look into the log.

        A batch may come late, twice, out of order or not at all. Following has begun when the context is entered: what
        was committed before is in the log by then. Whoever is slow to take them misses some.
        """
        ...


class TrackerKeys(Protocol):
    """Keys of trackers."""

    def new(self) -> str:
        """A key that nobody can guess."""
        ...


class TrackerRepository(Protocol):
    """Trackers, known by the hashes of their keys."""

    async def create(self, tracker: Tracker, key_hash: bytes, *, once: Once | None) -> TrackerId:
        """Store a new tracker; a repeated request gets the id of the tracker of then."""
        ...

    async def by_key(self, key_hash: bytes) -> Tracker:
        """The tracker with the key. Raises TrackerNotFound when there is none, when it was revoked, and while whoever
        made it may not publish."""
        ...

    async def revoke(self, tracker_id: TrackerId, viewer: Viewer, *, at: datetime, once: Once | None) -> TrackerId:
        """Let a tracker publish no more; one that was revoked before stays so. Raises TrackerNotFound unless the viewer
        made it, owns its topic, or runs this installation."""
        ...
