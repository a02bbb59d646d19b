"""Every program on the page about clients does what the page says, as it stands there."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.clients.trials import FOLDER
from tests.conftest import ROOT, Athlete, LiveServer, clean_environment, eventually
from tests.factories.imports import JOB
from tests.factories.node import a_node_project

PAGE = (ROOT / "docs" / "clients.md").read_text()
JAVASCRIPT = """const { URL: url, TOKEN: token, JOB_ID: jobId } = process.env;
globalThis.WebSocket ??= (await import("ws")).WebSocket;
"""
PYTHON = 'import os\nurl, token, job_id = (os.environ[name] for name in ("URL", "TOKEN", "JOB_ID"))\n'
NAME, DONE = "somebody who reads the page", "SUCCEEDED"
SAYS = {
    "curl 1": [NAME],
    "curl 2": [NAME],
    "curl 3": ["importRuns", "job", "id"],
    "curl 4": ["event: next", DONE, "event: complete"],
    "Apollo Client 1": [NAME, DONE],
    "Apollo Client 2": [NAME],
    "Apollo Client 3": ["QUEUED"],
    "urql 1": [NAME, DONE],
    "urql 2": [DONE],
    "graphql-ws 1": [DONE],
    "graphql-ws 2": [DONE],
    "graphql-sse 1": [DONE],
    "gql for Python 1": [NAME, DONE],
    "Persisted queries 1": [NAME, NAME],
}


@dataclass(frozen=True)
class Program:
    """One program of the page."""

    name: str
    language: str
    text: str


def programs() -> list[Program]:
    """Those of each chapter, numbered within it."""
    chapters = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return [
        Program(f"{title} {number}", language, text)
        for title, chapter in zip(chapters[1::2], chapters[2::2], strict=True)
        for number, (language, text) in enumerate(re.findall(r"```(\w+)\n(.*?)```", chapter, re.DOTALL), 1)
    ]


@dataclass(frozen=True)
class Reader:
    """Somebody who tries the programs, with an import of theirs."""

    url: str
    token: str
    job_id: str

    def run(self, *command: str, cwd: Path = ROOT) -> str:
        """What a command says."""
        environment = clean_environment(URL=self.url, TOKEN=self.token, JOB_ID=self.job_id)
        ended = subprocess.run(
            command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


@pytest.fixture(scope="module")
async def reader(live_server: LiveServer) -> Reader:
    token = live_server.token(NAME)
    recording = (ROOT / "testing_payloads" / "river_run.gpx").read_bytes()
    async with httpx.AsyncClient(base_url=live_server.url, headers={"authorization": f"Bearer {token}"}) as http:
        athlete = Athlete(NAME, token, http)
        job_id = (await athlete.upload(("river_run.gpx", recording)))["job"]["id"]

        async def has_ended() -> bool:
            job = await athlete.get(JOB, id=job_id)
            return bool(job["job"]["status"] == DONE)

        await eventually(has_ended)
    return Reader(live_server.url, token, job_id)


def output(program: Program, reader: Reader, folder: Path) -> str:
    """What a program of the page says."""
    if program.language == "sh":
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed: its commands are not run")
        return reader.run("sh", "-euc", program.text)
    if program.language == "python":
        return reader.run(sys.executable, "-W", "error", "-c", PYTHON + program.text)
    project = a_node_project(FOLDER)
    file = folder / "program.mjs"
    file.write_text(JAVASCRIPT + program.text)
    (folder / "node_modules").symlink_to(project / "node_modules")
    return reader.run("node", str(file), cwd=folder)


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_program_on_the_page_does_what_it_says(program: Program, reader: Reader, tmp_path: Path) -> None:
    said = output(program, reader, tmp_path)
    assert re.search(".*".join(map(re.escape, SAYS[program.name])), said, re.DOTALL), said


def test_no_program_has_left_the_page() -> None:
    assert {program.name for program in programs()} == set(SAYS)


def test_the_page_names_every_package_that_is_tried() -> None:
    packages = re.findall(r'^    "([^"]+)": "\d', (FOLDER / "package.json").read_text(), re.MULTILINE)
    plumbing = {"graphql", "rxjs"}
    assert {package for package in packages if package not in PAGE} <= plumbing
