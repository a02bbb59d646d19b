"""`cairn doctor` tells whether a pair of databases can lose what was stored, and whether the reader follows."""

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from domain.operations.ports import Doubt, Fault, NotLookedAt
from infrastructure.operations.checks_asking import examined
from infrastructure.operations.checks_reader import READER, ReaderCheck
from infrastructure.operations.checks_replication import Replication, ReplicationCheck, Required, Sender, judge, parse
from tests.factories.standbys import Node, a_node, a_standby

WAITED_FOR = "alter system set synchronous_standby_names = '{}'"


@pytest.fixture(scope="module")
def writer() -> Iterator[Node]:
    with a_node("a", max_connections="30") as started:
        yield started


@pytest.fixture(scope="module")
def standby(writer: Node) -> Iterator[Node]:
    with a_standby(writer, "b") as started:
        yield started


@pytest.fixture
async def settings_taken_back(writer: Node) -> AsyncIterator[None]:
    yield
    await writer.do("alter system reset synchronous_standby_names", "revoke pg_monitor from cairn")


def told(**changes: object) -> Replication:
    """A pair that is well, some of it changed."""
    well: dict[str, object] = {
        "name": "a",
        "required": "ANY 1 (a, b)",
        "commits": "on",
        "was_set": True,
        "logs_hints": True,
        "can_be_rewound": True,
        "kept_for": [],
        "attached": [Sender("b", in_step=True)],
    }
    return Replication(**(well | changes))  # type: ignore[arg-type]


def alone(**changes: object) -> Replication:
    """A server that was never one of a pair, but for the changes."""
    never: dict[str, object] = {"required": "", "attached": [], "was_set": False, "logs_hints": False}
    return told(**(never | changes))


def test_a_pair_that_commits_together_is_well() -> None:
    assert judge(told()) == "commits wait for 1 of a, b; attached: b"


def test_a_database_without_a_standby_is_well() -> None:
    assert judge(alone()) == "no standby is attached, and none is required"


@pytest.mark.parametrize("sign", [{"was_set": True}, {"logs_hints": True}, {"kept_for": ["b"]}], ids=str)
def test_what_tells_of_a_pair_where_there_is_none_is_a_doubt(sign: dict[str, object]) -> None:
    with pytest.raises(Doubt, match="Commits are on one disk: no standby is attached"):
        judge(alone(**sign))


def test_a_pair_that_was_split_is_a_fault() -> None:
    with pytest.raises(Fault, match="One seems to be meant: synchronous_standby_names was set to nothing;") as fault:
        judge(alone(was_set=True, logs_hints=True))
    assert not isinstance(fault.value, Doubt)


def test_an_archive_that_is_not_waited_for_is_well() -> None:
    assert "none is required" in judge(alone(attached=[Sender("pg_receivewal", in_step=None)]))


def test_a_standby_that_is_required_and_gone_is_a_fault() -> None:
    with pytest.raises(Fault, match="Every commit waits: it needs 1 of a, b, and attached is none") as fault:
        judge(told(attached=[]))
    assert "ALTER SYSTEM SET synchronous_standby_names = ''" in fault.value.remedy


def test_one_standby_where_two_are_required_is_a_fault() -> None:
    with pytest.raises(Fault, match="needs 2 of b, c, and attached is b"):
        judge(told(required="FIRST 2 (b, c)"))


def test_a_standby_that_is_not_in_step_yet_is_a_fault() -> None:
    with pytest.raises(Fault, match="b is attached, and not in step yet"):
        judge(told(attached=[Sender("b", in_step=False)]))


def test_what_a_plain_role_does_not_see_is_said() -> None:
    assert "roles with pg_monitor see" in judge(told(attached=[Sender("b", in_step=None)]))


def test_commits_that_wait_for_one_disk_only_are_a_fault() -> None:
    with pytest.raises(Fault, match="synchronous_commit is local"):
        judge(told(commits="local"))


def test_a_pair_whose_old_writer_cannot_come_back_is_a_fault() -> None:
    with pytest.raises(Fault, match="cannot come back by pg_rewind") as fault:
        judge(told(can_be_rewound=False))
    assert "wal_log_hints = on" in fault.value.remedy


