"""Where strikes fall: a rig with or without pgbouncer, networks of its own or Patroni, and Cairn on it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.failing_over.cairn import Cairn, Way, a_cairn
from benchmarks.failing_over.strikes import (
    NETWORK_CUT,
    OF_PATRONI,
    OF_PGBOUNCER,
    PGBOUNCER_RESTARTED,
    Strike,
    of_the_pair,
)
from testing_payloads.failover.pair import Pair, a_pair
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni_rig import PatroniPair, a_patroni_pair
from tests.conftest import a_data_folder

TO_PASS_ONLY = 0o711
# Where a standby answers queries, a commit is acknowledged when it shows there: docs/operations.md.
WAIT_UNTIL_SHOWN = ("alter system set synchronous_commit = 'remote_apply'", "select pg_reload_conf()")
A_MOMENT_S = 0.5


@dataclass(frozen=True)
class LaidOut:
    """What was started. `machines` are to be watched: one of them may write; `reader_url` leads to the standby."""

    rig: Any
    cairn: Cairn
    machines: Sequence[Machine]
    reader_url: str


def all_alike(pair: Any) -> list[Way]:
    """Every process goes the way that the rig has for Cairn."""
    return [Way(pair.writer_url)] * 3


def one_from_the_standby(pair: Pair) -> list[Way]:
    """The second API reads from the standby."""
    return [Way(pair.writer_url), Way(pair.writer_url, pair.reader_url), Way(pair.writer_url)]


def one_behind_pgbouncer(pair: Pair) -> list[Way]:
    """The first API goes through pgbouncer, the second reads from the standby, and the worker has neither."""
    direct = pair.direct_writer_url
    return [Way(pair.writer_url), Way(direct, pair.reader_url), Way(direct)]


@dataclass(frozen=True)
class Ground:
    """One rig, what may go wrong on it, and the ways by which processes come to it."""

    name: str
    rig: Callable[[Path], AbstractContextManager[Any]]
    strikes: Sequence[Strike]
    ways: Callable[[Any], Sequence[Way]] = all_alike

    @contextmanager
    def laid_out(self) -> Iterator[LaidOut]:
        """Start all of it; everything ends with the block. To be called from the main thread."""
        with a_data_folder() as folder:
            folder.chmod(TO_PASS_ONLY)  # PostgreSQL runs as somebody else where this is root
            (own := folder / "cairn").mkdir(mode=0o700)
            with self.rig(folder / "rig") as pair:
                ways, direct_url = self.ways(pair), pair.direct_writer_url
                reader_url = next((way.reader_url for way in ways if way.reader_url), "")
                if reader_url:
                    _wait_until_shown(pair)
                machines = list(pair.nodes.values()) if isinstance(pair, PatroniPair) else []
                with a_cairn(own, ways=ways, direct_url=direct_url, redis_url=pair.redis_url) as cairn:
                    yield LaidOut(pair, cairn, machines, reader_url)


def _wait_until_shown(pair: Pair) -> None:
    for node in pair.nodes.values():
        node.sql(*WAIT_UNTIL_SHOWN)


def everything_at_once(*, namespaces: bool) -> Ground:
    """One rig for whatever can be tried without Patroni; networks can be cut only in namespaces."""
    strikes = [*of_the_pair(away_s=A_MOMENT_S), PGBOUNCER_RESTARTED, *([NETWORK_CUT] if namespaces else [])]
    return Ground("everything", partial(a_pair, bouncer=True, namespaces=namespaces), strikes, one_behind_pgbouncer)


GROUNDS = (
    Ground("pair", a_pair, of_the_pair(), one_from_the_standby),
    Ground("pgbouncer", partial(a_pair, bouncer=True), OF_PGBOUNCER),
    Ground("network", partial(a_pair, namespaces=True), [NETWORK_CUT]),
    Ground("patroni", a_patroni_pair, OF_PATRONI),
)
