"""Figures in PostgreSQL: which runs a change of them has analysed anew, and what runs tell of a body."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.physiology.model import Physiology, PhysiologyChanges, PhysiologyId
from domain.physiology.ports import PhysiologyRepository, PhysiologyWritten
from domain.physiology.refusals import PhysiologyNotFound
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.ports import Ids
from domain.shared.viewer import Scope, Viewer
from tests.conftest import Athlete
from tests.factories.analysed_runs import a_run, an_effort, analysed, athlete_id_of

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


@dataclass
class Body:
    """One athlete's figures, and a look behind the repository."""

    physiologies: PhysiologyRepository
    ids: Ids
    viewer: Viewer
    sql: asyncpg.Connection

    async def set(self, day: date, *, once: Once | None = None, **figures: Any) -> PhysiologyWritten:
        def change(before: Physiology | None) -> Physiology:
            return (before or Physiology(valid_from=day)).revise(PhysiologyChanges(**figures), day)

        return await self.physiologies.set(PhysiologyId(self.ids.new()), day, self.viewer, change, once=once)

    async def remove(self, day: date) -> PhysiologyWritten:
        return await self.physiologies.remove(day, self.viewer, once=None)

    async def run_on(self, *days: date, hour: int = 12, state: str | None = "DONE") -> list[UUID]:
        starts = [datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in days]
        who = self.viewer.athlete_id
        return [await a_run(self.sql, who, start, analysis_state=state) for start in starts]

    async def queued(self) -> Sequence[UUID]:
        """The runs that wait to be analysed anew, oldest first; they are taken off the list."""
        rows = await self.sql.fetch(
            """delete from job_item using job where job_item.job = job.id and job.athlete = $1
                and job.kind = 'ANALYSE_RUNS' returning run, job_item.ordinal""",
            self.viewer.athlete_id,
        )
        await self.sql.execute("delete from job where athlete = $1", self.viewer.athlete_id)
        return [row["run"] for row in sorted(rows, key=lambda row: row["ordinal"])]

    async def stored(self) -> list[tuple[date, int | None]]:
        """The days on which figures begin, and the maximum heart rate of each."""
        rows = await self.sql.fetch(
            "select valid_from, max_heart_rate from physiology where athlete = $1 order by 1", self.viewer.athlete_id
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def body(app: Starlette, ada: Athlete, sql: asyncpg.Connection) -> Body:
    async with Container(app.state.registry) as services:
        physiologies, ids = await services.aget(PhysiologyRepository, Ids)
    return Body(physiologies, ids, Viewer(await athlete_id_of(ada), frozenset(Scope)), sql)


async def test_only_the_runs_that_new_figures_judge_are_analysed_anew(body: Body) -> None:
    before, first, last, after = await body.run_on(date(2026, 2, 28), MARCH, date(2026, 4, 30), MAY)
    await body.set(MAY, max_heart_rate=190)
    assert await body.queued() == [after]
    written = await body.set(MARCH, max_heart_rate=185)
    assert written.job_id is not None
    assert await body.queued() == [first, last]
    states = await body.sql.fetch(
        "select id, analysis_state from run where athlete = $1 and analysis_state = 'PENDING'", body.viewer.athlete_id
    )
    assert {row["id"] for row in states} == {first, last, after}
    assert before not in {row["id"] for row in states}


async def test_without_later_figures_all_runs_from_the_day_on_are(body: Body) -> None:
    _, *later = await body.run_on(JANUARY, MARCH, MAY, date(2026, 11, 1))
    await body.set(MARCH, threshold_pace_s_per_km=250)
    assert await body.queued() == later


async def test_one_job_waits_for_all_of_it(body: Body) -> None:
    (march, may) = await body.run_on(MARCH, MAY)
    first = await body.set(MAY, max_heart_rate=190)
    second = await body.set(MARCH, max_heart_rate=185)
    assert first.job_id == second.job_id
    assert await body.queued() == [march, may]


async def test_a_run_by_hand_is_never_analysed(body: Body) -> None:
    await body.run_on(MAY, state=None)
    assert (await body.set(MARCH, max_heart_rate=190)).job_id is None
    assert await body.queued() == []


async def test_another_athlete_s_runs_stay_as_they_are(body: Body, bob: Athlete) -> None:
    theirs = await a_run(body.sql, await athlete_id_of(bob), datetime(2026, 4, 1, tzinfo=UTC), analysis_state="DONE")
    assert (await body.set(MARCH, max_heart_rate=190)).job_id is None
    assert await body.sql.fetchval("select analysis_state from run where id = $1", theirs) == "DONE"


@pytest.mark.parametrize(
    ("figures", "again"),
    [({"max_heart_rate": 190}, {"max_heart_rate": 190}), ({"max_heart_rate": 190}, {"mass_kg": 61.0})],
    ids=["the same figure", "the mass"],
)
async def test_nothing_is_analysed_anew_when_runs_come_out_the_same(
    body: Body, figures: dict[str, Any], again: dict[str, Any]
) -> None:
    await body.set(MARCH, **figures)
    await body.run_on(MAY)
    for day in (MARCH, date(2026, 4, 1)):
        assert (await body.set(day, **again)).job_id is None
    assert await body.queued() == []


async def test_an_analysis_names_the_figures_that_it_stands_on_though_they_came_to_the_same(body: Body) -> None:
    await body.set(MARCH, max_heart_rate=190)
    (run,) = await body.run_on(MAY)
    await analysed(body.sql, body.viewer.athlete_id, run, physiology_from=MARCH)
    named = "select physiology_from from run_analysis where run = $1"
    await body.set(date(2026, 4, 1), mass_kg=61.0)
    assert await body.sql.fetchval(named, run) == date(2026, 4, 1)
    await body.remove(date(2026, 4, 1))
    assert await body.sql.fetchval(named, run) == MARCH


async def test_the_athlete_s_own_clock_tells_a_run_s_day(body: Body, ada: Athlete) -> None:
    """Half past ten in UTC is the next day on Kiritimati, fourteen hours ahead."""
    await athlete_id_of(ada, timezone="Pacific/Kiritimati")
    (eve, *_) = await body.run_on(date(2026, 2, 28), date(2026, 2, 27), hour=10)
    (last,) = await body.run_on(date(2026, 4, 30), hour=9)
    await body.run_on(date(2026, 4, 30), hour=10)
    await body.set(MAY, max_heart_rate=190)
    await body.queued()
    await body.set(MARCH, max_heart_rate=185)
    assert await body.queued() == [eve, last]


async def test_deleted_figures_leave_their_runs_to_those_before_them(body: Body) -> None:
    _, between, _ = await body.run_on(JANUARY, date(2026, 4, 1), MAY)
    for day, bpm in ((JANUARY, 190), (MARCH, 185), (MAY, 180)):
        await body.set(day, max_heart_rate=bpm)
    await body.queued()
    await body.remove(MARCH)
    assert await body.queued() == [between]
    assert await body.stored() == [(JANUARY, 190), (MAY, 180)]


async def test_deleting_the_first_figures_leaves_their_runs_to_none(body: Body) -> None:
    (run,) = await body.run_on(MAY)
    await body.set(MARCH, max_heart_rate=190)
    await body.queued()
    await body.remove(MARCH)
    assert await body.queued() == [run]


async def test_figures_of_a_day_on_which_none_begin_cannot_be_deleted(body: Body) -> None:
    await body.set(MARCH, max_heart_rate=190)
    with pytest.raises(PhysiologyNotFound):
        await body.remove(MAY)


async def test_figures_set_again_for_a_day_keep_their_id(body: Body) -> None:
    first = await body.set(MARCH, max_heart_rate=190)
    assert (await body.set(MARCH, max_heart_rate=185)).id == first.id
    assert await body.stored() == [(MARCH, 185)]


async def test_the_same_key_again_answers_as_before_and_writes_nothing(body: Body) -> None:
    await body.run_on(MAY)
    once = Once(body.viewer.athlete_id, "spring", "set")
    first = await body.set(MARCH, once=once, max_heart_rate=190)
    await body.set(MARCH, max_heart_rate=185)
    assert await body.set(MARCH, once=once, max_heart_rate=190) == first
    assert await body.stored() == [(MARCH, 185)]
    with pytest.raises(IdempotencyKeyReused):
        await body.set(MARCH, once=Once(body.viewer.athlete_id, "spring", "other"), max_heart_rate=190)


async def test_figures_set_at_once_each_build_on_the_other(body: Body) -> None:
    figures: list[dict[str, Any]] = [
        {"mass_kg": 60.0},
        {"resting_heart_rate": 50},
        {"max_heart_rate": 190},
        {"threshold_heart_rate": 170},
        {"d_prime_m": 180.0},
    ]
    await asyncio.gather(*(body.set(MARCH, **one) for one in figures))
    row = await body.sql.fetchrow("select * from physiology where athlete = $1", body.viewer.athlete_id)
    assert {name: row[name] for one in figures for name in one} == {k: v for one in figures for k, v in one.items()}


async def test_a_refused_change_stores_nothing_and_asks_for_nothing(body: Body) -> None:
    await body.run_on(MAY)

    def change(_: Physiology | None) -> Physiology:
        raise PhysiologyNotFound(MARCH)

    with pytest.raises(PhysiologyNotFound):
        await body.physiologies.set(PhysiologyId(body.ids.new()), MARCH, body.viewer, change, once=None)
    assert await body.stored() == []
    assert await body.queued() == []


@pytest.mark.parametrize(
    ("zone", "today"), [("UTC", MARCH), ("Pacific/Kiritimati", date(2026, 3, 2)), ("Etc/GMT+12", date(2026, 2, 28))]
)
async def test_today_is_told_by_the_athlete_s_own_clock(body: Body, ada: Athlete, zone: str, today: date) -> None:
    await athlete_id_of(ada, timezone=zone)
    assert await body.physiologies.today(body.viewer, datetime(2026, 3, 1, 11, tzinfo=UTC)) == today


async def test_the_fastest_effort_of_each_distance_within_the_days_is_evidence(body: Body) -> None:
    who = body.viewer.athlete_id
    early, first, last, late = await body.run_on(MARCH - timedelta(1), MARCH, MAY, MAY + timedelta(1))
    for run, kilometre, mile in ((early, 180, 300), (first, 230, 400), (last, 240, 390), (late, 170, 290)):
        await an_effort(body.sql, who, run, 1000.0, kilometre)
        await an_effort(body.sql, who, run, 1609.344, mile)
    evidence = await body.physiologies.evidence(body.viewer, MARCH, MAY)
    told = [(effort.run_id, effort.distance_m, effort.time_s) for effort in evidence.efforts]
    assert told == [(first, 1000.0, 230.0), (last, 1609.344, 390.0)]
    assert evidence.half_hour is None


async def test_the_hardest_half_hour_within_the_days_is_evidence(body: Body) -> None:
    who = body.viewer.athlete_id
    runs = await body.run_on(MARCH - timedelta(1), MARCH, MAY)
    for run, bpm in zip(runs, (180.0, 165.5, None), strict=True):
        await analysed(body.sql, who, run, half_hour_heart_rate=bpm)
    half_hour = (await body.physiologies.evidence(body.viewer, MARCH, MAY)).half_hour
    assert half_hour is not None
    assert (half_hour.run_id, half_hour.heart_rate_bpm) == (runs[1], 165.5)


async def test_another_athlete_s_runs_are_no_evidence(body: Body, bob: Athlete) -> None:
    who = await athlete_id_of(bob)
    run = await a_run(body.sql, who, datetime(2026, 4, 1, tzinfo=UTC))
    await an_effort(body.sql, who, run, 1000.0, 200.0)
    await analysed(body.sql, who, run, half_hour_heart_rate=170.0)
    evidence = await body.physiologies.evidence(body.viewer, MARCH, MAY)
    assert (evidence.efforts, evidence.half_hour) == ((), None)
