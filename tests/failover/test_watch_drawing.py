"""The picture of the watch: it fits the terminal, and says aloud what needs somebody."""

import pytest
from rich.console import Console

from testing_payloads.failover.watching.changes import READER, WRITER, BalancerLook, NodeLook, ReplicaLook
from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.drawing import picture

URL = "http://127.0.0.1:8080"


def drawn(diary: Diary, *, width: int = 80, height: int = 24) -> list[str]:
    console = Console(width=width, height=height)
    with console.capture() as captured:
        console.print(picture(diary, "a rig", 10.0, console))
    return captured.get().splitlines()


def a_pair(*, a: NodeLook, b: NodeLook, writers: tuple[str, ...] = ("a",)) -> Diary:
    diary = Diary(0.0)
    diary.saw("node a", a, 1.0)
    diary.saw("node b", b, 1.0)
    diary.saw("HAProxy", BalancerLook(writers), 1.0)
    return diary


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
def test_the_picture_fits_the_terminal_however_much_happened(width: int, height: int) -> None:
    diary = a_pair(a=NodeLook("a", WRITER, timeline=1), b=NodeLook("b", READER, streams=True))
    for at in range(60):
        diary.saw(URL, ReplicaLook(URL, lives=True, is_ready=at % 2 == 0, why="database " * 30), float(at))

    lines = drawn(diary, width=width, height=height)

    assert len(lines) == height
    assert max(map(len, lines)) <= width


def test_the_older_of_two_writers_is_named_as_the_one_to_stop() -> None:
    diary = a_pair(a=NodeLook("a", WRITER, timeline=4), b=NodeLook("b", WRITER, timeline=3), writers=("a", "b"))

    assert "b and a both write: stop b, for a was promoted last" in drawn(diary)[1]
    assert any("no new writes" in line for line in drawn(diary))


def test_commits_that_wait_for_nobody_s_disk_are_told_above_all() -> None:
    diary = a_pair(a=NodeLook("a", WRITER, awaited="ANY 1 (postgres_b)"), b=NodeLook("b", why="nobody listens there"))

    assert "commits on a wait for a standby, and none is connected" in drawn(diary)[1]


def test_the_writer_answers_reads_too_when_there_is_no_reader() -> None:
    lines = drawn(a_pair(a=NodeLook("a", WRITER), b=NodeLook("b", why="gone")))

    assert any("● WRITER" in line and "writes and reads" in line for line in lines)
