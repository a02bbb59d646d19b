"""A pair of databases behind HAProxy, for the tests that break it."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

from testing_payloads.failover.pair import Pair, a_pair
from testing_payloads.failover.servers.programs import find
from testing_payloads.failover.servers.refusals import RigRefused
from tests.conftest import a_data_folder
from tests.factories.debian import install


@pytest.fixture(scope="session")
def haproxy() -> Path:
    """HAProxy, installed if need be."""
    return _program("haproxy")


@pytest.fixture(scope="session")
def pgbouncer() -> Path:
    """pgbouncer, installed if need be."""
    return _program("pgbouncer")


@pytest.fixture(scope="session")
def _pairs(haproxy: Path) -> Iterator["_Pairs"]:
    with ExitStack() as ends:
        yield _Pairs(ends)


@pytest.fixture
def pair(_pairs: "_Pairs") -> Pair:
    """A pair that streams, with HAProxy. It is the one of the test before if that left it whole."""
    return _pairs.whole(bouncer=False)


@pytest.fixture
def pair_with_bouncer(_pairs: "_Pairs", pgbouncer: Path) -> Pair:
    """A pair with pgbouncer in front, in transaction mode."""
    return _pairs.whole(bouncer=True)


class _Pairs:
    """One pair at a time: on a machine with two cores a second one would only be in the way."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._bouncer = False
        self._pair: Pair | None = None

    def whole(self, *, bouncer: bool) -> Pair:
        if self._pair is None or self._bouncer != bouncer or not self._pair.is_whole:
            self._pair = None
            self._ends.close()
            self._pair, self._bouncer = self._ends.enter_context(_fresh(bouncer=bouncer)), bouncer
        return self._pair


@contextmanager
def _fresh(*, bouncer: bool) -> Iterator[Pair]:
    with a_data_folder() as folder, a_pair(folder, bouncer=bouncer) as pair:
        yield pair


@cache
def _program(name: str) -> Path:
    """Where it is, installed if need be; skips where it cannot be."""
    if sys.platform != "linux":
        pytest.skip("The rig of two databases runs on Linux only: it ends what it started by Linux's own means.")
    with suppress(RigRefused):
        return find(name)
    install(name)
    try:
        return find(name)
    except RigRefused:
        pytest.skip(
            f"{name} is not here and could not be installed, so failovers are not tried: apt-get install {name}"
        )
