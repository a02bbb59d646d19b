"""How the watch understands what it is told: HAProxy's table, a rig's file, errors, what a diary says in the end."""

from pathlib import Path

import pytest

from testing_payloads.failover.watch import main
from testing_payloads.failover.watching.changes import READER, WRITER, BalancerLook, NodeLook
from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.load import Failed, load_with
from testing_payloads.failover.watching.looks import NodeAsked, believed, in_few_words
from testing_payloads.failover.watching.targets import CannotWatch, of_compose, of_rig
from testing_payloads.failover.watching.telling import line, summary

TABLE = """# pxname,svname,qcur,status,weight
write,FRONTEND,,OPEN,
postgres_writer,postgres-a,0,DOWN,1
postgres_writer,postgres-b,0,UP 1/2,1
postgres_writer,BACKEND,0,UP,1
postgres_reader,postgres-a,0,UP,1
postgres_reader,postgres-b,0,MAINT,1
api,api-1,0,UP,1
api,api-2,0,DOWN,1
"""
RIG = """
WRITER_URL='postgresql://cairn:se cret@127.0.0.1:6432/cairn'
DIRECT_WRITER_URL='postgresql://cairn:se cret@127.0.0.1:5000/cairn'
READER_URL='postgresql://cairn:se cret@127.0.0.1:5001/cairn'
HAPROXY_STATS_PORT=8404
NODE_A_PORT=12001
NODE_A_PID=/somewhere/postmaster.pid
NODE_B_HOST=10.1.2.3
NODE_B_PORT=12002
"""


def test_haproxy_s_table_says_who_gets_writes_and_reads_and_which_apis_live() -> None:
    assert believed(TABLE) == BalancerLook(writers=("b",), readers=("a",), replicas=(("api-1", True), ("api-2", False)))


def test_a_rig_s_file_says_where_everything_is(tmp_path: Path) -> None:
    (tmp_path / "rig.env").write_text(RIG)

    target = of_rig(tmp_path)

    assert target.writer_url == "postgresql://cairn:se cret@127.0.0.1:6432/cairn"
    assert target.balancer_url == "http://127.0.0.1:8404/"
    assert target.nodes == {
        "a": "postgresql://cairn:se cret@127.0.0.1:12001/cairn",
        "b": "postgresql://cairn:se cret@10.1.2.3:12002/cairn",
    }


def test_a_file_that_names_no_addresses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rig.env").write_text("READER_URL=x\n")

    with pytest.raises(CannotWatch, match="does not name WRITER_URL"):
        of_rig(tmp_path)


def test_a_folder_without_a_rig_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rig", str(tmp_path)]) == 2
    assert "start a rig with" in capsys.readouterr().err


def test_the_compose_file_s_password_is_the_environment_s() -> None:
    assert ":hidden@127.0.0.1:5000/" in of_compose({"DATABASE_PASSWORD": "hidden"}).writer_url


def test_an_error_of_many_lines_is_told_in_its_first() -> None:
    assert in_few_words(OSError("this went wrong\nand here is why")) == "this went wrong"


async def test_a_database_that_is_not_there_is_told_as_down(unused_tcp_port: int) -> None:
    look = await NodeAsked("a", f"postgresql://cairn@127.0.0.1:{unused_tcp_port}/cairn").look()

    assert look == NodeLook("a", why="nobody listens there")


def test_a_line_tells_who_is_what() -> None:
    diary = Diary(0.0)
    diary.saw("node a", NodeLook("a", WRITER), 1.0)
    diary.saw("node b", NodeLook("b", READER), 1.0)
    diary.saw("HAProxy", BalancerLook(("a",), ("b",)), 1.0)

    assert "a writer, b reader; HAProxy: a/b; 0+0/s; failed 0+0; longest gap 2.00 s" in line(diary, 2.0)


def test_a_summary_tells_each_event_with_its_silence() -> None:
    diary = Diary(0.0)
    diary.acknowledged(1.0, sent=0.9)
    diary.saw("node a", NodeLook("a", why="gone"), 1.5)
    diary.went_wrong(diary.writes, 2.0, "a write: broken")

    told = list(summary(diary, 4.0))

    assert "  writes: 1 answered, the slowest 0.10 s; 1 failed" in told
    assert told[-1].endswith(" 3.00 s  a is down: gone")
    assert any(line.endswith("a write: broken") for line in told)


class Enough(Exception):
    """Ends the watch."""


class Stubborn:
    """Fails each number once, and ends the watch after a few."""

    def __init__(self) -> None:
        self.tried: list[int] = []
        self.has_ended = False

    async def write(self, number: int) -> None:
        self.tried.append(number)
        if self.tried.count(number) == 1:
            raise Failed("not now", wait_s=0.0)
        if number == 3:
            raise Enough

    async def read(self, least: int) -> None:
        assert least <= max(self.tried, default=0)

    async def end(self) -> None:
        self.has_ended = True


async def test_what_failed_is_sent_again_until_it_is_answered() -> None:
    load, diary = Stubborn(), Diary(0.0)

    with pytest.raises(ExceptionGroup) as ended:
        await load_with(load, diary)

    assert isinstance(ended.value.exceptions[0], Enough)
    assert load.tried == [1, 1, 2, 2, 3, 3]
    assert (diary.writes.answered, diary.writes.failed) == (2, 3)
    assert load.has_ended
