"""The groups of a feed, found by what they want: with a thousand runners followed, an event concerns a few of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from app.events.encoding import Encoding
from app.events.groups import FeedGroup
from domain.events.model import Event, EventFilter


class Audience:
    """Groups by their filter and encoding, and by the sources that they want events of."""

    def __init__(self) -> None:
        self._groups: dict[tuple[EventFilter, Encoding], FeedGroup] = {}
        self._of_source: dict[str, dict[FeedGroup, None]] = {}
        self._of_all_sources: dict[FeedGroup, None] = {}

    @property
    def groups(self) -> Collection[FeedGroup]:
        """All of them."""
        return self._groups.values()

    def find(self, wanted: EventFilter, encoding: Encoding) -> FeedGroup | None:
        """The group that wants this, told so."""
        return self._groups.get((wanted, encoding))

    def add(self, group: FeedGroup) -> None:
        """Let a group be found."""
        self._groups[group.wanted, group.encoding] = group
        if group.wanted.sources is None:
            self._of_all_sources[group] = None
        for source in group.wanted.sources or ():
            self._of_source.setdefault(source, {})[group] = None

    def remove(self, group: FeedGroup) -> None:
        """Let a group be found no more; more than once is harmless."""
        if self._groups.get((group.wanted, group.encoding)) is not group:
            return
        del self._groups[group.wanted, group.encoding]
        self._of_all_sources.pop(group, None)
        for source in group.wanted.sources or ():
            del self._of_source[source][group]
            if not self._of_source[source]:
                del self._of_source[source]

    def of(self, events: Sequence[Event]) -> list[tuple[FeedGroup, Sequence[Event]]]:
        """The groups that may want some of these events, by their sources, and which."""
        found: dict[FeedGroup, list[Event]] = defaultdict(list)
        for event in events:
            for group in self._of_source.get(event.source, ()):
                found[group].append(event)
        return [*((group, events) for group in self._of_all_sources), *found.items()]
