"""With servers of one's own nothing else changes: not the tables, not the work, not what is told when they are away."""

import asyncio
import os
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pytest
from rich.console import Console

from app.runs.import_client import import_files
from configuration.settings import Settings
from infrastructure.embedded.servers import EmbeddedServers
from tests.conftest import a_data_folder
from tests.factories import serving as running
from tests.factories.recordings import a_hilly_course, gpx_bytes
from tests.factories.serving import readiness, serving, wait_until

POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for keys and data."""
    with a_data_folder() as place:
        yield place


@pytest.fixture
async def fresh_database(sql: asyncpg.Connection, settings: Settings) -> AsyncIterator[str]:
    """The address of an empty database on the tests' own PostgreSQL."""
    name = f"fresh_{secrets.token_hex(4)}"
    await sql.execute(f"create database {name}")
    assert settings.database_url is not None
    yield settings.database_url.replace(f"{urlsplit(settings.database_url).path}?", f"/{name}?")
    await sql.execute(f"drop database {name} with (force)")


@pytest.fixture
def outside(fresh_database: str, settings: Settings) -> dict[str, str]:
    """The settings that name servers of one's own."""
    assert settings.redis_url is not None
    return {"CAIRN_DATABASE_URL": fresh_database, "CAIRN_REDIS_URL": settings.redis_url}


def imports_a_run(folder: Path, url: str) -> None:
    recording, token = folder / "lake.gpx", running.token(folder)
    recording.write_bytes(gpx_bytes(a_hilly_course(60)))
    assert asyncio.run(import_files([recording], url=url, token=token, console=Console(quiet=True))) == 0
    assert running.ask(url, token, "{ runs { totalCount } }") == {"runs": {"totalCount": 1}}


def test_servers_of_ones_own_are_used_and_a_worker_works_on_them(folder: Path, outside: dict[str, str]) -> None:
    with serving(folder, log=folder / "log", **outside) as served:
        assert set(served.children) == {"worker"}
        imports_a_run(folder, served.url)


def test_a_start_without_its_servers_says_that_it_is_not_ready_and_then_becomes_so(folder: Path) -> None:
    with EmbeddedServers(folder / "servers") as servers:
        addresses = servers.start()
    outside = {"CAIRN_DATABASE_URL": addresses.database_url, "CAIRN_REDIS_URL": addresses.redis_url}
    with serving(folder, log=folder / "log", **outside) as served:
        assert readiness(served.url) == (503, "unavailable")
        assert httpx.get(f"{served.url}/health/live", trust_env=False).status_code == 200
        with EmbeddedServers(folder / "servers"):
            wait_until(lambda: readiness(served.url) == (200, "ready"))
            imports_a_run(folder, served.url)


def test_what_is_away_is_told_without_addresses_or_passwords(folder: Path) -> None:
    outside = {
        "CAIRN_DATABASE_URL": "postgresql://cairn:s3cret@127.0.0.1:1/cairn",
        "CAIRN_REDIS_URL": "redis://:s3cret@127.0.0.1:1",
    }
    with serving(folder, "--no-worker", log=folder / "log", **outside) as served:
        told = httpx.get(f"{served.url}/health/ready", trust_env=False)
        assert told.status_code == 503
        assert not {word for word in ("s3cret", "127.0.0.1", ":1") if word in told.text}
        assert set(told.json()["checks"]) == {"database", "redis"}
    assert "s3cret" not in (folder / "log").read_text()


def test_two_migrations_at_once_are_one(folder: Path, outside: dict[str, str]) -> None:
    command = [*running.CAIRN, "migrate", "--data-dir", str(folder)]
    both = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=running.ROOT, env=running.clean_environment(**outside)
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].split()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["The", "applied"]


@pytest.fixture
def postgres_15(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL 15 from the system's packages."""
    if not POSTGRES_15.is_dir() or shutil.which("setpriv") is None:
        pytest.skip("this machine has no PostgreSQL 15 that a test may start")
    place, lent = folder / "postgres-15", []
    place.mkdir()
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        folder.chmod(0o755)
        shutil.chown(place, "postgres", "postgres")
        lent = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def run(program: str, *words: str) -> None:
        command = [*lent, str(POSTGRES_15 / program), "-D", str(place / "data"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-U", "cairn", "-A", "trust", "--no-sync")
    run("pg_ctl", "start", "-w", "-l", str(place / "log"), "-o", f"-c listen_addresses= -k {place}")
    yield f"postgresql://cairn@/postgres?host={quote(str(place))}"
    run("pg_ctl", "stop", "-m", "immediate")


def test_postgresql_15_will_do(folder: Path, postgres_15: str, settings: Settings) -> None:
    assert settings.redis_url is not None
    with serving(
        folder, log=folder / "log", CAIRN_DATABASE_URL=postgres_15, CAIRN_REDIS_URL=settings.redis_url
    ) as served:
        imports_a_run(folder, served.url)
