"""Every shell script of the repository passes shellcheck, and says in its first lines what it is for."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.factories.debian import install

ROOT = Path(__file__).parents[2]
OTHERS = {"node_modules", "__pycache__"}
FOLDERS = [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
SCRIPTS = sorted(
    script.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for script in folder.rglob("*.sh")
    if not OTHERS & set(script.parts)
)


@cache
def shellcheck() -> str | None:
    """Its path, installed if need be."""
    if shutil.which("shellcheck") is None:
        install("shellcheck")
    return shutil.which("shellcheck")


def test_all_scripts_pass_shellcheck() -> None:
    if (program := shellcheck()) is None:
        pytest.skip("shellcheck is not here and cannot be installed, so the scripts are not checked.")
    command = [program, "--external-sources", *SCRIPTS]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert SCRIPTS
    assert (result.stdout, result.returncode) == ("", 0)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_says_what_it_is_for(script: str) -> None:
    first, second, *_ = (ROOT / script).read_text().splitlines()
    assert first in {"#!/bin/sh", "#!/usr/bin/env bash"}
    assert second.startswith("# ")
