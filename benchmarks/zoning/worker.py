"""`cairn worker` as it is deployed, watched until nothing waits any more."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.reading.processes import ROOT, end
from benchmarks.zoning.asking import JUDGED, LEFT, UNDONE
from configuration.settings import Settings

LOOK_EVERY_S = 0.05
PATIENCE_S = 600.0


@dataclass(frozen=True)
class Worked:
    """How long a worker took from its start to the last job's end, its share of the processors, how much it judged,
    and its greatest memory."""

    seconds: float
    cpu_seconds: float
    judged: int
    peak_mb: float


async def work_off(settings: Settings, connection: asyncpg.Connection) -> Worked:
    """Start one worker with the usual settings and end it when no job is left."""
    before, began = _cpu_seconds(), time.monotonic()
    worker = _a_worker(settings)
    try:
        while await connection.fetchval(LEFT):  # another process gives no event to wait for
            if worker.poll() is not None or time.monotonic() > began + PATIENCE_S:
                raise SystemExit("The worker ended, or took longer than anybody waits.")
            await asyncio.sleep(LOOK_EVERY_S)
        took, peak = time.monotonic() - began, _peak_mb(worker.pid)
    finally:
        end(worker)
    if await connection.fetchval(UNDONE):
        raise SystemExit("The worker left something undone: nothing is measured.")
    return Worked(took, _cpu_seconds() - before, await connection.fetchval(JUDGED), peak)


def _a_worker(settings: Settings) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")} | {
        "CAIRN_DATABASE_URL": str(settings.database_url),
        "CAIRN_REDIS_URL": str(settings.redis_url),
        "CAIRN_DATA_DIR": str(settings.data_folder),
        "CAIRN_LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment, cwd=ROOT, text=True)


def _cpu_seconds() -> float:
    """What the processes that this one started, and that have ended, took of the processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_mb(pid: int) -> float:
    """The most that was resident at once; not known but on Linux."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan")
    return int(told.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
