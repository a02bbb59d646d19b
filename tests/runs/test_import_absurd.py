"""Figures that no run has are set aside or refused; nothing that is stored is NaN, infinite or out of its column."""

from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported, imported_run, statuses
from tests.factories.recordings import fit_bytes, gpx_bytes, tcx_bytes

EVERYTHING = """query($id: ID!) { run(id: $id) { name startedAt distanceM movingTimeS elapsedTimeS ascentM descentM
    averagePaceSPerKm averageHeartRate maxHeartRate averageCadence withinTarget possibleDuplicates { id }
    laps { startS elapsedS timerS distanceM ascentM averageHeartRate maxHeartRate }
    bestEfforts { distanceM timeS paceSPerKm } importReport { deviceDistanceM deviceTimerS setAside { count } }
    track { timeS distanceM latitude longitude altitudeM speedMPerS heartRate cadence } } }"""
POINT = '<trkpt lat="{lat}" lon="{lon}"><ele>{ele}</ele><time>{time}</time></trkpt>'
NUMBERS = ["NaN", "INF", "-INF", "1e300", "-1e300", "1e-320", "99999999999", "-1", "0", "255", "", "abc", "١٢"]


def a_tcx(element: str, value: str) -> bytes:
    """A run of a minute whose middle point has another value in one element."""
    pieces = tcx_bytes(a_short_course()).decode().split(f"<{element}>")
    middle = len(pieces) // 2
    pieces[middle] = value + pieces[middle][pieces[middle].index("</") :]
    return f"<{element}>".join(pieces).encode()


def a_gpx(*points: tuple[float, float, float, str]) -> bytes:
    body = "".join(POINT.format(lat=lat, lon=lon, ele=ele, time=time) for lat, lon, ele, time in points)
    return f"<gpx><trk><type>running</type><trkseg>{body}</trkseg></trk></gpx>".encode()


