"""The promise of a pair of databases, in short: each thing that can happen to it once, under load, and a judgement."""

from pathlib import Path

import pytest

from benchmarks.failing_over.cairn import POOL_SIZE
from benchmarks.failing_over.grounds import everything_at_once
from benchmarks.failing_over.people import Size
from benchmarks.failing_over.trial import Tried, trial
from testing_payloads.failover.servers.namespaces import a_network
from testing_payloads.failover.servers.refusals import RigRefused

SMALL = Size(planners=2, lookers=1, publishers=2, followers=2, zoners=1, pause_s=0.05, enough=2)
APIS = 2


@pytest.fixture(scope="module")
def tried(haproxy: Path, pgbouncer: Path) -> Tried:
    """Everything that can go wrong, one after the other, while clients are at work; networks are cut by root only."""
    ground = everything_at_once(namespaces=_networks_can_be_cut())
    with ground.laid_out() as laid_out:
        return trial(laid_out, ground.strikes, SMALL, name="everything")


def _networks_can_be_cut() -> bool:
    """Root may not do so everywhere."""
    try:
        with a_network():
            return True
    except RigRefused:
        return False


def test_what_is_acknowledged_is_there_once_reads_never_go_back_and_feeds_have_no_gap(tried: Tried) -> None:
    assert list(tried.faults) == []


def test_no_request_fails_that_had_the_time(tried: Tried) -> None:
    assert {struck.strike.name: struck.failed for struck in tried.struck if struck.failed} == {}


def test_no_socket_breaks(tried: Tried) -> None:
    assert [feed.breaks for feed in tried.history.feeds if feed.breaks] == []


def test_every_connection_of_the_pools_can_be_used_afterwards(tried: Tried) -> None:
    assert tried.usable == APIS * POOL_SIZE


def test_nothing_is_taken_for_a_mistake_of_cairns(tried: Tried) -> None:
    assert tried.bugs == []


def test_clients_were_at_work_all_the_time(tried: Tried) -> None:
    history = tried.history

    assert min(len(history.writes), len(history.reads), len(history.requests), len(history.feeds[0].told)) > 0


def test_a_standby_answered_queries_meanwhile(tried: Tried) -> None:
    assert tried.by_standby


def test_no_process_holds_more_connections_than_its_pool_and_the_one_it_looks_by(tried: Tried) -> None:
    assert max(struck.times.held for struck in tried.struck) <= POOL_SIZE + 1
