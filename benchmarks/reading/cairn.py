"""Cairn as it is measured: `cairn serve` in the settings of production, on a data folder of its own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import orjson

from benchmarks.reading.processes import ROOT, free_port, running
from configuration.settings import FOLDER, read_env_file
from infrastructure.embedded.servers import running_addresses

CAIRN = [sys.executable, "-m", "app.cli"]
# What production's file says of other places than this machine stays out.
ELSEWHERE = ("ENVIRONMENT", "HOST", "PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL", "AUTH_MODE", "OIDC_", "CORS_")


@dataclass(frozen=True)
class Cairn:
    """A Cairn that runs."""

    port: int
    data_folder: Path
    process: subprocess.Popen[str]

    @property
    def database_url(self) -> str:
        """Its PostgreSQL, for the others to read from too."""
        addresses = running_addresses(self.data_folder)
        assert addresses is not None
        return addresses.database_url

    def token(self, name: str, *more: str) -> str:
        """A token of its local mode."""
        command = [*CAIRN, "token", "--as", name, "--data-dir", str(self.data_folder), *more]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()

    def ask(self, query: str, token: str) -> dict[str, object]:
        """The data of one operation."""
        body = orjson.dumps({"query": query})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}/graphql", body, headers), timeout=10) as answer:
                data: dict[str, object] = orjson.loads(answer.read())["data"]
                return data
        except HTTPError as refusal:
            raise SystemExit(f"Cairn says {refusal.code} to {query}: {refusal.read().decode()}") from None


def production() -> dict[str, str]:
    """The switches and limits of production, without its addresses."""
    told = read_env_file(FOLDER / "production.env")
    return {name: value for name, value in told.items() if not name.removeprefix("CAIRN_").startswith(ELSEWHERE)}


@contextmanager
def a_cairn(data_folder: Path, *options: str, program: Sequence[str] = CAIRN, **settings: str) -> Iterator[Cairn]:
    """`cairn serve` on a free port, or a program that does the same and more; it ends with the block."""
    port = free_port()
    command: list[str | Path] = [*program, "serve", "--port", str(port), "--data-dir", data_folder, *options]
    environment = production() | {"CAIRN_LOG_LEVEL": "INFO"} | settings
    with running(command, port, "/health/ready", **environment) as process:
        yield Cairn(port, data_folder, process)
