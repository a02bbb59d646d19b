"""What runs beside the API is started again when it is killed, and the API goes on meanwhile."""

import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import a_data_folder
from tests.factories.serving import Served, is_ready, serving, wait_until


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A Cairn whose companions are killed, one after the other."""
    with a_data_folder() as folder, serving(folder / "data") as running:
        yield running


@pytest.mark.parametrize("name", ["worker", "PostgreSQL", "Valkey"])
def test_a_companion_that_was_killed_is_started_again(served: Served, name: str) -> None:
    before = served.children[name]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: served.children.get(name) not in (None, before))
    wait_until(lambda: is_ready(served.url))
    assert served.process.poll() is None


def test_a_second_kill_is_mended_too(served: Served) -> None:
    for _ in range(2):
        before = served.children["PostgreSQL"]
        os.kill(before, signal.SIGKILL)
        wait_until(lambda old=before: served.children.get("PostgreSQL") not in (None, old))
        wait_until(lambda: is_ready(served.url))


def test_the_api_lives_while_its_queue_is_frozen(served: Served) -> None:
    valkey = served.children["Valkey"]
    os.kill(valkey, signal.SIGSTOP)
    try:
        answer = httpx.get(f"{served.url}/health/ready", timeout=20, trust_env=False)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert httpx.get(f"{served.url}/health/live", trust_env=False).status_code == 200
    finally:
        os.kill(valkey, signal.SIGCONT)