@pytest.mark.parametrize(
    ("required", "count", "names"),
    [
        ("b", 1, ["b"]),
        ("b, c", 1, ["b", "c"]),
        ("ANY 1 (postgres_a, postgres_b)", 1, ["postgres_a", "postgres_b"]),
        ("first 2 (b,c , d)", 2, ["b", "c", "d"]),
        ("2(b, c)", 2, ["b", "c"]),
        ("*", 1, ["*"]),
        ('ANY 1 ("far, away", "say ""b""")', 1, ["far, away", 'say "b"']),
    ],
)
def test_each_way_to_require_a_standby_is_understood(required: str, count: int, names: Sequence[str]) -> None:
    assert parse(required) == Required(count, tuple(names))


@pytest.mark.parametrize("required", ["B", "*", "ANY 1 (a, b)"])
def test_a_standby_counts_as_postgresql_counts_it(required: str) -> None:
    assert judge(told(required=required)).endswith("attached: b")


async def test_asynchronous_replication_is_a_fault_with_the_setting_that_mends_it(
    writer: Node, standby: Node, settings_taken_back: None
) -> None:
    with pytest.raises(Fault, match="Replication is asynchronous: commits do not wait for b") as fault:
        await ReplicationCheck(examined(writer.url)).run()
    mend, _, _ = fault.value.remedy.partition(";")
    await writer.do(mend)
    assert "commits wait for 1 of a, b; attached: b" in await ReplicationCheck(examined(writer.url)).run()


async def test_a_role_that_sees_more_is_told_more(writer: Node, standby: Node, settings_taken_back: None) -> None:
    await writer.do(WAITED_FOR.format("b"), "grant pg_monitor to cairn")
    assert await ReplicationCheck(examined(writer.url)).run() == "commits wait for b; attached: b"


async def test_the_check_does_not_wait_for_a_standby_that_nobody_has(
    writer: Node, standby: Node, settings_taken_back: None
) -> None:
    await writer.do(WAITED_FOR.format("elsewhere"))
    with pytest.raises(Fault, match="Every commit waits: it needs elsewhere, and attached is none"):
        await ReplicationCheck(examined(writer.url)).run()


async def test_a_standby_that_is_not_asked_for_its_standbys(standby: Node) -> None:
    with pytest.raises(NotLookedAt):
        await ReplicationCheck(examined(standby.url)).run()


async def test_a_reader_that_follows_is_well(writer: Node, standby: Node) -> None:
    assert "a standby, " in await ReaderCheck(examined(standby.url), examined(writer.url)).run()


async def test_a_reader_that_is_the_writer_is_well(writer: Node) -> None:
    assert await ReaderCheck(examined(writer.url), examined(writer.url)).run() == "the writer itself"


async def test_a_reader_that_was_paused_is_a_fault(writer: Node, standby: Node) -> None:
    await standby.do("select pg_wal_replay_pause()")
    try:
        await writer.do("select pg_logical_emit_message(true, 'cairn', 'something new')")
        with pytest.raises(Fault, match=r"MB behind the writer") as fault:
            await ReaderCheck(examined(standby.url), examined(writer.url), catches_up_within_s=0.1).run()
        assert "pg_wal_replay_resume" in fault.value.remedy
    finally:
        await standby.do("select pg_wal_replay_resume()")


async def test_a_reader_that_is_away_is_a_fault_that_names_its_setting(writer: Node) -> None:
    with pytest.raises(Fault, match="It cannot be used") as fault:
        await ReaderCheck(examined("postgresql://cairn@127.0.0.1:1/cairn", setting=READER), examined(writer.url)).run()
    assert "CAIRN_DATABASE_READER_URL" in fault.value.remedy


async def test_a_reader_of_another_cluster_is_a_fault(writer: Node) -> None:
    with a_node("stranger") as stranger, pytest.raises(Fault, match="does not have the writer's data"):
        await ReaderCheck(examined(stranger.url), examined(writer.url)).run()


async def test_a_plain_role_sees_that_commits_wait_for_nobody_any_more() -> None:
    with a_node("left", wal_log_hints="on") as left:
        await left.do(WAITED_FOR.format(""), "select pg_create_physical_replication_slot('gone')")
        with pytest.raises(Fault, match=r"set to nothing; wal_log_hints is on.*; slots keep .* \(gone\)") as fault:
            await ReplicationCheck(examined(left.url)).run()
        assert not isinstance(fault.value, Doubt)


async def test_a_second_writer_is_a_fault(writer: Node) -> None:
    with a_standby(writer, "promoted") as promoted:
        await promoted.do("select pg_promote()")
        with pytest.raises(Fault, match="there are two histories"):
            await ReaderCheck(examined(promoted.url), examined(writer.url)).run()
