"""The scripts that publish for whoever wants to see the speed for themselves ask for what the schema has."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse, validate

from app.schema import build_schema
from benchmarks.ingesting import publish
from benchmarks.ingesting.events import Spell, as_mutation, unique
from tests.conftest import LiveServer, clean_environment

K6 = Path(publish.__file__).parent / "k6_publish.js"
SCHEMA = build_schema()._schema
OUTSIDE = re.compile(r"^import .* from \"k6.*\";$", re.MULTILINE)
# What k6 gives a script, as far as making a body needs it.
K6_ALONE = """
const __ENV = { BATCH: "10", TOPIC: "race" };
class Counter {}
"""
PRINTED = "console.log(JSON.stringify([batch('r', 1, 0), batch('r', 1, 1)].map((body) => JSON.parse(body))));"


def require_fit(body: dict[str, Any]) -> None:
    """The request is one that the schema takes."""
    document = parse(body["query"])
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert validate(SCHEMA, document) == []
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), body["variables"])
    assert not isinstance(coerced, list), coerced


@pytest.fixture(scope="module")
def k6_bodies() -> list[dict[str, Any]]:
    """The first two bodies that a sender of the k6 script makes, ten events each."""
    if not shutil.which("node"):
        pytest.skip("Node.js is not here, so the k6 script is not tried.")
    script = K6_ALONE + OUTSIDE.sub("", K6.read_text()) + PRINTED
    ended = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    bodies: list[dict[str, Any]] = json.loads(ended.stdout)
    return bodies


def ids(body: dict[str, Any]) -> list[str]:
    return [event["eventId"] for event in body["variables"]["input"]["events"]]


def test_the_k6_script_sends_what_the_schema_takes(k6_bodies: list[dict[str, Any]]) -> None:
    for body in k6_bodies:
        require_fit(body)


def test_three_in_ten_of_the_k6_script_s_events_came_before(k6_bodies: list[dict[str, Any]]) -> None:
    first, second = (ids(body) for body in k6_bodies)

    assert (len(first), len(second)) == (7, 10)  # there was nothing before the first
    assert second[:3] == first[-3:]
    assert len({*first, *second}) == 14


def test_the_python_script_sends_what_the_schema_takes() -> None:
    require_fit({"query": publish.CREATE, "variables": {"input": {"name": "race"}}})
    events = publish.batch("a", 1, size=10, repeated=0.3)
    require_fit({"query": publish.PUBLISH, "variables": {"input": {"topic": "race", "events": events}}})


def test_the_python_script_tells_what_it_published(live_server: LiveServer) -> None:
    token = live_server.token("somebody in a hurry")
    command = [sys.executable, publish.__file__, "--url", live_server.url, "--topic", "in-a-hurry"]

    once = [*command, "--seconds", "0", "--connections", "2", "--batch", "10"]
    ended = subprocess.run(once, env=clean_environment(CAIRN_TOKEN=token), capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("14 events in ")
    assert ended.stdout.endswith(": 14 accepted, 0 duplicates, 0 conflicting\n")


def test_the_benchmark_s_events_are_fit_and_some_come_once_more() -> None:
    batches = list(Spell(seed=1, events=2000).batches())

    require_fit(json.loads(as_mutation("race", batches[-1])))
    assert [len(batch) for batch in batches] == [500] * 4
    assert unique(batches) == 500 + 3 * 350
