"""multi_db_flip.sh reaches the pair of the compose file by `docker compose` alone. A stand-in takes docker's place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from testing_payloads.failover.pair import FLIP, Pair
from tests.factories import docker_stand_in


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A folder with a `docker` whose containers are the servers of the rig."""
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {docker_stand_in.__file__} "$@"\n')
    program.chmod(0o755)
    return tmp_path


def test_stopping_starting_and_switching_work_through_docker_compose(pair: Pair, docker: Path) -> None:
    variables = {"PATH": f"{docker}:{os.environ['PATH']}", "RIG_FOLDER": str(pair.folder), "TMPDIR": str(docker)}
    old, new = pair.writer, pair.standby
    for command in ("switch", "down", "up", "status"):
        ended = subprocess.run(
            ["/bin/bash", FLIP, "--compose", command], env=variables, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].startswith(f"whole: {new.name} writes, {old.name} follows")
    assert (pair.writer, pair.standby) == (new, old)
