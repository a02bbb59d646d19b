"""`cairn doctor` finds each fault, and says what to do about it."""

import io
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from rich.console import Console

from app import cli
from app.operations.doctor import examine
from configuration.settings import Settings
from di.local import checks
from domain.operations.ports import Doubt, Fault
from infrastructure.operations.checks import ClockCheck, DatabaseCheck, DiskCheck, MigrationsCheck, RedisCheck
from infrastructure.operations.checks_asking import asked, examined
from tests.conftest import LiveServer


@dataclass
class FakeClock:
    """A clock that stands."""

    time: datetime

    def now(self) -> datetime:
        return self.time

    def today(self, timezone: str) -> date:
        return self.time.date()


class Doubtful:
    """A check that cannot tell."""

    name = "pair"

    async def run(self) -> str:
        raise Doubt("One is missing.", "Bring it back.")


async def said(settings: Settings, **changes: object) -> tuple[int, str]:
    """The exit code and all lines for these settings, some of them changed."""
    lines = io.StringIO()
    found = checks(replace(settings, **changes))  # type: ignore[arg-type]
    code = await examine(found, Console(file=lines, soft_wrap=True))
    return code, lines.getvalue()


@pytest.fixture
async def fresh_database(sql: asyncpg.Connection, settings: Settings) -> AsyncIterator[str]:
    """The address of an empty database."""
    name = f"fresh_{secrets.token_hex(4)}"
    await sql.execute(f"create database {name}")
    assert settings.database_url is not None
    yield settings.database_url.replace("/cairn?", f"/{name}?")
    await sql.execute(f"drop database {name} with (force)")


@pytest.mark.usefixtures("app")
async def test_all_well_is_said_and_exits_with_0(settings: Settings) -> None:
    code, lines = await said(settings)
    assert code == 0
    assert "Everything is well." in lines
    assert [line.partition(":")[0].split()[1] for line in lines.splitlines()[:-1]] == [
        "database",
        "migrations",
        "clock",
        "connections",
        "durability",
        "pooler",
        "replication",
        "redis",
        "disk",
    ]


async def test_a_database_that_is_away_is_one_fault_with_a_remedy(settings: Settings) -> None:
    code, lines = await said(settings, database_url="postgresql://cairn:s3cret@127.0.0.1:1/cairn")
    assert code == 1
    assert "FAULT  database: It cannot be used: Connect call failed" in lines
    assert "→ Start it, and check host and port in CAIRN_DATABASE_URL." in lines
    assert (
        "Not looked at until that is mended: migrations, clock, connections, durability, pooler, replication." in lines
    )
    assert lines.endswith("Faults: 1.\n")
    assert "s3cret" not in lines


async def test_a_reader_that_is_away_is_one_fault_that_names_its_setting(settings: Settings) -> None:
    _, lines = await said(settings, database_reader_url="postgresql://cairn:s3cret@127.0.0.1:1/cairn")
    assert "FAULT  reader: It cannot be used" in lines
    assert "check host and port in CAIRN_DATABASE_READER_URL" in lines
    assert "Not looked at until that is mended: reader's pooler." in lines


async def test_a_statement_that_is_refused_keeps_nobody_from_asking_the_next(settings: Settings) -> None:
    database = examined(str(settings.database_url))
    with pytest.raises(Fault, match="no_such_table"):
        async with asked(database) as opened:
            await opened.fetchval("select 1 from no_such_table")
    assert await DatabaseCheck(database).run()


async def test_what_may_be_meant_so_is_marked_and_is_no_fault() -> None:
    lines = io.StringIO()
    assert await examine([Doubtful()], Console(file=lines, soft_wrap=True)) == 0
    assert "LOOK   pair: One is missing.\n       → Bring it back." in lines.getvalue()
    assert "Everything is well." not in lines.getvalue()


async def test_a_host_that_is_not_known_is_told(settings: Settings) -> None:
    code, lines = await said(settings, database_url="postgresql://cairn@no-such-host.invalid/cairn")
    assert code == 1
    assert "check host and port in CAIRN_DATABASE_URL" in lines


async def test_a_wrong_user_is_told(settings: Settings) -> None:
    assert settings.database_url is not None
    url = settings.database_url.replace("://cairn:", "://stranger:")
    _, lines = await said(settings, database_url=url)
    assert "Check the user and the password in CAIRN_DATABASE_URL." in lines


async def test_a_missing_database_is_told(settings: Settings) -> None:
    assert settings.database_url is not None
    _, lines = await said(settings, database_url=settings.database_url.replace("/cairn?", "/no_such_database?"))
    assert "Make this database, or correct its name in CAIRN_DATABASE_URL." in lines


async def test_pending_migrations_are_counted_and_named(fresh_database: str) -> None:
    with pytest.raises(Fault, match=r"\d+ not applied: 2026-") as fault:
        await MigrationsCheck(examined(fresh_database)).run()
    assert fault.value.remedy == "Run `cairn migrate`."


async def test_a_database_that_takes_no_writes_is_a_fault(sql: asyncpg.Connection, fresh_database: str) -> None:
    name = fresh_database.rpartition("/fresh_")[2].partition("?")[0]
    await sql.execute(f"alter database fresh_{name} set default_transaction_read_only = on")
    with pytest.raises(Fault, match="takes no writes") as fault:
        await DatabaseCheck(examined(fresh_database)).run()
    assert "primary" in fault.value.remedy


@pytest.mark.parametrize("hours", [-1, 1])
async def test_clocks_that_disagree_are_a_fault(sql: asyncpg.Connection, settings: Settings, hours: int) -> None:
    assert settings.database_url is not None
    wrong = await sql.fetchval("select clock_timestamp()") + timedelta(hours=hours)
    with pytest.raises(Fault, match=r"are 3\d\d\d s apart") as fault:
        await ClockCheck(examined(settings.database_url), FakeClock(wrong)).run()
    assert "NTP" in fault.value.remedy


async def test_redis_that_is_away_is_a_fault_that_loses_nothing(settings: Settings) -> None:
    code, lines = await said(settings, redis_url="redis://:s3cret@127.0.0.1:1")
    assert code == 1
    assert "FAULT  redis: It cannot be used" in lines
    assert "none is lost" in lines
    assert "s3cret" not in lines


async def test_redis_with_a_wrong_password_is_a_fault(settings: Settings) -> None:
    assert settings.redis_url is not None
    before, _, path = settings.redis_url.partition("@")
    with pytest.raises(Fault, match="It cannot be used"):
        await RedisCheck(f"{before}wrong@{path}").run()


async def test_a_full_disk_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"Only \d+ MB are free at") as fault:
        await DiskCheck(tmp_path / "not" / "there" / "yet", least_bytes=10**18).run()
    assert fault.value.remedy == "Make room, or move the data folder."


async def test_what_looks_like_markup_in_a_path_is_printed_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "[red]runs"
    folder.mkdir()
    lines = io.StringIO()
    await examine([DiskCheck(folder)], Console(file=lines, soft_wrap=True))
    assert "[red]runs" in lines.getvalue()


def test_the_command_looks_at_a_running_cairn(live_server: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--data-dir", str(live_server.data_folder)]) == 0
    assert "Everything is well." in capsys.readouterr().out
