"""A run is judged by the figures of its own day by its athlete's clock, and sums add up what came of it."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, imported_run
from tests.factories.plan_requests import done
from tests.factories.recordings import Course, fit_bytes
from tests.factories.scored_runs import FIRST, a_scored_course

ANALYSIS = """query($id: ID!) { run(id: $id) { distanceM movingTimeS ascentM analysis { physiologyFrom movingTimeS load
    loadMethod intensityFactor normalizedGradedSpeedMPerS heartRateZones { number timeS } } } }"""
SUMMARY = """{ trainingSummary { runs distanceM movingTimeS ascentM load longestRunM heartRateZones { number timeS }
    weeks { startDate runs distanceM movingTimeS ascentM load longestRunM heartRateZones { number timeS } } } }"""


def begun_at(instant: datetime) -> tuple[str, bytes]:
    course = a_scored_course(minutes=20)
    columns = {name: getattr(course, name) for name in Course.__dataclass_fields__ if name != "started_at"}
    return f"{instant:%H%M}.fit", fit_bytes(Course(**columns, started_at=instant))


async def judged(athlete: Athlete, run_id: str) -> dict[str, Any]:
    told: dict[str, Any] = (await athlete.get(ANALYSIS, id=run_id))["run"]
    return told


def by_number(told: list[dict[str, Any]]) -> Counter[int]:
    """The seconds in each zone of heart rate, added up."""
    seconds: Counter[int] = Counter()
    for zone in (zone for one in told for zone in one["heartRateZones"]):
        seconds[zone["number"]] += zone["timeS"]
    return seconds


@pytest.mark.parametrize(
    ("timezone", "started_at", "valid_from"),
    [
        ("Europe/Zurich", datetime(2026, 3, 9, 22, 30, tzinfo=UTC), "2026-03-01"),  # 23:30
        ("Europe/Zurich", datetime(2026, 3, 9, 23, 30, tzinfo=UTC), "2026-03-10"),  # 00:30
        ("Pacific/Kiritimati", datetime(2026, 3, 9, 10, 30, tzinfo=UTC), "2026-03-10"),  # 14 hours ahead
        ("Pacific/Pago_Pago", datetime(2026, 3, 10, 10, 30, tzinfo=UTC), "2026-03-01"),  # 11 hours behind
        ("Europe/Zurich", datetime(2026, 2, 28, 12, 0, tzinfo=UTC), None),
    ],
)
async def test_a_run_is_judged_by_the_figures_of_its_own_day(
    ada: Athlete, work: Work, timezone: str, started_at: datetime, valid_from: str | None
) -> None:
    await athlete_id_of(ada, timezone=timezone)
    paces = {"2026-03-01": 300.0, "2026-03-10": 250.0}
    for day, pace in paces.items():
        await done(ada, "setPhysiology", {"validFrom": day, "thresholdPaceSPerKm": pace}, "physiology { id }")
    told = (await judged(ada, await imported_run(ada, work, *begun_at(started_at))))["analysis"]
    assert told["physiologyFrom"] == valid_from
    if valid_from is None:
        assert told["load"] is None
    else:
        factor = told["normalizedGradedSpeedMPerS"] * paces[valid_from] / 1000
        assert told["intensityFactor"] == pytest.approx(factor)
        assert told["load"] == pytest.approx(told["movingTimeS"] / 3600 * factor**2 * 100)


async def test_sums_add_up_to_runs_that_were_judged_by_different_figures(ada: Athlete, work: Work) -> None:
    for day, bpm in (("2026-03-01", 185), ("2026-03-09", 200)):
        await done(ada, "setPhysiology", {"validFrom": day, "maxHeartRate": bpm}, "physiology { id }")
    files = [(f"{nth}.fit", fit_bytes(a_scored_course(nth, days=nth * 4.5, minutes=20))) for nth in range(3)]
    runs = [await judged(ada, await imported_run(ada, work, *file)) for file in files]
    summary = (await ada.get(SUMMARY))["trainingSummary"]
    weeks = summary.pop("weeks")
    assert [week["startDate"] for week in weeks] == ["2026-03-02", "2026-03-09"]
    assert FIRST.date().isoformat() == "2026-03-02"
    for name in ("distanceM", "movingTimeS", "ascentM"):
        assert summary[name] == pytest.approx(sum(run[name] for run in runs), abs=0.2)
        assert summary[name] == pytest.approx(sum(week[name] for week in weeks), abs=0.051)
    assert summary["load"] == pytest.approx(sum(run["analysis"]["load"] for run in runs), abs=0.2)
    assert summary["load"] == pytest.approx(sum(week["load"] for week in weeks), abs=0.051)
    assert summary["longestRunM"] == pytest.approx(max(run["distanceM"] for run in runs), abs=0.051)
    assert by_number([summary]) == pytest.approx(by_number([run["analysis"] for run in runs]), abs=0.2)
    assert sum(by_number([summary]).values()) == pytest.approx(summary["movingTimeS"], abs=0.5)


async def test_the_load_of_an_analysed_run_is_what_fitness_stands_on(ada: Athlete, work: Work) -> None:
    await done(ada, "setPhysiology", {"validFrom": "2026-03-01", "thresholdPaceSPerKm": 300.0}, "physiology { id }")
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_scored_course(minutes=20)))
    load = (await judged(ada, run_id))["analysis"]["load"]
    (day,) = (await ada.get('{ fitness(from: "2026-03-02", to: "2026-03-02") { load ctl atl } }'))["fitness"]
    assert day == {
        "load": pytest.approx(load, abs=0.051),
        "ctl": pytest.approx(load * 0.02353, abs=0.01),
        "atl": pytest.approx(load * 0.13312, abs=0.01),
    }
