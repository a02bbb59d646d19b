"""Load from wrk, over connections that are kept alive."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.reading.reads import Requests

SCRIPT = Path(__file__).parent / "post.lua"
INSTALL = "apt-get update && apt-get install --yes --no-install-recommends wrk"
NO_WRK = "wrk is not here. Install it: it is a package of that name in Debian, Ubuntu, Fedora and Homebrew."


@dataclass(frozen=True)
class Measured:
    """What one spell of load came to."""

    per_second: float
    median_ms: float
    p99_ms: float
    bytes_each: float


class WrongAnswers(Exception):
    """Some requests failed: the figures would say nothing."""


def require_wrk() -> None:
    """Install wrk where that can be done; ends the benchmark where not."""
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["sh", "-c", INSTALL], capture_output=True, check=False)
    if not shutil.which("wrk"):
        raise SystemExit(NO_WRK)


def load(port: int, requests: Requests, *, seconds: int, connections: int) -> Measured:
    """Send the requests over and over; raises WrongAnswers."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requests.lines())
        file.flush()
        command = ["wrk", "-t1", "--timeout=30s", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT)]
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{port}", "--", file.name], capture_output=True, text=True, check=True
        ).stdout
    told = orjson.loads(said.splitlines()[-1])
    if not told["requests"]:
        raise WrongAnswers(f"not one request to port {port} was answered within {seconds} s: take more with --seconds")
    if told["wrong"]:
        raise WrongAnswers(f"{told['wrong']} of {told['requests']} requests to port {port} went wrong")
    each = told["bytes"] / told["requests"]
    return Measured(told["per_second"], told["median_ms"], told["p99_ms"], each)
