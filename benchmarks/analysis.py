"""How long it takes to understand a mountain run of 37 km, once its file is decoded; and the whole job, until stored.

The run is a real one, where the recordings lie beside this checkout, and a made-up one elsewhere. Its runner's critical
speed and heart rates are known, so that nothing is left out. Run with `make bench-analysis`.
"""

import argparse
import asyncio
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import numpy as np
from svcs import Container, Registry

from app.analysis.jobs import analyse_runs
from app.serving import ending_in_good_order
from benchmarks.zoning.figures import Figure, table
from benchmarks.zoning.world import a_world, services
from configuration.settings import Settings
from domain.analysis.model import RecordedTrack
from domain.analysis.run import understand
from domain.physiology.model import Physiology
from domain.runs.facts import facts_of
from domain.runs.imports import RecordedRun
from domain.runs.model import RunId
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import DeviceTotals, Recording, Samples
from domain.shared.ports import Ids
from infrastructure.formats.files import WatchFiles
from infrastructure.operations.follow_ups import request_analysis
from infrastructure.runs.recorded import store_recorded

SAMPLE = Path(__file__).parent.parent.parent / "shared" / "samples" / "trail-37km-2578m.fit"
POINTS, EVERY_S, LENGTH_M, HILL_M = 7500, 2.25, 37_000.0, 2900.0
MOST_S = 0.5
RUNNER = Physiology(
    valid_from=date(2000, 1, 1),
    resting_heart_rate=48,
    max_heart_rate=190,
    threshold_heart_rate=172,
    threshold_pace_s_per_km=255.0,
    critical_speed_m_per_s=4.0,
    d_prime_m=200.0,
)
ADD_ATHLETE = "insert into athlete (id, issuer, subject, display_name) values ($1, 'bench', 'bench', 'Somebody')"
ADD_PHYSIOLOGY = """
insert into physiology (id, athlete, valid_from, resting_heart_rate, max_heart_rate, threshold_heart_rate,
    threshold_pace_s_per_km, critical_speed_m_per_s, d_prime_m)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
STATE = "select analysis_state from run where id = $1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    recording, which = _recording()
    print(f"{which}: {len(recording.samples):,} points, {recording.samples.distance_m[-1] / 1000:.1f} km\n", flush=True)
    figures = [Figure("understood, once decoded, s", _understood(recording, rounds), most=MOST_S)]
    with ending_in_good_order(), a_world() as settings:
        figures += [
            Figure("the whole job, from its claim to its end, s", asyncio.run(_jobs(settings, recording, rounds)))
        ]
        print(table(figures))
        sys.exit(0 if all(figure.is_good for figure in figures) else 1)


def _recording() -> tuple[Recording, str]:
    if SAMPLE.is_file():
        (recording,) = WatchFiles(max_file_bytes=50_000_000).decode(SAMPLE.name, SAMPLE.read_bytes())
        return recording, SAMPLE.name
    return _made_up(), f"a made-up run, for {SAMPLE.name} is not here"


def _made_up() -> Recording:
    """Up and down hills of 250 m, with a heart that follows the climbs."""
    time_s = np.arange(POINTS) * EVERY_S
    distance_m = np.linspace(0, LENGTH_M, POINTS)
    wave = 2 * np.pi * distance_m / HILL_M
    samples = Samples(
        time_s=time_s,
        latitude=47 + distance_m / 111_195,
        longitude=np.full(POINTS, 8.3),
        altitude_m=np.round(900 + 125 * np.sin(wave), 1),
        distance_m=distance_m,
        speed_m_per_s=np.full(POINTS, LENGTH_M / (POINTS * EVERY_S)),
        heart_rate_bpm=np.round(150 + 12 * np.cos(wave - 0.1)),
        cadence_spm=np.round(165 + 6 * np.sin(wave)),
    )
    return Recording("running", datetime(2026, 5, 4, 7, tzinfo=UTC), samples, active=None, device=DeviceTotals())


def _understood(recording: Recording, rounds: int) -> list[float]:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        track = RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))
        understand(track, RUNNER, "Europe/Zurich")
        took.append(time.perf_counter() - began)
    return took


async def _jobs(settings: Settings, recording: Recording, rounds: int) -> list[float]:
    async with services(settings) as (registry, connection):
        async with Container(registry) as container:
            ids = await container.aget(Ids)
        athlete = ids.new()
        await connection.execute(ADD_ATHLETE, athlete)
        known = (RUNNER.resting_heart_rate, RUNNER.max_heart_rate, RUNNER.threshold_heart_rate)
        speeds = (RUNNER.threshold_pace_s_per_km, RUNNER.critical_speed_m_per_s, RUNNER.d_prime_m)
        await connection.execute(ADD_PHYSIOLOGY, ids.new(), athlete, RUNNER.valid_from, *known, *speeds)
        return [await _job(registry, connection, athlete, recording, ids) for _ in range(rounds)]


async def _job(
    registry: Registry, connection: asyncpg.Connection, athlete: UUID, recording: Recording, ids: Ids
) -> float:
    """One analysis of the run, stored for the first time."""
    run = RecordedRun(RunId(ids.new()), "Over the hills", recording, facts_of(recording), {})
    async with connection.transaction():
        await store_recorded(connection, athlete, run, None)
        job = await request_analysis(connection, athlete, [run.id], ids)
    began = time.perf_counter()
    await analyse_runs({"registry": registry}, str(job))
    took = time.perf_counter() - began
    if await connection.fetchval(STATE, run.id) != "DONE":
        raise SystemExit("The run was not analysed: nothing is measured.")
    await connection.execute("delete from run where id = $1", run.id)
    return took


if __name__ == "__main__":
    main()
