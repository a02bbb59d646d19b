"""What the watch tells of two looks at one thing."""

import pytest

from testing_payloads.failover.watching.changes import (
    READER,
    WRITER,
    BalancerLook,
    Look,
    NodeLook,
    ReplicaLook,
    changes,
)
from testing_payloads.failover.watching.diary import Diary

WRITES = NodeLook("a", WRITER, timeline=1, awaited="ANY 1 (postgres_a, postgres_b)", streams=True)
READS = NodeLook("a", READER, streams=True)
DOWN = NodeLook("a", why="nobody listens there")
URL = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, WRITES, []),
        (None, DOWN, ["a is down: nobody listens there"]),
        (WRITES, WRITES, []),
        (WRITES, DOWN, ["a is down: nobody listens there"]),
        (DOWN, NodeLook("a", why="something else"), []),
        (DOWN, READS, ["a is up, as reader"]),
        (DOWN, WRITES, ["a is up, as writer"]),
        (READS, WRITES, ["a was promoted: it writes now"]),
        (WRITES, READS, ["a follows now"]),
        (READS, NodeLook("a", READER), ["a streams no longer"]),
        (NodeLook("a", READER), READS, ["a streams again"]),
        (WRITES, NodeLook("a", WRITER), ["a: commits wait for nobody"]),
        (BalancerLook(("a",)), BalancerLook(), ["HAProxy sends writes to nobody"]),
        (BalancerLook(("a",)), BalancerLook(("b",)), ["HAProxy sends writes to b"]),
        (BalancerLook(("a",)), BalancerLook(("a", "b")), ["HAProxy sends writes to nobody new: a and b both write"]),
        (BalancerLook(("a",)), BalancerLook(why="gone"), ["HAProxy is down: gone"]),
        (BalancerLook(why="gone"), BalancerLook(("a",)), ["HAProxy is up", "HAProxy sends writes to a"]),
        (
            BalancerLook(replicas=(("api-1", True), ("api-2", True))),
            BalancerLook(replicas=(("api-1", True), ("api-2", False))),
            ["HAProxy leaves out api-2"],
        ),
        (None, ReplicaLook(URL, lives=True, is_ready=True), []),
        (None, ReplicaLook(URL, why="gone"), [f"{URL} is down: gone"]),
        (ReplicaLook(URL, True, True), ReplicaLook(URL, True, False, "database"), [f"{URL} is not ready: database"]),
        (ReplicaLook(URL), ReplicaLook(URL, True, True), [f"{URL} is up", f"{URL} is ready"]),
    ],
)
def test_what_is_new_is_told_in_a_sentence(before: Look | None, after: Look, told: list[str]) -> None:
    assert changes(before, after) == told


def test_looks_at_two_kinds_of_things_are_not_compared() -> None:
    with pytest.raises(TypeError):
        changes(WRITES, BalancerLook())


def test_a_second_writer_is_told_aloud() -> None:
    diary = Diary(0.0)
    diary.saw("node a", WRITES, 1.0)
    diary.saw("node b", NodeLook("b", READER), 1.0)
    diary.saw("node b", NodeLook("b", WRITER), 2.0)

    assert [event.words for event in diary.events] == ["b was promoted: it writes now", "TWO WRITERS: a and b"]


def test_commits_that_wait_for_a_standby_that_is_not_there_are_seen() -> None:
    assert NodeLook("a", WRITER, awaited="ANY 1 (postgres_b)").waits_for_nobody_there
    assert not WRITES.waits_for_nobody_there
    assert not NodeLook("a", WRITER).waits_for_nobody_there


def test_events_within_one_silence_all_tell_its_whole_length() -> None:
    diary = Diary(0.0)
    diary.saw("node a", WRITES, 1.0)
    diary.acknowledged(1.0, sent=1.0)
    for at, look in ((1.5, DOWN), (2.5, READS)):
        diary.saw("node a", look, at)
    diary.acknowledged(4.0, sent=1.2)
    diary.acknowledged(9.0, sent=8.9)

    assert [diary.silence_of(event, 9.0) for event in diary.events] == [3.0, 5.0]


def test_an_event_keeps_the_longest_silence_until_the_next() -> None:
    diary = Diary(0.0)
    diary.saw("node a", WRITES, 1.0)
    diary.acknowledged(1.1, sent=1.0)
    diary.saw("node a", DOWN, 1.2)
    diary.acknowledged(3.1, sent=1.2)
    diary.saw("node a", DOWN, 4.8)
    diary.acknowledged(4.9, sent=4.8)
    diary.saw("node a", READS, 5.0)
    diary.acknowledged(5.5, sent=5.4)
    diary.acknowledged(9.5, sent=9.4)

    assert [round(diary.silence_of(event, 9.6), 3) for event in diary.events] == [2.0, 4.0]


def test_a_silence_that_began_long_after_an_event_is_the_next_one_s() -> None:
    diary = Diary(0.0)
    diary.acknowledged(0.9, sent=0.8)
    diary.saw("node a", WRITES, 1.0)
    diary.saw("node a", READS, 1.2)
    diary.acknowledged(1.3, sent=1.2)
    diary.acknowledged(3.0, sent=2.9)
    diary.acknowledged(3.2, sent=3.1)
    diary.saw("node a", DOWN, 3.4)
    diary.acknowledged(9.2, sent=3.1)

    assert [round(diary.silence_of(event, 9.2), 3) for event in diary.events] == [1.7, 6.0]


def test_a_silence_that_ended_before_anybody_saw_why_belongs_to_the_event() -> None:
    diary = Diary(0.0)
    diary.acknowledged(0.9, sent=0.8)
    diary.saw("node a", READS, 1.0)
    diary.acknowledged(1.1, sent=1.0)
    diary.acknowledged(1.7, sent=1.2)
    diary.saw("node a", WRITES, 1.8)
    diary.acknowledged(1.9, sent=1.8)

    assert round(diary.silence_of(diary.events[0], 1.9), 3) == 0.6
