"""Programs that use a client as its users would, and what each of their trials came to."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import LiveServer, clean_environment
from tests.factories.node import a_node_project

FOLDER = Path(__file__).parent
LONGEST_S = 300


@dataclass
class Outcomes:
    """What the trials of one program came to, by their names."""

    told: dict[str, dict[str, Any]]

    def __getitem__(self, trial: str) -> Any:
        """The value of a trial that must go well."""
        outcome = self.told[trial]
        assert "error" not in outcome, f"{trial}: {outcome['error']}"
        return outcome["value"]


def outcomes_of(program: str, server: LiveServer, token: str, **environment: str) -> Outcomes:
    """Run a program of this folder under Node.js to its end; skips the test where its packages cannot be had."""
    project = a_node_project(FOLDER)
    ended = subprocess.run(
        ["node", program],
        cwd=project,
        env=clean_environment(URL=server.url, TOKEN=token, **environment),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return Outcomes(json.loads(ended.stdout))


def was_watched(statuses: list[str]) -> bool:
    """Whether somebody saw a job go on and then end well."""
    return len(statuses) > 1 and statuses[-1] == "SUCCEEDED"
