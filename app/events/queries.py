"""Reading topics, and what became of all that was published."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_page, reads_single
from app.edge.declaring.relay import Connection
from app.events.types import EventStats, Topic
from domain.events.model import LONGEST_TOPIC_NAME
from domain.shared.errors import NotFound
from domain.shared.viewer import Scope

Name = Annotated[str, strawberry.argument(description="The topic's name.")]
OneOrAll = Annotated[str | None, strawberry.argument(description="A topic's name; null for all topics together.")]


class NothingCounted(NotFound):
    """The topic whose figures are asked for is not there."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        name = str(args.get("topic"))[:LONGEST_TOPIC_NAME]
        super().__init__(f"There is no topic {name!r}. Leave `topic` out for the figures of all of them together.")


@strawberry.type
class EventQueries:
    """Root fields about topics and events."""

    @reads_single(scope=Scope.EVENTS_READ)
    def topic(self, info: Info, name: Name) -> Topic | None:
        """One topic by its name; null when there is none."""

    @reads_page(scope=Scope.EVENTS_READ)
    def topics(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Topic]:
        """All topics, by name."""

    @reads_single(scope=Scope.EVENTS_READ, missing=NothingCounted)
    def event_stats(self, info: Info, topic: OneOrAll = None) -> EventStats:  # type: ignore[empty-body]
        """What became of all events that came, of one topic or of all."""
