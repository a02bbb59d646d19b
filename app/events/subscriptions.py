"""Watching a topic."""

from collections.abc import AsyncIterable
from typing import Annotated, cast

import strawberry

from app.context import Info
from app.edge.declaring.fields import subscription
from app.events.encoding import SelectedEvents
from app.events.feeds import EventsBehind, Feeds
from app.events.inputs import EventFilter
from app.events.types import Event
from domain.events.model import EVERYTHING, TopicNotFound
from domain.events.places import start_of
from domain.events.ports import TopicRepository
from domain.shared.viewer import Scope

Behind = Annotated[
    str | None,
    strawberry.argument(
        description="Only events behind this cursor: an event's `cursor`, or a topic's `headCursor`. Without one: "
        "those that are taken in from now on."
    ),
]


@strawberry.type
class EventSubscriptions:
    """Root fields about events as they are taken in."""

    @subscription
    async def events(
        self, info: Info, topic: str, after: Behind = None, filter: EventFilter | None = None
    ) -> AsyncIterable[Event]:
        """The events of a topic in the order of their offsets: none is left out and none comes twice.

        To go on after the connection broke, subscribe again with the `cursor` of the last event as `after`. When the
        topic does not keep its events for ever and some of what follows is gone, the error's code is CURSOR_EXPIRED,
        and its extension `earliest` is the cursor from which all that is left follows.
        """
        info.context.viewer.require(Scope.EVENTS_READ)
        topics, feeds = await info.context.services.aget(TopicRepository, Feeds)
        found = await topics.by_name(topic)
        if found is None:
            raise TopicNotFound(topic)
        offset = start_of(after, found.id, await feeds.bounds(found.id))
        encoding = SelectedEvents.of(
            info.context.selection(), key=str(info.path.key), topic_id=found.id, topic_name=found.name
        )
        wanted = filter.wanted() if filter else EVERYTHING
        return cast("AsyncIterable[Event]", EventsBehind(feeds, found.id, wanted, encoding, offset))
