"""Starts spells of load, one after the other, and looks at Cairn's process meanwhile."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.reading.processes import ROOT

PAGE_BYTES = 4096
LOOK_EVERY_S = 0.2
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Contestant:
    """One way to store events."""

    name: str
    kind: str
    connections: int
    gzipped: bool = False

    @property
    def is_cairn(self) -> bool:
        """Whether it goes through Cairn, or straight into the database."""
        return self.kind in ("mutations", "bulk")


@dataclass(frozen=True)
class Target:
    """A Cairn that takes events, and the database behind it."""

    pid: int
    port: int
    token: str
    database_url: str


@dataclass(frozen=True)
class Measured:
    """What one spell came to."""

    per_second: float
    cpu_us_each: float  # of Cairn's process, for each event
    load_cpu_us_each: float  # of the load's
    resident_mb: float
    latencies_ms: Sequence[float]


def spell(contestant: Contestant, target: Target, *, events: int, seed: int, topic: str) -> Measured:
    """Store so many events; raises SystemExit when anything went wrong, with what the load said."""
    command = [sys.executable, "-m", "benchmarks.ingesting.spell", contestant.kind]
    command += ["--events", str(events), "--seed", str(seed), "--connections", str(contestant.connections)]
    command += ["--port", str(target.port), "--topic", topic, *(["--gzip"] if contestant.gzipped else [])]
    environment = os.environ | {"INGEST_TOKEN": target.token, "INGEST_DATABASE": target.database_url}
    before, resident = _cpu_s(target.pid), [_resident_mb(target.pid)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as load:
        while load.poll() is None:
            time.sleep(LOOK_EVERY_S)
            resident.append(_resident_mb(target.pid))
        assert load.stdout is not None
        said = load.stdout.read()
    if load.returncode:
        raise SystemExit(f"{contestant.name}: the load ended with {load.returncode}.")
    told = orjson.loads(said)
    return Measured(
        events / told["seconds"],
        (_cpu_s(target.pid) - before) / events * 1e6,
        told["load_cpu_s"] / events * 1e6,
        statistics.median(resident[len(resident) // 2 :]),
        [latency * 1e3 for latency in told["latencies_s"]],
    )


def _cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _resident_mb(pid: int) -> float:
    return int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) * PAGE_BYTES / 1e6
