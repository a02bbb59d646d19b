"""The promise of the feeds, while everything that serves them is killed: nothing is lost, nothing comes twice."""

from collections.abc import Iterator

import pytest

from benchmarks.killing.plan import Plan
from benchmarks.killing.striking import kills, rolling_restart
from benchmarks.killing.trial import Outcome, a_crowd, one_of_each, trial
from tests.factories.clusters import Cluster, a_cluster

PLAN = Plan(events=8_000, batch=20, publishers=20, conflicts=60)
ROLLING = Plan(events=240, batch=4, publishers=3, conflicts=0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two APIs, a worker, Redis and PostgreSQL."""
    with a_cluster() as started:
        yield started


@pytest.fixture(scope="module")
def survived(cluster: Cluster) -> Outcome:
    """Each of them was killed and came back while events were published."""
    return trial(PLAN, cluster, kills(cluster), one_of_each, topic="killed")


def test_every_follower_gets_every_event_once_and_in_order_whatever_is_killed(survived: Outcome) -> None:
    assert survived.faults() == []


def test_offsets_have_no_gaps_whatever_is_killed(survived: Outcome) -> None:
    assert (survived.head, survived.followers[0].seen.offset) == (PLAN.unique, PLAN.unique)


def test_what_is_unique_is_counted_exactly_whatever_is_killed(survived: Outcome) -> None:
    assert survived.counted["uniqueProcessed"] == PLAN.unique


def test_all_that_was_received_is_unique_a_duplicate_or_conflicting_whatever_is_killed(survived: Outcome) -> None:
    counted = survived.counted
    parts = counted["uniqueProcessed"] + counted["duplicatesDropped"] + counted["conflicting"]

    assert counted["received"] == parts


def test_what_was_acknowledged_is_counted_and_nothing_that_was_never_sent(survived: Outcome) -> None:
    published = survived.published

    assert published.acknowledged <= survived.counted["received"] <= published.attempted


def test_every_conflicting_event_is_kept_for_inspection_and_no_other(survived: Outcome) -> None:
    assert survived.conflicting == PLAN.conflicting


def test_every_kill_was_felt(survived: Outcome) -> None:
    felt = {struck.name for struck in survived.struck if struck.attempts_refused or struck.resumed}

    assert felt >= {"API 1 killed", "API 2 killed", "PostgreSQL killed"}


def test_a_rolling_restart_loses_nothing_for_two_hundred_followers_who_resume(cluster: Cluster) -> None:
    outcome = trial(ROLLING, cluster, rolling_restart(cluster), a_crowd(200), topic="rolling")

    assert (outcome.faults(), outcome.head) == ([], ROLLING.unique)