async def all_of(athlete: Athlete, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = (await athlete.get(EVERYTHING, id=run_id))["run"]
    return run


@pytest.mark.parametrize("value", NUMBERS, ids=range(len(NUMBERS)))
@pytest.mark.parametrize(
    "element", ["DistanceMeters", "AltitudeMeters", "Value", "ns3:Speed", "ns3:RunCadence", "LatitudeDegrees"]
)
async def test_an_absurd_value_of_one_point_costs_no_more_than_itself(
    ada: Athlete, work: Work, element: str, value: str
) -> None:
    run = await all_of(ada, await imported_run(ada, work, "a.tcx", a_tcx(element, value)))
    assert run["elapsedTimeS"] == 60
    assert 100 < run["distanceM"] < 200
    assert run["maxHeartRate"] < 200


@pytest.mark.parametrize("value", NUMBERS, ids=range(len(NUMBERS)))
@pytest.mark.parametrize("element", ["TotalTimeSeconds", "DistanceMeters"])
async def test_an_absurd_lap_does_not_stop_a_run(ada: Athlete, work: Work, element: str, value: str) -> None:
    file = tcx_bytes(a_short_course()).decode()
    start = file.index(f"<{element}>") + len(element) + 2
    end = file.index("</", start)
    run_id = await imported_run(ada, work, "a.tcx", f"{file[:start]}{value}{file[end:]}".encode())
    assert len((await all_of(ada, run_id))["laps"]) == 1


@pytest.mark.parametrize("rate", [0, 255])
async def test_a_heart_rate_of_0_or_255_is_none(ada: Athlete, work: Work, rate: int) -> None:
    course = a_short_course()
    course.heart_rate_bpm[:] = rate
    run = await all_of(ada, await imported_run(ada, work, "a.fit", fit_bytes(course)))
    assert (run["averageHeartRate"], run["maxHeartRate"], run["track"]["heartRate"]) == (None, None, None)


async def test_zeros_of_place_and_height_are_data(ada: Athlete, work: Work) -> None:
    file = a_gpx((0, 0, 0, "2026-03-04T06:30:00Z"), (0, 0.001, 0, "2026-03-04T06:30:40Z"))
    track = (await all_of(ada, await imported_run(ada, work, "a.gpx", file)))["track"]
    assert (track["latitude"], track["longitude"], track["altitudeM"]) == ([0, 0], [0, 0.001], [0, 0])


async def test_a_point_ten_years_later_is_set_aside(ada: Athlete, work: Work) -> None:
    points = [(47, 8 + nth / 1e4, 400, f"2026-03-04T06:30:{nth:02}Z") for nth in range(10)]
    run_id = await imported_run(ada, work, "a.gpx", a_gpx(*points, (47, 8.1, 400, "2036-03-04T06:30:00Z")))
    run = await all_of(ada, run_id)
    assert (run["elapsedTimeS"], run["importReport"]["setAside"]) == (9, [{"count": 1}])


async def test_a_month_of_points_can_be_read_back(ada: Athlete, work: Work) -> None:
    points = [(47, 8.0 + day, 400, f"2026-03-{day:02}T00:00:00Z") for day in range(1, 31)]
    run = await all_of(ada, await imported_run(ada, work, "a.gpx", a_gpx(*points)))
    assert run["elapsedTimeS"] == 29 * 86_400
    assert (run["movingTimeS"], run["averagePaceSPerKm"]) == (0, None)


async def test_weeks_of_running_without_a_rest_are_refused_for_themselves_alone(ada: Athlete, work: Work) -> None:
    far = a_gpx(
        *(
            (47, 8 + nth / 100, 400, f"2026-03-{1 + nth // 144:02}T{nth // 6 % 24:02}:{nth % 6}0:00Z")
            for nth in range(26 * 144)
        )
    )
    job = await imported(ada, work, ("far.gpx", far), ("good.gpx", gpx_bytes(a_short_course(20))))
    assert statuses(job) == ["FAILED", "SUCCEEDED"]
    assert "beyond what any run can have" in job["items"][0]["message"]


async def test_a_run_of_less_than_ten_metres_has_no_pace(ada: Athlete, work: Work) -> None:
    file = a_gpx((47, 8, 400, "2026-03-04T06:30:00Z"), (47, 8.00001, 400, "2026-03-04T06:30:01Z"))
    assert (await all_of(ada, await imported_run(ada, work, "a.gpx", file)))["averagePaceSPerKm"] is None


values = st.sampled_from([*NUMBERS, "1e5", "47.05", "179.9999999", "440"]) | st.floats().map(str)
times = st.sampled_from(
    [
        *("1901-01-01T00:00:00Z", "2199-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "", "noon"),
        *(f"2026-03-04T06:30:{second:02}Z" for second in range(0, 60, 7)),
        *(f"2026-03-{day:02}T06:30:00.999Z" for day in range(1, 30, 9)),
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.lists(st.tuples(values, values, values, times), min_size=2, max_size=12))
async def test_whatever_the_numbers_are_the_job_ends_and_what_is_stored_can_be_read(
    ada: Athlete, work: Work, points: list[tuple[Any, Any, Any, str]]
) -> None:
    job = await imported(ada, work, ("a.gpx", a_gpx(*points)))
    (item,) = job["items"]
    assert job["finishedAt"]
    assert item["status"] in ("SUCCEEDED", "ALREADY_IMPORTED", "FAILED")
    assert "mistake" not in item["message"]
    if item["run"]:
        assert (await all_of(ada, item["run"]["id"]))["elapsedTimeS"] >= 0


async def test_no_number_in_the_tables_of_runs_is_nan_or_infinite(sql: asyncpg.Connection) -> None:
    columns = await sql.fetch("""select table_name, column_name from information_schema.columns
        where table_schema = 'public' and table_name in ('run', 'best_effort') and data_type = 'double precision'""")
    assert len(columns) >= 7
    for table, column in columns:
        odd = f"select count(*) from {table} where {column} in ('NaN', 'Infinity', '-Infinity')"
        assert await sql.fetchval(odd) == 0, f"{table}.{column}"
