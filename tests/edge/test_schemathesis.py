"""Schemathesis makes up operations from the schema, right ones and wrong ones: Cairn answers all of them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.schema import build_schema
from tests.conftest import ROOT, LiveServer

HOOKS = "schemathesis_hooks"
OPERATIONS = re.compile(r"Tested: (\d+)")
CASES = re.compile(r"(\d+) generated, (\d+) passed")
MOST_S = 60
STORED = """mutation {
  createPlan(input: {name: "Autumn", startDate: "2026-09-01", endDate: "2026-11-30"}) { plan { id } }
  recordRun(input: {name: "Loop", startedAt: "2026-09-02T07:00:00Z", distanceM: 9000, movingTimeS: 3000}) { run { id } }
}"""


def things(url: str, authorization: str) -> list[str]:
    """The ids of a plan and a run that are stored."""
    answer = httpx.post(
        f"{url}/graphql", json={"query": STORED}, headers={"authorization": authorization}, trust_env=False
    ).json()
    return [answer["data"]["createPlan"]["plan"]["id"], answer["data"]["recordRun"]["run"]["id"]]


@pytest.fixture(scope="module")
def said(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What schemathesis had to say, run as a program of its own: its pytest plugin and ours are strangers."""
    authorization = f"Bearer {live_server.token('schemathesis')}"
    command = [str(Path(sys.executable).with_name("st")), "run", str(ROOT / "schema.graphql"), "--no-color"]
    command += ["--url", f"{live_server.url}/graphql", "--header", f"Authorization: {authorization}"]
    command += ["--phases", "fuzzing", "--mode", "all", "--max-examples", "15", "--checks", "answers_without_a_fault"]
    command += ["--generation-deterministic", "--no-shrink", "--suppress-health-check", "all", "--warnings", "off"]
    told = {"SCHEMATHESIS_HOOKS": HOOKS, "STORED_IDS": json.dumps(things(live_server.url, authorization))}
    ended = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=MOST_S,
        cwd=tmp_path_factory.mktemp("schemathesis"),
        env=os.environ | told | {"PYTHONPATH": str(Path(__file__).parent), "NO_PROXY": "127.0.0.1"},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_nothing_that_is_made_up_from_the_schema_is_a_fault(said: str) -> None:
    cases = CASES.search(said)

    assert cases is not None, said
    assert cases[1] == cases[2]
    assert int(cases[1]) >= 200


def test_every_query_and_mutation_was_tried(said: str) -> None:
    schema = build_schema()._schema
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    tested = OPERATIONS.search(said)

    assert tested is not None, said
    assert int(tested[1]) == len(schema.query_type.fields) + len(schema.mutation_type.fields)
