"""Who is asking, over HTTP: seen for the first time, renamed, and moved to another time zone."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work
from tests.factories.plan_requests import done, refused
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import imported_runs

READ = "{ viewer { id displayName email scopes timezone } }"
VIEWER = "viewer { id displayName timezone }"


async def viewer_of(athlete: Athlete) -> dict[str, Any]:
    viewer: dict[str, Any] = (await athlete.get(READ))["viewer"]
    return viewer


async def test_twenty_first_requests_at_once_meet_one_athlete(ada: Athlete, sql: asyncpg.Connection) -> None:
    answers = await asyncio.gather(*(ada.get("{ viewer { id displayName } }") for _ in range(20)))
    assert answers == [answers[0]] * 20
    name = answers[0]["viewer"]["displayName"]
    assert await sql.fetchval("select count(*) from athlete where display_name = $1", name) == 1


async def test_a_newcomer_lives_in_utc_and_sees_what_their_token_allows(athlete: Callable[..., Athlete]) -> None:
    viewer = await viewer_of(athlete("ada", scopes=["training:write", "events:read"]))
    assert viewer["timezone"] == "UTC"
    assert viewer["displayName"].startswith("ada ")
    assert viewer["scopes"] == ["events:read", "training:write"]


async def test_an_athlete_is_the_same_with_every_token(athlete: Callable[..., Athlete]) -> None:
    first, second = athlete("ada"), athlete("ada", scopes=["training:read"])
    assert (await viewer_of(first))["id"] == (await viewer_of(second))["id"]


@pytest.mark.parametrize(
    ("given", "shown"), [("  Ada Lovelace ", "Ada Lovelace"), ("Zoë ☀ 走る", "Zoë ☀ 走る"), ("x" * 100, "x" * 100)]
)
async def test_an_athlete_takes_another_name(ada: Athlete, given: str, shown: str) -> None:
    before = await viewer_of(ada)
    changed = await done(ada, "updateViewer", {"displayName": given}, VIEWER)
    assert changed["viewer"] == {"id": before["id"], "displayName": shown, "timezone": "UTC"}
    assert await viewer_of(ada) == before | {"displayName": shown}


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/Argentina/Buenos_Aires", "Pacific/Kiritimati", "Etc/GMT+5"])
async def test_an_athlete_moves_to_another_zone(ada: Athlete, zone: str) -> None:
    assert (await done(ada, "updateViewer", {"timezone": zone}, VIEWER))["viewer"]["timezone"] == zone


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"displayName": "  "}, "displayName", "1 to 100 visible characters"),
        ({"displayName": "x" * 101}, "displayName", "has 101"),
        ({"displayName": "a\x00b"}, "displayName", "control characters"),
        ({"timezone": "Zurich"}, "timezone", "Did you mean Europe/Zurich?"),
        ({"timezone": ""}, "timezone", "Europe/Zurich"),
        ({"timezone": "localtime"}, "timezone", "no such time zone"),
        ({"timezone": "../../etc/passwd"}, "timezone", "no such time zone"),
        ({"timezone": "UTC\x00"}, "timezone", "no such time zone"),
        ({"timezone": "+02:00"}, "timezone", "no such time zone"),
        ({"timezone": "CET"}, "timezone", "Use the zone of a city"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(ada: Athlete, given: Any, field: str, words: str) -> None:
    before = await viewer_of(ada)
    mistake = await refused(ada, "updateViewer", {"displayName": "Other"} | given, VIEWER)
    assert (mistake["code"], mistake["field"]) == ("INVALID", [field])
    assert words in mistake["message"]
    assert await viewer_of(ada) == before


async def test_an_empty_change_changes_nothing(ada: Athlete) -> None:
    before = await viewer_of(ada)
    await done(ada, "updateViewer", {"displayName": None, "timezone": None})
    assert await viewer_of(ada) == before


async def test_the_same_key_again_does_nothing(ada: Athlete) -> None:
    input = {"displayName": "First", "idempotencyKey": "once"}
    await done(ada, "updateViewer", input)
    await done(ada, "updateViewer", {"displayName": "Second"})
    again = await done(ada, "updateViewer", input, VIEWER)
    assert again["viewer"]["displayName"] == "Second", "the answer names the athlete, and reads them as they are now"


async def test_the_same_key_with_another_input_is_a_conflict(ada: Athlete) -> None:
    await done(ada, "updateViewer", {"displayName": "First", "idempotencyKey": "once"})
    mistake = await refused(ada, "updateViewer", {"displayName": "Second", "idempotencyKey": "once"}, VIEWER)
    assert (mistake["code"], mistake["field"]) == ("CONFLICT", ["idempotencyKey"])


async def test_a_name_and_a_zone_changed_at_once_are_both_kept(ada: Athlete) -> None:
    changes: list[dict[str, Any]] = [{"displayName": "Other"}, {"timezone": "Europe/Zurich"}] * 5
    await asyncio.gather(*(done(ada, "updateViewer", change) for change in changes))
    viewer = await viewer_of(ada)
    assert (viewer["displayName"], viewer["timezone"]) == ("Other", "Europe/Zurich")


async def test_a_reader_may_see_but_not_change_themselves(athlete: Callable[..., Athlete]) -> None:
    reader = athlete("reader", scopes=["training:read"])
    answer = await reader.ask('mutation { updateViewer(input: {displayName: "Other"}) { viewer { id } } }')
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert (await viewer_of(reader))["displayName"] != "Other"


async def test_nobody_sees_anybody_elses_viewer(ada: Athlete, bob: Athlete) -> None:
    ada_id = (await viewer_of(ada))["id"]
    read = "query($id: ID!) { node(id: $id) { id } }"
    assert await bob.get(read, id=ada_id) == {"node": None}
    assert await ada.get(read, id=ada_id) == {"node": {"id": ada_id}}


async def test_a_known_athlete_costs_no_statement_to_know(ada: Athlete, statements: Callable[[], Any]) -> None:
    await viewer_of(ada)
    async with statements() as sent:
        await viewer_of(ada)
    assert len(sent) == 1


async def test_the_hours_of_runs_are_told_by_the_clock_of_the_zone_that_an_athlete_moved_to(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file(minutes=20))
    first_hour = "select min(hour_of_day) from segment where athlete = $1"
    in_utc = await sql.fetchval(first_hour, await athlete_id_of(ada))
    await done(ada, "updateViewer", {"timezone": "Asia/Tokyo"})
    await work()
    assert await sql.fetchval(first_hour, await athlete_id_of(ada)) == pytest.approx(in_utc + 9)
