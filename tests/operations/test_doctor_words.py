"""What an operator is told of whatever keeps the database away names its cause, and what to do."""

import asyncio
import socket
import struct

import asyncpg
import pytest

from domain.operations.ports import Fault
from domain.shared.errors import Unavailable
from infrastructure.operations.checks import DatabaseCheck
from infrastructure.operations.checks_asking import examined
from infrastructure.operations.faults import fault_of

RESET = struct.pack("ii", 1, 0)  # a close that says nothing but no


def behind(cause: BaseException) -> Unavailable:
    """The cause as the database's own code hands it on."""
    away = Unavailable("The database cannot be reached just now.")
    away.__cause__ = cause
    return away


@pytest.mark.parametrize("mode", ["disable", "prefer"])
@pytest.mark.parametrize("rudely", [False, True], ids=["a farewell", "a reset"])
async def test_a_balancer_with_nobody_behind_is_recognised(rudely: bool, mode: str) -> None:
    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if rudely:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as balancer:
        port = balancer.sockets[0].getsockname()[1]
        with pytest.raises(Fault, match="hung up, as a balancer does without a writer or with two") as fault:
            await DatabaseCheck(examined(f"postgresql://cairn@127.0.0.1:{port}/cairn?sslmode={mode}")).run()
    assert "promote one of the pair" in fault.value.remedy


def test_a_pooler_with_nobody_behind_is_recognised() -> None:
    said = asyncpg.ProtocolViolationError("server login has been failing, try again later (server_login_retry)")
    fault = fault_of(behind(said))
    assert fault.problem == "A pooler such as pgbouncer answers, and has no database behind it."
    assert "promote one of the pair" in fault.remedy


@pytest.mark.parametrize("kind", [asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError])
def test_a_pooler_that_loses_prepared_statements_is_told_with_its_setting(kind: type[Exception]) -> None:
    for trouble in (kind("__asyncpg_stmt_2__"), behind(kind("__asyncpg_stmt_2__"))):
        assert "CAIRN_DATABASE_STATEMENT_CACHE=0" in fault_of(trouble).remedy


def test_a_server_that_is_not_there_is_no_balancer() -> None:
    assert "Start it" in fault_of(behind(ConnectionRefusedError("Connect call failed"))).remedy
