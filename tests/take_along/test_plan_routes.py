"""Plans to take along over HTTP: to their own athlete, computed away from the event loop, and refused in words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid5

import fitdecode
import httpx
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.courses.model import CourseGround, CourseId
from domain.courses.ports import CourseRepository
from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import ThrottlePlanRepository
from domain.shared.node_ids import id_of, node_id
from tests.conftest import Athlete
from tests.factories.pages import pages_read
from tests.factories.plans_to_take import a_ground, a_plan_to_take, without_positions
from tests.pictures.reading import SVG, parsed, words_of

TYPES = {
    "pdf": "application/pdf",
    "gpx": "application/gpx+xml",
    "fit": "application/vnd.ant.fit",
    "svg": "image/svg+xml",
}
Planned = Callable[..., str]


@pytest.fixture
def planned(app: Starlette) -> Callable[..., object]:
    """Stores a plan of an athlete's, over a course called `name`; answers its id."""

    async def store(of: Athlete, ground: CourseGround | None = None, name: str = "Two Hills, 20 km") -> str:
        athlete_id = id_of("Viewer", (await of.get("{ viewer { id } }"))["viewer"]["id"])
        assert athlete_id is not None
        taken = a_plan_to_take(ground or a_ground(20_000, 4_000), name=name)
        course = replace(taken.course, id=CourseId(uuid5(athlete_id, "course")), athlete_id=athlete_id)
        plan = replace(
            taken.plan, id=ThrottlePlanId(uuid5(athlete_id, "plan")), athlete_id=athlete_id, course_id=course.id
        )
        async with Container(app.state.registry) as services:
            courses, plans = await services.aget(CourseRepository, ThrottlePlanRepository)
            await courses.add(course, taken.ground, once=None)
            await plans.add(plan, once=None)
        return node_id("ThrottlePlan", plan.id)

    return store


async def fetched(athlete: Athlete, plan_id: str, suffix: str, **asked: str) -> httpx.Response:
    return await athlete.http.get(f"/throttle-plans/{plan_id}.{suffix}", params=asked)


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("suffix", TYPES)
async def test_a_plan_comes_in_every_format_under_its_course_s_name(
    ada: Athlete, planned: Planned, suffix: str
) -> None:
    response = await fetched(ada, await planned(ada), suffix)
    assert response.status_code == 200
    assert response.headers["content-type"] == TYPES[suffix]
    assert response.headers["content-disposition"].partition("; ")[2] == (
        f"filename=\"Two Hills, 20 km.{suffix}\"; filename*=UTF-8''Two%20Hills%2C%2020%20km.{suffix}"
    )
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("suffix", TYPES)
async def test_another_s_plan_and_an_unknown_one_are_not_told_apart(
    ada: Athlete, bob: Athlete, planned: Planned, suffix: str
) -> None:
    another_s = await fetched(bob, await planned(ada), suffix)
    unknown = await fetched(bob, node_id("ThrottlePlan", UUID(int=7)), suffix)
    no_id = await fetched(bob, "nothing", suffix)
    assert refused(another_s) == (404, "NOT_FOUND")
    messages = [response.json()["errors"][0]["message"] for response in (another_s, unknown, no_id)]
    assert len(set(messages)) == 1


async def test_a_stranger_gets_no_plan(ada: Athlete, planned: Planned) -> None:
    response = await ada.http.get(f"/throttle-plans/{await planned(ada)}.pdf", headers={"authorization": ""})
    assert refused(response) == (401, "UNAUTHENTICATED")


async def test_a_token_without_the_scope_gets_no_plan(athlete: Callable[..., Athlete]) -> None:
    publisher = athlete("publisher", scopes=["events:publish"])
    assert refused(await fetched(publisher, node_id("ThrottlePlan", UUID(int=7)), "gpx")) == (403, "FORBIDDEN")


async def test_a_picture_of_a_plan_runs_nothing_and_keeps_to_its_theme(ada: Athlete, planned: Planned) -> None:
    plan_id = await planned(ada)
    response = await fetched(ada, plan_id, "svg", theme="dark")
    assert response.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "@media" not in response.text
    assert "@media" in (await fetched(ada, plan_id, "svg")).text


async def test_a_picture_shows_the_plan_as_it_is_stored(ada: Athlete, planned: Planned) -> None:
    response = await fetched(ada, await planned(ada), "svg")
    assert "Least time · 20.0 km · 1,200 m up, 1,200 m down · 2:32:20 ± 7:00" in words_of(response.text)


async def test_a_page_tells_the_athlete_s_own_clock(ada: Athlete, planned: Planned, tmp_path: Path) -> None:
    await ada.get('mutation { updateViewer(input: {timezone: "America/Denver"}) { userErrors { code } } }')
    response = await fetched(ada, await planned(ada), "pdf")
    assert "starts 3 July 2026, 22:00 (America/Denver)" in pages_read(response.content, tmp_path)[0]


@pytest.mark.parametrize(
    ("asked", "kind", "target"),
    [
        ({}, "course", None),
        ({"kind": "course"}, "course", None),
        ({"kind": "workout"}, "workout", "heart_rate"),
        ({"kind": "workout", "target": "speed"}, "workout", "speed"),
    ],
)
async def test_a_fit_file_is_the_course_or_the_workout(
    ada: Athlete, planned: Planned, asked: dict[str, str], kind: str, target: str | None
) -> None:
    response = await fetched(ada, await planned(ada, a_ground(20_000, 100)), "fit", **asked)
    with fitdecode.FitReader(response.content) as reader:
        frames = [frame for frame in reader if isinstance(frame, fitdecode.FitDataMessage)]
    assert frames[0].get_value("type") == kind
    assert next((one.get_value("target_type") for one in frames if one.name == "workout_step"), None) == target
    assert (" workout.fit" in response.headers["content-disposition"]) == (kind == "workout")


@pytest.mark.parametrize(("suffix", "asked"), [("svg", "theme"), ("fit", "kind"), ("fit", "target")])
async def test_a_choice_that_there_is_not_is_refused(ada: Athlete, planned: Planned, suffix: str, asked: str) -> None:
    response = await fetched(ada, await planned(ada), suffix, **{asked: "sideways"})
    assert refused(response) == (400, "BAD_USER_INPUT")
    assert f"`{asked}` must be one of " in response.text


async def test_a_course_without_positions_leads_no_watch_and_says_what_does(ada: Athlete, planned: Planned) -> None:
    plan_id = await planned(ada, without_positions(a_ground(20_000, 100)))
    assert refused(await fetched(ada, plan_id, "gpx")) == (409, "NOT_ALLOWED_NOW")
    assert refused(await fetched(ada, plan_id, "fit")) == (409, "NOT_ALLOWED_NOW")
    for suffix, asked in (("pdf", {}), ("svg", {}), ("fit", {"kind": "workout"})):
        assert (await fetched(ada, plan_id, suffix, **asked)).status_code == 200


@pytest.mark.parametrize("name", ["</title><script>alert(1)</script>", '"; filename="x.exe', "漢字 🏃"])
async def test_a_hostile_course_harms_no_file(ada: Athlete, planned: Planned, name: str) -> None:
    plan_id = await planned(ada, a_ground(20_000, 100), name)
    for suffix in TYPES:
        response = await fetched(ada, plan_id, suffix)
        assert response.status_code == 200
        assert response.headers["content-disposition"].count('"') == 2
    picture = parsed((await fetched(ada, plan_id, "svg")).text)
    assert picture.findtext(f"{SVG}title") == name
    assert not list(picture.iter(f"{SVG}script"))
