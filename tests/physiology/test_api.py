"""What a runner's body can do, over HTTP: set from a day on, read as of a day, suggested by runs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.analysed_runs import a_run, an_effort, analysed, athlete_id_of
from tests.factories.plan_requests import done, refused

FIGURES = """validFrom sex massKg restingHeartRate maxHeartRate thresholdHeartRate thresholdPaceSPerKm
    criticalSpeedMPerS dPrimeM heartRateZoneMethod heartRateZones { number name fromBpm toBpm }"""
ALL = {
    "validFrom": "2026-03-01",
    "sex": "FEMALE",
    "massKg": 58.5,
    "restingHeartRate": 45,
    "maxHeartRate": 185,
    "thresholdHeartRate": 160,
    "thresholdPaceSPerKm": 250.0,
    "criticalSpeedMPerS": 4.1,
    "dPrimeM": 180.0,
}
ON = "query($on: Date) { viewer { physiology(on: $on) { validFrom maxHeartRate } } }"
LISTED = (
    """{ viewer { physiologies(first: 2) { edges { node { validFrom } } totalCount pageInfo { hasNextPage } } } }"""
)
SUGGESTED = """{ physiologySuggestions { since to
    criticalSpeedMPerS { value method why efforts { runId startedAt distanceM timeS } halfHour { runId } }
    dPrimeM { value } thresholdPaceSPerKm { value }
    thresholdHeartRate { value why efforts { runId } halfHour { runId startedAt heartRateBpm } } } }"""


async def set_(athlete: Athlete, **figures: Any) -> dict[str, Any]:
    payload = await done(athlete, "setPhysiology", figures, f"physiology {{ {FIGURES} }}")
    physiology: dict[str, Any] = payload["physiology"]
    return physiology


async def on(athlete: Athlete, day: str | None = None) -> dict[str, Any] | None:
    physiology: dict[str, Any] | None = (await athlete.get(ON, on=day))["viewer"]["physiology"]
    return physiology


async def test_what_is_set_is_answered_with_the_zones_that_follow(ada: Athlete) -> None:
    physiology = await set_(ada, **ALL)
    zones = physiology.pop("heartRateZones")
    assert physiology == ALL | {"heartRateZoneMethod": "THRESHOLD"}
    assert [(zone["number"], zone["fromBpm"], zone["toBpm"]) for zone in zones] == [
        (1, None, 136),
        (2, 136, 144),
        (3, 144, 152),
        (4, 152, 160),
        (5, 160, None),
    ]


async def test_figures_that_tell_no_zones_have_none(ada: Athlete) -> None:
    physiology = await set_(ada, massKg=60)
    assert (physiology["heartRateZoneMethod"], physiology["heartRateZones"]) == (None, [])


async def test_what_is_left_out_stays_and_null_clears(ada: Athlete) -> None:
    await set_(ada, **ALL)
    later = await set_(ada, validFrom="2026-04-01", thresholdHeartRate=None, sex=None, massKg=57)
    assert (later["thresholdHeartRate"], later["sex"], later["massKg"], later["maxHeartRate"]) == (None, None, 57, 185)
    assert later["heartRateZoneMethod"] == "RESERVE"


async def test_a_day_is_judged_by_the_latest_figures_up_to_it(ada: Athlete) -> None:
    for day, bpm in (("2026-03-01", 190), ("2026-05-01", 185)):
        await set_(ada, validFrom=day, maxHeartRate=bpm)
    days = ["2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01", "2030-01-01"]
    told = [await on(ada, day) for day in days]
    assert [physiology and physiology["maxHeartRate"] for physiology in told] == [None, 190, 190, 185, 185]


async def test_without_a_day_figures_hold_from_today_on_and_today_s_are_read(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    ahead = await sql.fetchval("select current_date + 200")
    await set_(ada, validFrom=str(ahead), maxHeartRate=180)
    assert await on(ada) is None
    today = (await set_(ada, maxHeartRate=190))["validFrom"]
    assert await on(ada) == {"validFrom": today, "maxHeartRate": 190}


async def test_today_is_told_by_the_athlete_s_own_clock(ada: Athlete) -> None:
    """It is always a day later on Kiritimati than where the sun sets last, or two."""
    await athlete_id_of(ada, timezone="Pacific/Kiritimati")
    await set_(ada, maxHeartRate=190)
    assert await on(ada) is not None
    await athlete_id_of(ada, timezone="Etc/GMT+12")
    assert await on(ada) is None


async def test_all_figures_are_listed_the_latest_day_first(ada: Athlete) -> None:
    for day in ("2026-03-01", "2026-05-01", "2025-01-01"):
        await set_(ada, validFrom=day, maxHeartRate=190)
    listed = (await ada.get(LISTED))["viewer"]["physiologies"]
    assert [edge["node"]["validFrom"] for edge in listed["edges"]] == ["2026-05-01", "2026-03-01"]
    assert (listed["totalCount"], listed["pageInfo"]["hasNextPage"]) == (3, True)


async def test_another_athlete_s_figures_are_not_seen(ada: Athlete, bob: Athlete) -> None:
    payload = await done(ada, "setPhysiology", ALL, "physiology { id }")
    assert await on(bob, "2026-04-01") is None
    assert (await bob.get(LISTED))["viewer"]["physiologies"]["totalCount"] == 0
    refetched = "query($id: ID!) { node(id: $id) { id } }"
    assert (await bob.get(refetched, id=payload["physiology"]["id"]))["node"] is None
    assert (await ada.get(refetched, id=payload["physiology"]["id"]))["node"] == payload["physiology"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"restingHeartRate": 24}, "restingHeartRate"),
        ({"maxHeartRate": 251}, "maxHeartRate"),
        ({"thresholdHeartRate": 185}, "thresholdHeartRate"),
        ({"thresholdPaceSPerKm": 4.3}, "thresholdPaceSPerKm"),
        ({"criticalSpeedMPerS": 15}, "criticalSpeedMPerS"),
        ({"dPrimeM": 10}, "dPrimeM"),
        ({"massKg": 1000}, "massKg"),
        ({"massKg": 60, "validFrom": "1899-12-31"}, "validFrom"),
        ({"massKg": 60, "validFrom": "9999-12-31"}, "validFrom"),
    ],
)
async def test_what_no_body_can_do_is_refused_and_changes_nothing(ada: Athlete, given: Any, field: str) -> None:
    await set_(ada, **ALL)
    mistake = await refused(ada, "setPhysiology", {"validFrom": "2026-03-01"} | given, "physiology { validFrom }")
    assert (mistake["code"], mistake["field"]) == ("INVALID", [field])
    assert mistake["message"].endswith(".")
    listed = (await ada.get(f"{{ viewer {{ physiologies {{ edges {{ node {{ {FIGURES} }} }} }} }} }}"))["viewer"]
    (only,) = (edge["node"] for edge in listed["physiologies"]["edges"])
    assert {name: only[name] for name in ALL} == ALL


async def test_nothing_at_all_is_refused(ada: Athlete) -> None:
    mistake = await refused(ada, "setPhysiology", {}, "physiology { validFrom }")
    assert (mistake["code"], mistake["message"]) == (
        "INVALID",
        "Give at least one figure; null says that it is not known any more.",
    )


async def test_the_same_key_again_gives_the_first_answer(ada: Athlete) -> None:
    input = {"maxHeartRate": 190, "idempotencyKey": "spring"}
    first = await done(ada, "setPhysiology", input, "physiology { id maxHeartRate }")
    await set_(ada, maxHeartRate=185)
    again = await done(ada, "setPhysiology", input, "physiology { id maxHeartRate }")
    assert again["physiology"] == {"id": first["physiology"]["id"], "maxHeartRate": 185}


async def test_deleted_figures_leave_the_day_to_those_before_them(ada: Athlete) -> None:
    await set_(ada, validFrom="2026-03-01", maxHeartRate=190)
    payload = await done(ada, "setPhysiology", {"validFrom": "2026-05-01", "maxHeartRate": 185}, "physiology { id }")
    gone = await done(ada, "deletePhysiology", {"validFrom": "2026-05-01"}, "deletedId")
    assert gone["deletedId"] == payload["physiology"]["id"]
    assert await on(ada, "2026-06-01") == {"validFrom": "2026-03-01", "maxHeartRate": 190}
    mistake = await refused(ada, "deletePhysiology", {"validFrom": "2026-05-01"}, "deletedId")
    assert (mistake["code"], mistake["field"]) == ("NOT_FOUND", ["validFrom"])


async def test_a_job_that_can_be_watched_analyses_the_runs_of_the_past_anew(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    who = await athlete_id_of(ada)
    await a_run(sql, who, datetime(2026, 2, 1, tzinfo=UTC), analysis_state="DONE")
    run = await a_run(sql, who, datetime(2026, 4, 1, tzinfo=UTC), analysis_state="DONE")
    await set_(ada, **ALL)
    (job,) = await sql.fetch("select id, kind from job where athlete = $1", who)
    told = (
        await ada.get("query($id: ID!) { job(id: $id) { kind items { run { id } } } }", id=node_id("Job", job["id"]))
    )["job"]
    assert told == {"kind": "ANALYSE_RUNS", "items": [{"run": {"id": node_id("Run", run)}}]}


@pytest.mark.parametrize("field", ["physiology { massKg }", "physiologies { totalCount }"])
async def test_figures_are_for_tokens_that_may_read_training(athlete: Callable[..., Athlete], field: str) -> None:
    query = f"{{ viewer {{ displayName {field} }} }}"
    assert "errors" not in await athlete("ada").ask(query)
    answer = await athlete("ada", scopes=["events:read"]).ask(query)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_suggestions_stand_on_the_athlete_s_own_runs(ada: Athlete, sql: asyncpg.Connection) -> None:
    who = await athlete_id_of(ada)
    run = await a_run(sql, who, await sql.fetchval("select now() - interval '1 day'"))
    for distance_m in (1000.0, 1609.344, 4500.0, 10_000.0):
        await an_effort(sql, who, run, distance_m, (distance_m - 180) / 4)
    await analysed(sql, who, run, half_hour_heart_rate=167.6)
    told = (await ada.get(SUGGESTED))["physiologySuggestions"]
    assert date.fromisoformat(told["to"]) - date.fromisoformat(told["since"]) == timedelta(days=89)
    speed, of_heart = told["criticalSpeedMPerS"], told["thresholdHeartRate"]
    assert (speed["value"], told["dPrimeM"]["value"], told["thresholdPaceSPerKm"]["value"]) == (4, 180, 250)
    assert [effort["distanceM"] for effort in speed["efforts"]] == [1000.0, 1609.344, 4500.0]
    assert {effort["runId"] for effort in speed["efforts"]} == {node_id("Run", run)}
    assert (of_heart["value"], of_heart["halfHour"]["heartRateBpm"]) == (168, 167.6)
    assert of_heart["halfHour"]["runId"] == node_id("Run", run)


async def test_without_runs_suggestions_say_what_to_run(ada: Athlete) -> None:
    told = (await ada.get(SUGGESTED))["physiologySuggestions"]
    assert told["criticalSpeedMPerS"]["value"] is None
    assert "1 km and 1 mile flat out" in told["criticalSpeedMPerS"]["why"]
    assert "heart-rate strap" in told["thresholdHeartRate"]["why"]


async def test_figures_are_read_in_the_viewer_s_one_statement(ada: Athlete, statements: Callable[[], Any]) -> None:
    await set_(ada, **ALL)
    query = f"{{ viewer {{ id physiology {{ {FIGURES} }} physiologies {{ edges {{ node {{ {FIGURES} }} }} }} }} }}"
    await ada.get(query)
    async with statements() as sent:
        await ada.get(query)
    assert len(sent) == 1
