"""Whatever the wire and the log do, every subscriber gets what it asked for: in order, all of it, each event once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from app.events.feeds import Feeds
from domain.events.model import EVERYTHING, Batch, EventFilter
from tests.fakes.feeds import TOPIC, FakeLog, FakeSink, FakeWire, NumberedEvents, settled

MATS = EventFilter(frozenset({"mat"}))
HEAVY = "x" * 100_000  # of these a feed keeps about forty at hand
BEFORE = 700  # events that there are in advance: more than a feed reads ahead
DO = [
    st.tuples(st.just("commit"), st.integers(1, 150), st.sampled_from(["mat", "phone"])),
    st.tuples(st.just("deliver"), st.integers(0, 99), st.booleans()),
    st.tuples(st.just("lose a batch"), st.integers(0, 99)),
    st.tuples(st.just("slice"), st.integers(0, 300), st.integers(1, 100)),
    st.tuples(st.just("tick")),
    st.tuples(st.just("log"), st.booleans()),
    st.tuples(st.just("compact"), st.integers(1, 300)),
    st.tuples(
        st.just("join"),
        st.sampled_from([0.0, 0.3, 0.9, 0.98, 1.0]),
        st.sampled_from([EVERYTHING, MATS]),
        st.sampled_from(["a", "b"]),
    ),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("fill"), st.integers(0, 9)),
    st.tuples(st.just("drain"), st.integers(0, 9)),
    *[st.tuples(st.just("turns"), st.integers(1, turns)) for turns in (2, 6, 15, 100)],
]


@dataclass
class Watcher:
    after: int
    wanted: EventFilter
    leave: Callable[[], None]
    sink: FakeSink
    has_left: bool = False


@dataclass
class Story:
    """What happens, step by step, and who watches."""

    log: FakeLog
    wire: FakeWire = field(default_factory=FakeWire)
    under_way: list[Batch] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)
    compacted: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.all_events = {event.offset: event.source for event in self.log.events.values()}
        self.feeds = Feeds(self.log, self.wire, linger_s=3600, patience_s=3600)

    async def step(self, what: str, *how: object) -> None:
        match what, how:
            case "commit", (int(count), str(source)):
                batch = self.log.commit(count, source=source, payload=HEAVY if source == "phone" else "{}")
                self.all_events |= {event.offset: event.source for event in batch.events}
                self.under_way.append(batch)
            case "deliver", (int(which), bool(again)) if self.under_way:
                at = which % len(self.under_way)
                self.wire.tell(self.under_way[at])
                if not again:
                    del self.under_way[at]
            case "lose a batch", (int(which),) if self.under_way:
                del self.under_way[which % len(self.under_way)]
            case "slice", (int(back), int(count)):  # batches that were put together otherwise
                events = [event for at, event in sorted(self.log.events.items()) if at > self.log.head - back][:count]
                if events and events[-1].offset - events[0].offset < len(events):
                    self.wire.tell(Batch(TOPIC, events))
            case "tick", ():
                self.wire.tell(None)
            case "log", (bool(away),):
                self.log.is_away = away
            case "compact", (int(offset),) if offset < self.log.head:
                self.log.compact(offset)
                self.compacted.add(offset)
            case "join", (float(place), wanted, str(name)):
                after, sink = round(place * self.log.head), FakeSink()
                leave = self.feeds.join(TOPIC, wanted, NumberedEvents(name), sink, after=after)
                self.watchers.append(Watcher(after, wanted, leave, sink))
            case (("leave" | "fill" | "drain"), (int(which),)) if self.watchers:
                self.act(what, self.watchers[which % len(self.watchers)])
            case "turns", (int(count),):
                await settled(count)

    def act(self, what: str, watcher: Watcher) -> None:
        if what == "leave":
            watcher.leave()
            watcher.has_left = True
        elif what == "fill":
            watcher.sink.fill()
        else:
            watcher.sink.drain()

    async def calm(self) -> None:
        """Let all that went wrong be over."""
        self.log.is_away = False
        for watcher in self.watchers:
            watcher.sink.drain()
        for _ in range(3):
            self.wire.tell(None)
            await settled()
        await self.feeds.close()

    def check(self, watcher: Watcher) -> None:
        got = watcher.sink.offsets
        assert got == sorted(set(got))
        assert watcher.sink.refused == []
        sources = watcher.wanted.sources or {"mat", "phone"}
        behind = {offset for offset, source in self.all_events.items() if offset > watcher.after and source in sources}
        assert set(got) <= behind
        seen_until = max(got, default=0) if watcher.has_left else self.log.head
        assert {offset for offset in behind if offset <= seen_until} - set(got) <= self.compacted


@given(st.sampled_from([0, BEFORE]), st.lists(st.one_of(DO), min_size=40, max_size=80))
@settings(max_examples=100, deadline=None)
def test_every_subscriber_gets_each_event_behind_its_cursor_once_and_in_order(
    head: int, steps: list[tuple[object, ...]]
) -> None:
    async def tell() -> None:
        story = Story(FakeLog(head=head))
        for what, *how in steps:
            await story.step(str(what), *how)
        await story.calm()
        for watcher in story.watchers:
            story.check(watcher)

    asyncio.run(tell())
