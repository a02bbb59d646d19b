"""The figures of all strikes as a table, and what was promised with whether it was kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.failing_over.cairn import POOL_SIZE
from benchmarks.failing_over.judging import Kind
from benchmarks.failing_over.trial import Tried

APIS, PROCESSES = 2, 3
OWN = 1  # a connection beside the pool, by which a process finds out that there is a writer again
READING = 1  # and one of the API that reads from the standby, which asks where the log of the writer stands
SHOWN = 5
HEAD = (
    f"{'':28}{'times':>6}{'outage s':>10}{'worst':>7}{'ready s':>9}{'worst':>7}{'whole s':>9}"
    f"{'failed':>8}{'overdue':>9}{'lost':>6}{'twice':>7}{'gaps':>6}{'back':>6}{'sockets':>9}{'held':>6}{'usable':>8}"
)


@dataclass(frozen=True)
class Row:
    """One kind of strike, which fell several times in one trial."""

    name: str
    tried: Tried

    def line(self) -> str:
        """Its line of the table."""
        outages, ready, kinds = self.outages, self.ready, self.kinds()
        whole = [struck.times.mended_s for struck in self.tried.struck]
        return (
            f"{self.name:28}{self.times:6}{median(outages):10.2f}{max(outages):7.2f}{median(ready):9.2f}"
            f"{max(ready):7.2f}{median(whole):9.1f}{self.failed().total():8}{self.overdue:9}{kinds[Kind.LOST]:6}"
            f"{kinds[Kind.TWICE]:7}{kinds[Kind.GAP]:6}{kinds[Kind.BACK_IN_TIME]:6}{self.breaks:9}{self.held:6}"
            f"{self.tried.usable:8}"
        )

    def verdicts(self) -> list[tuple[bool, str]]:
        """What was promised of it, and whether it was kept."""
        verdicts = [*self._of_clients(), *self._of_connections(), *self._of_times()]
        return [(good, f"{self.name}: {text}") for good, text in verdicts]

    def _of_clients(self) -> Iterator[tuple[bool, str]]:
        told = f"{self.writes:,} writes acknowledged, {self.reads:,} reads: each there once, none back in time, no gap"
        bugs, two_writers = len(self.tried.bugs), self.tried.two_writers
        yield not self.kinds(), _told(self.kinds()) or told
        yield not self.failed(), f"failed in time: {_told(self.failed()) or 'none'}"
        yield self.breaks == 0, f"{self.breaks} sockets broke"
        yield bugs == 0, f"{bugs} lines `bug` in the log"
        yield two_writers == 0, f"two writers were seen {two_writers} times"
        if (looks := self.tried.by_standby) is not None:
            yield looks > 0, f"to answer queries, a standby looked into tables {looks:,} times"

    def _of_connections(self) -> Iterator[tuple[bool, str]]:
        usable, left = self.tried.usable, self.tried.on_server
        none_leaked = self.held <= POOL_SIZE + OWN and left <= PROCESSES * (POOL_SIZE + OWN) + READING
        yield usable == APIS * POOL_SIZE, f"{usable} of {APIS * POOL_SIZE} connections usable at once afterwards"
        yield none_leaked, f"{self.held} connections held by a process at most afterwards, {left} on the server"

    def _of_times(self) -> Iterator[tuple[bool, str]]:
        struck = self.tried.struck
        promised = struck[0].strike
        if (most_s := promised.most_outage_s) is not None:
            worst_s = max(self.outages)
            yield worst_s <= most_s, f"outage {worst_s:.2f} s at worst, {most_s:g} s promised"
        if (most_s := promised.most_unready_s) is not None:
            late_s = max(0.0, *(one.ready_s - one.times.mended_s for one in struck))
            yield late_s <= most_s, f"ready {late_s:.2f} s after all was back at worst, {most_s:g} s promised"

    @property
    def times(self) -> int:
        """How often it fell."""
        return len(self.tried.struck)

    @property
    def outages(self) -> list[float]:
        """How long clients saw each."""
        return [struck.outage_s for struck in self.tried.struck]

    @property
    def ready(self) -> list[float]:
        """After how long the APIs said that they were ready."""
        return [struck.ready_s for struck in self.tried.struck]

    @property
    def overdue(self) -> int:
        """Requests that nothing could be done for."""
        return sum(struck.overdue for struck in self.tried.struck)

    @property
    def breaks(self) -> int:
        """Sockets that broke."""
        return sum(struck.breaks for struck in self.tried.struck)

    @property
    def held(self) -> int:
        """The most connections that a process held afterwards."""
        return max(struck.times.held for struck in self.tried.struck)

    @property
    def writes(self) -> int:
        """How many were acknowledged."""
        return sum(call.outcome == "acknowledged" for call in self.tried.history.writes)

    @property
    def reads(self) -> int:
        """How many were answered."""
        return sum(call.outcome == "acknowledged" for call in self.tried.history.reads)

    def kinds(self) -> Counter[str]:
        """How many faults there are of each kind."""
        return Counter(fault.kind for fault in self.tried.faults)

    def failed(self) -> Counter[str]:
        """What clients were told whose requests failed though there was time."""
        return sum((struck.failed for struck in self.tried.struck), Counter[str]())


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} × {text}" for text, count in counts.most_common(SHOWN))
