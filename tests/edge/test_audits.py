"""All audits of GraphQL over HTTP, those of npm `graphql-http`, pass against the running server."""

import json
import subprocess
from pathlib import Path

from tests.conftest import LiveServer
from tests.factories.node import a_node_project

AUDITS = Path(__file__).parent / "audits"
LONGEST_S = 120


def test_every_audit_of_graphql_over_http_passes_without_a_warning(live_server: LiveServer) -> None:
    project = a_node_project(AUDITS)

    ended = subprocess.run(
        ["node", "run.mjs", f"{live_server.url}/graphql"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    audits = json.loads(ended.stdout)

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def test_the_lock_says_what_is_installed_and_names_no_address() -> None:
    lock = json.loads((AUDITS / "package-lock.json").read_text())

    installed = {name: package for name, package in lock["packages"].items() if name}
    assert installed
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert "://" not in json.dumps(lock)
