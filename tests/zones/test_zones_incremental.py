"""Zones that are brought up to date, change by change, are those that all segments judged at once would have."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest
from starlette.applications import Starlette
from svcs import Container

from configuration.settings import Settings
from domain.analysis.ports import AnalysisRepository
from domain.analysis.run import RunUnderstood, understand
from domain.operations.model import JobId, JobKind
from domain.shared.ports import Clock
from domain.zones.model import ZoneMethod, ZoneReason
from domain.zones.ports import ZoneRepository
from infrastructure.zones.repository import PostgresZoneRepository
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.plan_requests import done
from tests.factories.run_requests import told
from tests.factories.scored_runs import FIRST, a_file_of_a_slipped_sensor, a_file_without_heart_rate, a_scored_file
from tests.factories.understood_runs import (
    StoppedClock,
    a_registry,
    assert_same_zones,
    imported_runs,
    jobs_of,
    stored_zones,
    work_off,
    zones_from_nothing,
)

RECOMPUTE = "mutation($input: RecomputeZonesInput!) { recomputeZones(input: $input) { job { id } } }"
COMPUTED = "select run, computed_at from run_zone where athlete = $1"
CALIBRATED = "select known ->> 'calibration' is not null from zone_state where athlete = $1"


@pytest.fixture
async def zones(app: Starlette) -> PostgresZoneRepository:
    """The repository that workers use."""
    async with Container(app.state.registry) as services:
        repository = await services.aget(ZoneRepository)
        assert isinstance(repository, PostgresZoneRepository)
        return repository


async def assert_as_from_nothing(
    zones: PostgresZoneRepository, sql: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod = ZoneMethod.NATIVE
) -> None:
    stored = await stored_zones(sql, athlete_id, method)
    assert stored
    assert_same_zones(stored, await zones_from_nothing(zones, athlete_id, method))


async def computed_at(sql: asyncpg.Connection, athlete_id: UUID) -> dict[UUID, datetime]:
    return {row["run"]: row["computed_at"] for row in await sql.fetch(COMPUTED, athlete_id)}


def unscored(understood: RunUnderstood) -> RunUnderstood:
    """As another release might understand the run."""
    segments, reason = len(understood.segments), ZoneReason.HEART_RATE_DOES_NOT_FOLLOW
    return replace(understood, zone_reason=reason, efficiency=np.full(segments, np.nan), reasons=(reason,) * segments)


async def test_zones_of_runs_that_come_one_by_one_are_those_of_all_at_once(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    for nth in range(8):
        await imported_runs(ada, work, a_scored_file(nth))
        await assert_as_from_nothing(zones, sql, athlete_id)
    assert await sql.fetchval(CALIBRATED, athlete_id)


async def test_recomputing_changes_no_zone(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    athlete_id = await athlete_id_of(ada)
    for nth in range(3):
        await imported_runs(ada, work, a_scored_file(nth))
    before, told_before = await stored_zones(sql, athlete_id), await computed_at(sql, athlete_id)
    await ada.get(RECOMPUTE, input={})
    await work()
    assert_same_zones(await stored_zones(sql, athlete_id), before)
    assert await computed_at(sql, athlete_id) == told_before


@pytest.mark.parametrize("days", [-793, -200])
async def test_a_run_of_long_before_takes_its_place_among_the_others(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository, days: int
) -> None:
    athlete_id = await athlete_id_of(ada)
    of_then = (a_scored_file(nth, days=nth - 800) for nth in range(2))
    await imported_runs(ada, work, *of_then, *(a_scored_file(nth) for nth in range(2, 4)))
    await imported_runs(ada, work, a_scored_file(4, days=days))
    await assert_as_from_nothing(zones, sql, athlete_id)


async def test_a_deleted_run_leaves_nothing_behind_in_the_zones_of_others(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await imported_runs(ada, work, *(a_scored_file(nth) for nth in range(4)))
    before = await stored_zones(sql, athlete_id)
    await told(ada, "deleteRun", id=runs[1])
    await work()
    after = await stored_zones(sql, athlete_id)
    assert before.keys() - after.keys() == {key_of(runs[1])}
    await assert_as_from_nothing(zones, sql, athlete_id)


async def test_a_run_that_is_analysed_anew_is_judged_by_its_new_scores(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await imported_runs(ada, work, *(a_scored_file(nth) for nth in range(4)))
    before = await stored_zones(sql, athlete_id)
    await done(ada, "setPhysiology", {"validFrom": str(FIRST.date() + timedelta(days=2)), "restingHeartRate": 60})
    await work()
    after = await stored_zones(sql, athlete_id)
    changed = [str(before[key_of(run)]["score"]) != str(after[key_of(run)]["score"]) for run in runs]
    assert changed == [False, False, True, True]
    await assert_as_from_nothing(zones, sql, athlete_id)


async def test_a_run_that_is_scored_no_longer_leaves_the_zones(
    ada: Athlete, app: Starlette, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await imported_runs(ada, work, a_scored_file(0), a_scored_file(1))
    await done(ada, "setPhysiology", {"validFrom": str(FIRST.date() + timedelta(days=1)), "restingHeartRate": 60})
    async with Container(app.state.registry) as services:
        analyses = await services.aget(AnalysisRepository)
    claim = await analyses.claim(JobId(key_of((await jobs_of(ada, JobKind.ANALYSE_RUNS))[0]["id"])), UUID(int=1))
    assert claim is not None
    item = await analyses.next_run(claim)
    assert item is not None
    assert item.track is not None
    await analyses.store(claim, item, unscored(understand(item.track, item.physiology, item.timezone)))
    await analyses.finish(claim)
    await work()
    assert (await stored_zones(sql, athlete_id)).keys() == {key_of(runs[0])}
    await assert_as_from_nothing(zones, sql, athlete_id)


async def test_time_that_passes_is_in_the_zones_that_the_next_worker_tells(
    ada: Athlete, settings: Settings, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    clock = StoppedClock(FIRST + timedelta(days=350))
    async with a_registry(settings, {Clock: clock}) as registry:

        async def work() -> None:
            await work_off(registry)

        await imported_runs(ada, work, *(a_scored_file(nth, days=30 * nth) for nth in range(5)))
        before = await stored_zones(sql, athlete_id)
        clock.at = FIRST + timedelta(days=400)
        await imported_runs(ada, work, a_scored_file(5, days=390))
        await assert_as_from_nothing(zones, sql, athlete_id)
        after = await stored_zones(sql, athlete_id)
    assert {run: str(after[run]) for run in before} != {run: str(zones) for run, zones in before.items()}


async def test_legacy_zones_are_kept_like_those_from_nothing_also_for_runs_that_are_not_scored(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    athlete_id = await athlete_id_of(ada)
    await imported_runs(ada, work, a_scored_file(0))
    await ada.get(RECOMPUTE, input={"method": "TRAILMETRICS"})
    await imported_runs(ada, work, a_scored_file(1))
    await assert_as_from_nothing(zones, sql, athlete_id, ZoneMethod.TRAILMETRICS)
    await imported_runs(ada, work, a_file_of_a_slipped_sensor(2))
    stored = await stored_zones(sql, athlete_id, ZoneMethod.TRAILMETRICS)
    assert len(stored) == 3
    await assert_as_from_nothing(zones, sql, athlete_id, ZoneMethod.TRAILMETRICS)


async def test_a_run_changes_no_zones_of_another_athlete(
    ada: Athlete, bob: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    bobs = await athlete_id_of(bob)
    await imported_runs(bob, work, a_scored_file(0), a_scored_file(1))
    before, told_before = await stored_zones(sql, bobs), await computed_at(sql, bobs)
    await imported_runs(ada, work, a_scored_file(2), a_scored_file(3))
    assert_same_zones(await stored_zones(sql, bobs), before)
    assert await computed_at(sql, bobs) == told_before


async def test_runs_that_a_new_one_is_not_compared_with_are_not_written_anew(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    athlete_id = await athlete_id_of(ada)
    early = await imported_runs(ada, work, a_scored_file(0, days=-800), a_scored_file(1, days=-790))
    (late,) = await imported_runs(ada, work, a_scored_file(2))
    before = await computed_at(sql, athlete_id)
    (new,) = await imported_runs(ada, work, a_scored_file(3))
    after = await computed_at(sql, athlete_id)
    assert {run for run in after if after[run] != before.get(run)} == {key_of(late), key_of(new)}
    assert {key_of(run) for run in early} < after.keys()


async def test_a_run_that_is_not_scored_has_no_zones_told_anew(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    athlete_id = await athlete_id_of(ada)
    await imported_runs(ada, work, a_scored_file(0), a_scored_file(1))
    before = await computed_at(sql, athlete_id)
    await imported_runs(ada, work, a_file_without_heart_rate(2))
    assert await computed_at(sql, athlete_id) == before
