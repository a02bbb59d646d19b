"""All that was seen since the watch began: what there is now, what happened, and how the requests fared."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from testing_payloads.failover.watching.changes import (
    WRITER,
    BalancerLook,
    Look,
    NodeLook,
    ReplicaLook,
    changes,
    told_of_writers,
)
from testing_payloads.failover.watching.measures import Silences, Tally

NEAR_S = 0.5  # a silence that begins so soon after an event is one of its


@dataclass
class Event:
    """Something that happened. `since` is the last look before it was seen: it happened after that."""

    at: float
    since: float
    words: str
    silence_s: float | None = None  # the longest silence from then until the next event; None while it may grow


@dataclass
class Diary:
    """Every moment is in seconds of a clock that does not jump."""

    begun: float
    writes: Tally = field(init=False)
    reads: Tally = field(init=False)
    silences: Silences = field(init=False)
    looks: dict[str, Look] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    last_error: tuple[float, str] | None = None
    _looked_at: dict[str, float] = field(default_factory=dict)
    _growing: list[Event] = field(default_factory=list)  # the latest event, and those since the latest write

    def __post_init__(self) -> None:
        self.writes, self.reads = Tally(self.begun), Tally(self.begun)
        self.silences = Silences(self.begun)

    def saw(self, subject: str, look: Look, at: float) -> None:
        """A look at something: what is new about it becomes an event."""
        before, writers = self.looks.get(subject), self.writers
        since = self._looked_at.get(subject, at)
        self.looks[subject], self._looked_at[subject] = look, at
        words = changes(before, look)
        if self.writers != writers and (both := told_of_writers(self.writers)):
            words.append(both)
        for told in words:
            self._note(Event(at, since, told))

    def acknowledged(self, at: float, *, sent: float) -> None:
        """A write was acknowledged."""
        self.writes.answer(at, sent=sent)
        self.silences.acknowledged(at)
        self._settle(self._growing[:-1])

    def went_wrong(self, tally: Tally, at: float, words: str) -> None:
        """A request failed."""
        tally.fail()
        self.last_error = (at, words)

    @property
    def nodes(self) -> Mapping[str, NodeLook]:
        """The databases, by name."""
        return {look.name: look for _, look in sorted(self.looks.items()) if isinstance(look, NodeLook)}

    @property
    def balancer(self) -> BalancerLook:
        """What HAProxy believes; nothing while it was not asked."""
        return next((look for look in self.looks.values() if isinstance(look, BalancerLook)), BalancerLook())

    @property
    def replicas(self) -> list[ReplicaLook]:
        """The APIs that are looked at."""
        return [look for look in self.looks.values() if isinstance(look, ReplicaLook)]

    @property
    def writers(self) -> list[str]:
        """Who says that it takes writes."""
        return [name for name, node in self.nodes.items() if node.part == WRITER]

    def silence_of(self, event: Event, now: float) -> float:
        """The longest from this event until the next; one that both fall into counts as a whole for either."""
        return self.silences.longest_since(event.since, now) if event.silence_s is None else event.silence_s

    def _note(self, event: Event) -> None:
        self._settle([before for before in self._growing if before.at + NEAR_S < self.silences.last])
        self.events.append(event)
        self._growing.append(event)

    def _settle(self, events: list[Event]) -> None:
        """The silences of these have ended: the one that lasts is none of theirs."""
        for event in events:
            event.silence_s = self.silences.longest_since(event.since, self.silences.last)
        self._growing = [event for event in self._growing if event.silence_s is None]
