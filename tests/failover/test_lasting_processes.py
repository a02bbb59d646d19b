"""`cairn serve` and `cairn worker` begin without their servers, and go on by themselves whenever those come back."""

import json
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import a_data_folder
from tests.factories.clusters import Program
from tests.factories.imports import a_short_course
from tests.factories.recordings import fit_bytes
from tests.factories.redis_servers import RedisServer, a_redis_server
from tests.factories.serving import ask, readiness, token, wait_until
from tests.factories.standbys import Node, a_node

UPLOAD = "mutation($f: Upload!) { importRuns(input: {files: [$f]}) { job { id } userErrors { message } } }"
JOB = "query($id: ID!) { job(id: $id) { status items { status } } }"
CREATE = 'mutation { createTopic(input: {name: "lasting"}) { topic { name } userErrors { message } } }'
RUNS = "{ runs { totalCount } }"
FEW_LINES = 25


@dataclass
class Served:
    """An API and a worker, beside servers that come and go."""

    folder: Path
    node: Node
    redis: RedisServer
    api: Program
    worker: Program

    @property
    def url(self) -> str:
        assert self.api.url is not None
        return self.api.url

    @property
    def token(self) -> str:
        return token(self.folder)

    def upload(self, nth: int) -> str:
        """Have a file imported; the job's id."""
        answer = httpx.post(
            f"{self.url}/graphql",
            data={
                "operations": json.dumps({"query": UPLOAD, "variables": {"f": None}}),
                "map": '{"0": ["variables.f"]}',
            },
            files={"0": (f"{nth}.fit", fit_bytes(a_short_course(nth)))},
            headers={"authorization": f"Bearer {self.token}", "x-cairn-csrf": "1"},
            timeout=30,
            trust_env=False,
        ).json()
        return str(answer["data"]["importRuns"]["job"]["id"])

    def statuses(self, job_id: str) -> list[str]:
        """Of the job and of its one file."""
        job: Any = ask(self.url, self.token, JOB, id=job_id)["job"]
        return [job["status"], *(item["status"] for item in job["items"])]

    def wait_for(self, job_id: str) -> None:
        wait_until(lambda: self.statuses(job_id) == ["SUCCEEDED", "SUCCEEDED"], within_s=60)

    def runs(self) -> int:
        found: Any = ask(self.url, self.token, RUNS)["runs"]
        return int(found["totalCount"])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Both began when neither PostgreSQL nor Redis was there."""
    with ExitStack() as stack:
        folder, node = stack.enter_context(a_data_folder()), stack.enter_context(a_node())
        redis = stack.enter_context(a_redis_server())
        token(folder)  # the key is there before both look for it
        node.stop()
        redis.kill()
        environment = {
            "CAIRN_DATABASE_URL": node.url,
            "CAIRN_REDIS_URL": redis.url,
            "CAIRN_DATA_DIR": str(folder),
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["serve", "--no-worker", "--port", str(port)]
        api = Program("API", words, environment, folder / "api.log", f"http://127.0.0.1:{port}")
        worker = Program("worker", ["worker"], environment, folder / "worker.log")
        for program in (api, worker):
            program.start()
            stack.callback(program.end, signal.SIGKILL)
        yield Served(folder, node, redis, api, worker)


def is_told(url: str, status: int, word: str) -> bool:
    try:
        return readiness(url) == (status, word)
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def began_alone(served: Served) -> int:
    """What the API said of its life before there was any server."""
    wait_until(lambda: is_told(served.url, 503, "unavailable"))
    wait_until(lambda: "waiting for the database" in served.worker.log.read_text())
    return httpx.get(f"{served.url}/health/live", trust_env=False).status_code


@pytest.fixture(scope="module")
def complete(served: Served, began_alone: int) -> Served:
    """The servers came, and nobody did anything else."""
    served.node.start()
    served.redis.start()
    served.api.wait()
    served.worker.wait()
    return served


def test_an_api_begins_without_its_servers(began_alone: int) -> None:
    assert began_alone == 200


def test_an_import_is_done_once_the_servers_are_there(complete: Served) -> None:
    complete.wait_for(complete.upload(1))
    assert complete.runs() == 1


def test_what_is_asked_and_what_is_under_way_outlasts_a_restart_of_the_database(complete: Served) -> None:
    before = complete.runs()
    job_id = complete.upload(2)
    complete.node.stop()
    wait_until(lambda: is_told(complete.url, 503, "unavailable"))
    with ThreadPoolExecutor() as threads:
        creating = threads.submit(ask, complete.url, complete.token, CREATE)
        complete.node.start()
        created: Any = creating.result()["createTopic"]
    assert (created["topic"], created["userErrors"]) == ({"name": "lasting"}, [])
    complete.wait_for(job_id)
    assert complete.runs() == before + 1


def test_imports_are_taken_without_redis_and_done_when_it_is_back(complete: Served) -> None:
    before = complete.runs()
    complete.redis.kill()
    wait_until(lambda: is_told(complete.url, 200, "degraded"))
    job_id = complete.upload(3)
    complete.redis.start()
    complete.wait_for(job_id)
    assert complete.runs() == before + 1


def test_outages_are_told_in_few_lines(complete: Served) -> None:
    lines = complete.worker.log.read_text().splitlines()
    assert len(lines) < FEW_LINES, lines
