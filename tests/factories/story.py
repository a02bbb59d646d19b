"""The examples of testing_payloads/, told in an order by one athlete."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, LiveServer, clean_environment

FOLDER = ROOT / "testing_payloads"
RIVER_RUN = FOLDER / "river_run.gpx"
A_PLACE = re.compile(r"\{\{(\w+)\}\}")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: shell examples not run")


@dataclass
class Story:
    """The examples, told one after the other by one athlete; `places` are the ids that later ones need."""

    server: LiveServer
    token: str
    answers: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str) -> Any:
        """The data of one document with its variables; remembered under its name."""
        query, variables = (FOLDER / f"{name}.graphql").read_text(), self.variables(name)
        response = httpx.post(
            f"{self.server.url}/graphql",
            json={"query": query, "variables": json.loads(variables)},
            headers={"authorization": f"Bearer {self.token}"},
        )
        answer = response.json()
        assert "errors" not in answer, f"{name}: {answer['errors']}"
        (self.answers[name],) = answer["data"].values()
        return self.answers[name]

    def tell(self, *names: str) -> None:
        """Several documents, one after the other."""
        for name in names:
            self.ask(name)

    def variables(self, name: str) -> str:
        """The JSON beside a document with its places filled in; fails for one that no earlier answer gave."""
        path = FOLDER / f"{name}.json"
        return A_PLACE.sub(lambda place: self.places[place[1]], path.read_text()) if path.exists() else "{}"

    def run(self, *command: str | Path, **environment: str) -> str:
        """What a script says."""
        ran = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self._environment() | environment,
            timeout=60,
        )
        assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    @contextmanager
    def watching(self, *command: str | Path) -> Iterator[Iterator[str]]:
        """The lines that a script says while it runs; it ends with the block."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=self._environment())
        assert process.stdout is not None
        try:
            yield iter(process.stdout)
        finally:
            process.terminate()
            process.communicate()

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return clean_environment(PATH=path) | {"URL": self.server.url, "TOKEN": self.token}

    def import_runs(self, *files: Path) -> str:
        """The job that reads some files: by curl, or without it by this process."""
        if shutil.which("curl"):
            answer = json.loads(self.run("sh", FOLDER / "import_runs.sh", *files))
        else:
            operations = {"query": (FOLDER / "import_runs.graphql").read_text()}
            operations["variables"] = {"input": {"files": [None] * len(files)}}  # type: ignore[assignment]
            places = {str(at): [f"variables.input.files.{at}"] for at in range(len(files))}
            answer = httpx.post(
                f"{self.server.url}/graphql",
                data={"operations": json.dumps(operations), "map": json.dumps(places)},
                files={str(at): (file.name, file.read_bytes()) for at, file in enumerate(files)},
                headers={"authorization": f"Bearer {self.token}", "x-cairn-csrf": "1"},
            ).json()
        self.answers["import_runs"] = answer["data"]["importRuns"]
        return str(self.answers["import_runs"]["job"]["id"])
