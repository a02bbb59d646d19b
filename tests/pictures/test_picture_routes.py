"""Pictures over HTTP: to the run's own athlete, drawn from what is stored, and refused as the run's file is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import httpx
import pytest

from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported_run, key_of
from tests.factories.recordings import fit_bytes
from tests.factories.run_requests import recorded, told
from tests.pictures.reading import SVG, is_finite, parsed, shapes_of, words_of

FIT = fit_bytes(a_short_course())
PICTURES = ["profile.svg", "zones.svg"]
STRETCH = """
insert into segment (id, athlete, run, run_started_at, ordinal, start_m, end_m, start_s, duration_s, moving_s, ascent_m,
    descent_m, ascent_before_m, descent_before_m, mean_grade, grade_band, movement, speed_m_per_s, graded_speed_m_per_s,
    hour_of_day, efficiency, reason)
select $2, athlete, id, started_at, $3, ($3 - 1) * 30, $3 * 30, 0, 10, 10, 0, 0, 0, 0, 0.05, 2, 'RUNNING', 3, 3, 6,
    case when $4::text is null then 1.5 end, $4
from run where id = $1
"""
RANKS = """
insert into run_zone (run, athlete, method, computed_at, similars_rank, similars_count, grade_rank, grade_count)
select id, athlete, $2, now(), $3, $4, $5, $6 from run where id = $1
"""


async def picture(athlete: Athlete, run_id: str, name: str, **asked: str) -> httpx.Response:
    return await athlete.http.get(f"/runs/{run_id}/{name}", params=asked)


def code(response: httpx.Response) -> str:
    told: str = response.json()["errors"][0]["extensions"]["code"]
    return told


async def understood(sql: asyncpg.Connection, run_id: str, *reasons: str | None) -> UUID:
    """Store an analysis of the run, with a stretch of 30 m for each of `reasons`, as it would be without zones."""
    run = key_of(run_id)
    for table in ("segment", "run_zone"):
        await sql.execute(f"delete from {table} where run = $1", run)
    await sql.execute("update run set analysis_state = 'DONE' where id = $1", run)
    speeds = "graded_speed_mm_per_s = array_fill(3000, array[cardinality(time_ds)])"
    await sql.execute(f"update run_stream set {speeds} where run = $1", run)
    for ordinal, reason in enumerate(reasons, 1):
        await sql.execute(STRETCH, run, uuid5(run, str(ordinal)), ordinal, reason)
    return run


@pytest.mark.parametrize("name", PICTURES)
async def test_a_run_has_pictures_as_soon_as_it_is_imported(ada: Athlete, work: Work, name: str) -> None:
    response = await picture(ada, await imported_run(ada, work, "a.fit", FIT), name)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    assert is_finite(response.text)


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_is_kept_by_nobody_and_runs_nothing(ada: Athlete, name: str) -> None:
    headers = (await picture(ada, (await recorded(ada))["id"], name)).headers
    assert headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"


async def test_a_run_by_hand_is_told_to_have_no_recording(ada: Athlete) -> None:
    response = await picture(ada, (await recorded(ada))["id"], "profile.svg")
    assert "This run was entered by hand: there is no recording to draw." in words_of(response.text)


async def test_the_zone_of_each_stretch_is_that_of_its_rank(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    run = await understood(sql, run_id, "WARM_UP", None, None, None, None)
    await sql.execute(
        RANKS, run, "NATIVE", [0, 1, 15, 25, 3], [0, 25, 25, 25, 9], [0, 40, 1, 20, 1], [0, 40, 40, 40, 9]
    )
    profile = await picture(ada, run_id, "profile.svg")
    assert [style for style, _ in shapes_of(profile.text, "polygon")] == ["none", "z1", "z3", "z5", "none"]
    columns = [told for _, told in shapes_of((await picture(ada, run_id, "zones.svg")).text, "rect") if "+5 %" in told]
    assert columns == [
        "+5 %: 30 m, very low",
        "+5 %: 30 m, medium",
        "+5 %: 30 m, very high",
        "+5 %: 30 m, the first 5 minutes, never judged",
        "+5 %: 30 m, too few stretches to compare with yet",
    ]


async def test_the_method_that_is_asked_for_is_drawn(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    run = await understood(sql, run_id, None)
    await sql.execute(RANKS, run, "NATIVE", [1], [25], [1], [25])
    await sql.execute(RANKS, run, "TRAILMETRICS", [3], [3], [3], [3])
    styles = [
        [style for style, _ in shapes_of((await picture(ada, run_id, "profile.svg", **asked)).text, "polygon")]
        for asked in ({}, {"method": "NATIVE"}, {"method": "TRAILMETRICS"})
    ]
    assert styles == [["z1"], ["z1"], ["z5"]]


async def test_stretches_that_zones_have_not_come_to_are_told_so(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    await understood(sql, run_id, None, "NO_HEART_RATE")
    words = words_of((await picture(ada, run_id, "zones.svg")).text)
    assert {"zones not worked out yet", "no heart rate recorded"} <= set(words)


async def test_the_lines_are_those_of_the_recording(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    await understood(sql, run_id, None)
    response = await picture(ada, run_id, "profile.svg")
    lines = {path.get("class"): path.get("d", "") for path in parsed(response.text).iter(f"{SVG}path")}
    assert set(lines) == {"ridge", "curve heart", "curve pace"}
    assert lines["ridge"].count(",") == 61
    assert {"440", "150", "5:30"} <= set(words_of(response.text))  # 3 m/s are 5:33 a kilometre


async def test_a_long_recording_is_drawn_by_some_hundred_points(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    many = "array(select g from generate_series(0, 4000) g)"
    await sql.execute(
        f"update run_stream set time_ds = {many}, distance_dm = {many}, altitude_dm = {many}, latitude_e7 = null, "
        "longitude_e7 = null, speed_mm_per_s = null, heart_rate_bpm = null, cadence_spm = null, moving_ms = null, "
        "grade_e4 = null, graded_speed_mm_per_s = null, d_prime_balance_dm = null where run = $1",
        key_of(run_id),
    )
    root = parsed((await picture(ada, run_id, "profile.svg")).text)
    (ridge,) = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "ridge"]
    assert ridge.count(",") == 800


async def test_a_picture_is_one_statement(ada: Athlete, work: Work, statements: Any) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    async with statements() as sent:
        await picture(ada, run_id, "profile.svg")
    assert len(sent) == 1, sent


async def test_the_day_is_that_of_the_athlete_s_time_zone(ada: Athlete) -> None:
    await ada.get('mutation { updateViewer(input: {timezone: "Pacific/Auckland"}) { userErrors { message } } }')
    run_id = (await recorded(ada, startedAt="2026-03-04T20:00:00Z"))["id"]
    assert words_of((await picture(ada, run_id, "profile.svg")).text)[1].startswith("5 March 2026 · ")


async def test_a_name_may_be_hostile(ada: Athlete) -> None:
    name = "</text><script>alert(1)</script>"
    run_id = (await recorded(ada, name=name))["id"]
    response = await picture(ada, run_id, "profile.svg")
    assert words_of(response.text)[0] == name
    assert not list(parsed(response.text).iter(f"{SVG}script"))


@pytest.mark.parametrize("name", PICTURES)
async def test_a_theme_may_be_asked_for(ada: Athlete, name: str) -> None:
    run_id = (await recorded(ada))["id"]
    assert "prefers-color-scheme" in (await picture(ada, run_id, name)).text
    dark = (await picture(ada, run_id, name, theme="dark")).text
    assert "prefers-color-scheme" not in dark
    assert "#14181d" in dark


@pytest.mark.parametrize("asked", [{"theme": "sepia"}, {"theme": ""}, {"method": "native"}, {"method": "MAGIC"}])
async def test_what_cannot_be_asked_for_is_refused_with_what_can(ada: Athlete, asked: dict[str, str]) -> None:
    response = await picture(ada, (await recorded(ada))["id"], "zones.svg", **asked)
    assert (response.status_code, code(response)) == (400, "BAD_USER_INPUT")
    choices = "light, dark" if "theme" in asked else "NATIVE, TRAILMETRICS"
    assert choices in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", PICTURES)
async def test_a_stranger_is_shown_nothing(ada: Athlete, name: str) -> None:
    run_id = (await recorded(ada))["id"]
    async with httpx.AsyncClient(transport=ada.http._transport, base_url="http://test") as stranger:
        for headers in ({}, {"authorization": "Bearer nonsense"}):
            response = await stranger.get(f"/runs/{run_id}/{name}", headers=headers)
            assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")
            assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("name", PICTURES)
async def test_another_athletes_run_cannot_be_told_from_none(ada: Athlete, bob: Athlete, name: str) -> None:
    theirs = (await recorded(ada))["id"]
    for id in (theirs, "nonsense", "Run:01a1fc64-1a20-7000-920a-5b50461644f3", theirs.replace("Run", "Plan")):
        response = await picture(bob, id, name)
        assert (response.status_code, code(response)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_needs_the_scope_to_read(athlete: Callable[..., Athlete], name: str) -> None:
    response = await picture(athlete("writer", scopes=["training:write"]), "nonsense", name)
    assert (response.status_code, code(response)) == (403, "FORBIDDEN")


async def test_pictures_go_with_their_run(ada: Athlete) -> None:
    run_id = (await recorded(ada))["id"]
    await told(ada, "deleteRun", id=run_id)
    assert (await picture(ada, run_id, "profile.svg")).status_code == 404
