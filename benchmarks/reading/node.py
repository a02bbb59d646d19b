"""The packages of the peers that run on Node.js, installed once for each lock file, outside of this tree."""

import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

PEERS = Path(__file__).parent.parent / "peers"
CI = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
OLDEST = 22
LONGEST_S = 300


class NoNode(Exception):
    """The peers on Node.js cannot be had here; the text says why."""


def installed() -> tuple[Path, Path]:
    """A Node.js of 22 or newer, and the folder of the programs with their packages; raises NoNode."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoNode("npm is not here")
    lock = (PEERS / "package-lock.json").read_bytes()
    home = os.environ.get("XDG_CACHE_HOME") or Path(tempfile.gettempdir())
    folder = Path(home) / f"cairn-peers-{os.getuid()}-{sha256(lock).hexdigest()[:16]}"
    if not (folder / "node_modules" / ".complete").exists():
        _install(folder)
    for program in PEERS.glob("*.mjs"):
        shutil.copy(program, folder / program.name)
    return _node(folder), folder


def _install(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEERS / name, folder / name)
    try:
        ended = subprocess.run(CI, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except subprocess.TimeoutExpired:
        raise NoNode(f"npm could not install the packages within {LONGEST_S} s") from None
    if ended.returncode:
        raise NoNode(f"npm could not install the packages: {ended.stderr.strip()[-300:]}")
    (folder / "node_modules" / ".complete").touch()


def _node(folder: Path) -> Path:
    """The one that was installed with the packages, where there is one for this machine; else the machine's own."""
    for found in (folder / "node_modules").glob("node-*/bin/node"):
        found.chmod(0o755)
        return found
    own = shutil.which("node")
    if own is None:
        raise NoNode("node is not here")
    said = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.lstrip("v").partition(".")[0]) < OLDEST:
        raise NoNode(f"PostGraphile 5 needs Node.js {OLDEST} or newer; this is {said.strip()}")
    return Path(own)
