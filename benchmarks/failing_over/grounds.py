"""Where strikes fall: a rig with or without pgbouncer, networks of its own or Patroni, and Cairn on it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.failing_over.cairn import Cairn, a_cairn
from benchmarks.failing_over.strikes import Strike, of_patroni, of_pgbouncer, of_the_network, of_the_pair
from testing_payloads.failover.pair import Pair, a_pair
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni_rig import PatroniPair, a_patroni_pair
from tests.conftest import a_data_folder

TO_PASS_ONLY = 0o711
PROCESSES = 3


@dataclass(frozen=True)
class LaidOut:
    """What was started, and what may go wrong with it. `machines` are to be watched: one of them may write."""

    cairn: Cairn
    strikes: Sequence[Strike]
    machines: Sequence[Machine]


def all_alike(pair: Any) -> list[str]:
    """Every process goes the way that the rig has for Cairn."""
    return [pair.writer_url] * PROCESSES


def one_behind_pgbouncer(pair: Pair) -> list[str]:
    """The first API goes through pgbouncer, the other and the worker past it."""
    return [pair.writer_url, pair.direct_writer_url, pair.direct_writer_url]


@dataclass(frozen=True)
class Ground:
    """One rig, what may go wrong on it, and the ways by which processes come to its writer."""

    name: str
    rig: Callable[[Path], AbstractContextManager[Any]]
    strikes: Callable[[Any], Sequence[Strike]]
    ways: Callable[[Any], Sequence[str]] = all_alike

    @contextmanager
    def laid_out(self) -> Iterator[LaidOut]:
        """Start all of it; everything ends with the block. To be called from the main thread."""
        with a_data_folder() as folder:
            folder.chmod(TO_PASS_ONLY)  # PostgreSQL runs as somebody else where this is root
            (folder / "cairn").mkdir(mode=0o700)
            with self.rig(folder / "rig") as pair, self._cairn_on(pair, folder / "cairn") as cairn:
                machines = list(pair.nodes.values()) if isinstance(pair, PatroniPair) else []
                yield LaidOut(cairn, self.strikes(pair), machines)

    def _cairn_on(self, pair: Any, folder: Path) -> AbstractContextManager[Cairn]:
        return a_cairn(folder, writer_urls=self.ways(pair), direct_url=pair.direct_writer_url, redis_url=pair.redis_url)


def everything_at_once(*, namespaces: bool) -> Ground:
    """One rig for whatever can be tried without Patroni; networks can be cut only in namespaces."""

    def strikes(pair: Pair) -> list[Strike]:
        return [*of_the_pair(pair), *of_pgbouncer(pair)[:1], *(of_the_network(pair) if namespaces else ())]

    return Ground("everything", partial(a_pair, bouncer=True, namespaces=namespaces), strikes, one_behind_pgbouncer)


GROUNDS = (
    Ground("pair", a_pair, of_the_pair),
    Ground("pgbouncer", partial(a_pair, bouncer=True), of_pgbouncer),
    Ground("network", partial(a_pair, namespaces=True), of_the_network),
    Ground("patroni", a_patroni_pair, of_patroni),
)
