"""What Cairn logs: who did what and how long it took, and never a token or what somebody sent."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from graphql import OperationDefinitionNode, parse

from app.logs import where_it_broke
from app.operation import name_of
from domain.shared.errors import NotFound, OperatorError
from tests.conftest import ROOT, a_data_folder
from tests.factories import serving as running
from tests.factories.serving import Served, serving, wait_until

SECRET = "a run that nobody else may know of"


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A place for a data folder and a log."""
    with a_data_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    """A Cairn whose log is read."""
    with serving(place / "data", log=place / "log", CAIRN_LOG_LEVEL="DEBUG") as cairn:
        wait_until(lambda: "worker ready" in cairn.log.read_text())
        yield cairn


@pytest.fixture(scope="module")
def token(served: Served, place: Path) -> str:
    return running.token(place / "data")


def operations(served: Served, token: str, **request: object) -> list[dict[str, object]]:
    """What is logged of one request."""
    before = len(served.log.read_text().splitlines())
    httpx.post(
        f"{served.url}/graphql",
        json=request,
        headers={"authorization": f"Bearer {token}"} if token else {},
        trust_env=False,
    )
    lines = [json.loads(line) for line in served.log.read_text().splitlines()[before:]]
    return [line for line in lines if line["event"] == "operation"]


def test_an_operation_is_one_line_with_who_what_and_how_long(served: Served, token: str) -> None:
    (line,) = operations(served, token, query="query MyRuns { runs { totalCount } }")
    assert line["operation"] == "MyRuns"
    assert len(str(line["athlete"])) == 36
    assert len(str(line["request_id"])) == 16
    assert float(str(line["duration_ms"])) > 0
    assert line["errors"] == 0


def test_a_strangers_operation_has_no_athlete(served: Served) -> None:
    (line,) = operations(served, "", query="query MyRuns { runs { totalCount } }")
    assert (line["athlete"], line["errors"]) == (None, 1)


def test_a_refusal_and_its_line_have_the_same_request_id(served: Served) -> None:
    before = len(served.log.read_text().splitlines())
    answer = httpx.post(f"{served.url}/graphql", json={"query": "{ runs { totalCount } }"}, trust_env=False).json()
    line = json.loads(served.log.read_text().splitlines()[before])
    assert answer["errors"][0]["extensions"]["requestId"] == line["request_id"]


def test_pages_of_health_are_not_logged(served: Served) -> None:
    before = served.log.read_text()
    httpx.get(f"{served.url}/health/ready", trust_env=False)
    assert served.log.read_text() == before


def test_neither_tokens_nor_variables_nor_passwords_are_logged(served: Served, token: str, place: Path) -> None:
    record = "mutation($name: String!) { recordRun(input: {name: $name}) { run { id } } }"
    for name in (SECRET, [SECRET], {"a": SECRET}):
        operations(served, token, query=record, variables={"name": name}, operationName=None)
    operations(served, token, query="{ runs { totalCount } }", operationName=SECRET)
    operations(served, f"{token}x", query="{ runs { totalCount } }")
    password = (place / "data" / "server.password").read_text()
    said = served.log.read_text() + served.said
    assert not [hidden for hidden in (SECRET, token, token.split(".")[2], password) if hidden in said]


def test_no_password_and_no_token_stands_in_a_list_of_processes(served: Served, place: Path) -> None:
    password = (place / "data" / "server.password").read_text()
    for process in (served.process.pid, *served.children.values()):
        assert password not in Path(f"/proc/{process}/cmdline").read_text()


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query MyPlans { plans { totalCount } }", "MyPlans"),
        ("{ plans { totalCount } me: viewer { id } }", "plans viewer"),
        ("{ ...All } fragment All on Query { viewer { id } }", None),
        (f"query {'x' * 200} {{ viewer {{ id }} }}", "x" * 100),
    ],
)
def test_an_operation_is_called_by_its_name_or_else_by_its_root_fields(document: str, name: str | None) -> None:
    operation = parse(document).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert name_of(operation) == name


def broken(error: Exception) -> str:
    """What is logged of an error that came by another."""
    try:
        try:
            int("4:30 min/km")
        except ValueError as cause:
            raise error from cause
    except Exception as caught:  # noqa: BLE001 - any error is told
        return str(where_it_broke(None, "error", {"event": "bug", "exc_info": caught})["exception"])


def test_a_bug_is_told_by_its_lines_of_code_and_not_by_its_words() -> None:
    told = broken(RuntimeError(SECRET))
    assert "builtins.ValueError\nthen\n" in told
    assert told.endswith("builtins.RuntimeError")
    assert "test_serve_logs.py" in told
    assert not [words for words in (SECRET, "4:30 min/km'") if words in told]


@pytest.mark.parametrize("kind", [NotFound, OperatorError])
def test_our_own_words_are_told(kind: type[Exception]) -> None:
    assert "You have no such run." in broken(kind("You have no such run."))


def test_every_error_of_a_group_is_told() -> None:
    assert "builtins.KeyError" in broken(ExceptionGroup("several", [KeyError(SECRET)]))


def test_a_line_without_an_error_stays_as_it_is() -> None:
    assert where_it_broke(None, "info", {"event": "ready"}) == {"event": "ready"}


LOGGING = """
import logging
from app.logs import configure_logs
import structlog
configure_logs("INFO")
structlog.get_logger("cairn").info("ready", runs=3)
logging.getLogger("asyncpg").warning("slow")
logging.getLogger("uvicorn.error").info("chatter")
"""


def test_in_a_file_every_line_is_json_from_whomever_it_comes() -> None:
    ended = subprocess.run([sys.executable, "-c", LOGGING], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("ready", "info"), ("slow", "warning")]


def test_in_a_terminal_lines_are_for_people() -> None:
    screen, terminal = pty.openpty()
    subprocess.run([sys.executable, "-c", LOGGING], cwd=ROOT, stderr=terminal, check=True)
    os.close(terminal)
    seen = os.read(screen, 10_000).decode()
    os.close(screen)
    assert "ready" in seen
    assert "{" not in seen
