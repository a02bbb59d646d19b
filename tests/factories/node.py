"""Programs for Node.js that tests run: installed once for each lock file, outside of this tree."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from tests.factories.debian import install

CI = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
LONGEST_S = 180


def a_node_project(folder: Path) -> Path:
    """A copy of `folder` with its packages in node_modules; the test is skipped where they cannot be had.

    The packages are those of the folder's package-lock.json. They stay in the cache for the next run; the copy of what
    else is in the folder is made anew each time.
    """
    if not _node_is_here():
        pytest.skip("Node.js and npm are not here, so the programs that run on them are not tried.")
    lock = folder / "package-lock.json"
    content = lock.read_bytes() + (folder / "package.json").read_bytes()
    project = _cache() / f"{folder.name}-{sha256(content).hexdigest()[:16]}"
    if not project.is_dir():
        _install(folder, project)
    for file in folder.iterdir():
        if file.is_file():
            _replace(file, project / file.name)
    return project


@cache
def _node_is_here() -> bool:
    if not _found():
        install("nodejs", "npm")
    return _found()


def _found() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / "cairn-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _install(folder: Path, project: Path) -> None:
    """Install beside the final place and move there whole: several runs may do this at once."""
    building = Path(tempfile.mkdtemp(dir=project.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, building / name)
        try:
            ended = subprocess.run(CI, cwd=building, capture_output=True, text=True, timeout=LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm could not install the packages of {folder.name} within {LONGEST_S} s.")
        if ended.returncode:
            pytest.skip(f"npm could not install the packages of {folder.name}: {ended.stderr.strip()[-500:]}")
        with suppress(OSError):  # another run was quicker
            building.rename(project)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _replace(file: Path, copy: Path) -> None:
    """Put a copy in place at once: another run may be reading the one before."""
    with tempfile.NamedTemporaryFile(dir=copy.parent, delete=False) as new:
        new.write(file.read_bytes())
    Path(new.name).replace(copy)
