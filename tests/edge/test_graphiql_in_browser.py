"""What a runner sees who opens the page: the first query works, and nothing leaves for anywhere else."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import Athlete, LiveServer
from tests.edge.chromium import Page, a_chromium, a_page, chromium_path
from tests.factories.imports import a_short_course
from tests.factories.recordings import fit_bytes

QUERY = "document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror"
VARIABLES = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[0].CodeMirror"
HEADERS = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1].CodeMirror"
RESPONSE = "document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue()"
TITLES = "[...document.querySelectorAll('.graphiql-tab-button')].map(tab => tab.textContent)"
TABS = [
    "Welcome",
    "CreatePlan",
    "AddWorkouts",
    "FollowPlan",
    "LookIntoRun",
    "WatchJob",
    "SetPhysiology",
    "Stretches",
    "WatchRuns",
    "CreateTopic",
    "PublishEvents",
    "ReadTopic",
    "WatchTopic",
    "WatchRace",
    "DrawCourse",
    "Push",
    "WatchPush",
    "ThrottleSteps",
]
FILES = 60  # an import that goes on for longer than it takes to press two keys


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[str]:
    path = chromium_path()
    if path is None:
        pytest.skip("There is no Chromium here, and it could not be installed: the page is not tried in a browser.")
    async with a_chromium(path) as chromium:
        yield chromium


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Page]:
    async with a_page(chromium) as page:
        yield page


@pytest.fixture
async def graphiql(browser: Page, live_server: LiveServer) -> Page:
    await open_graphiql(browser, live_server)
    return browser


async def open_graphiql(browser: Page, live_server: LiveServer) -> None:
    await browser.go_to(f"{live_server.url}/graphql")
    await browser.wait_for(f"{QUERY}?.getValue()")


async def run(graphiql: Page) -> None:
    await graphiql.press_ctrl_enter()
    await graphiql.wait_for(f"{RESPONSE}.trim()")


async def choose_tab(graphiql: Page, title: str) -> None:
    await graphiql.evaluate(f"document.querySelectorAll('.graphiql-tab-button')[{TABS.index(title)}].click()")
    await graphiql.wait_for(f"{QUERY}.operationName === {json.dumps(title)}")  # which GraphiQL finds out a little later


async def test_the_first_query_works_without_anything_being_typed(graphiql: Page) -> None:
    await run(graphiql)
    answer = json.loads(await graphiql.evaluate(RESPONSE))
    assert "errors" not in answer
    assert answer["data"]["viewer"]["displayName"]


async def test_nothing_is_asked_of_another_host(graphiql: Page, live_server: LiveServer) -> None:
    await run(graphiql)
    asked = {urlsplit(url).netloc for url in graphiql.requested if not url.startswith("data:")}
    assert asked == {urlsplit(live_server.url).netloc}


async def test_the_console_stays_clean(graphiql: Page) -> None:
    await run(graphiql)
    for button in ("Open settings dialog", "Show Documentation Explorer", "Show GraphiQL Explorer"):
        await graphiql.evaluate(f"document.querySelector('[aria-label=\"{button}\"]').click()")
    assert graphiql.complaints == []


async def test_examples_stand_in_the_tabs(graphiql: Page) -> None:
    assert await graphiql.evaluate(TITLES) == TABS


async def test_the_dates_of_an_example_begin_today(graphiql: Page) -> None:
    await choose_tab(graphiql, "CreatePlan")
    today = await graphiql.evaluate("new Date().toLocaleDateString('sv')")
    assert json.loads(await graphiql.evaluate(f"{VARIABLES}.getValue()"))["input"]["startDate"] == today


async def test_a_plan_can_be_made_as_the_example_stands(graphiql: Page) -> None:
    await choose_tab(graphiql, "CreatePlan")
    await run(graphiql)
    answer = json.loads(await graphiql.evaluate(RESPONSE))
    assert answer["data"]["createPlan"]["userErrors"] == []
    assert answer["data"]["createPlan"]["plan"]["id"]


async def import_of_the_local_athlete(live_server: LiveServer, first: int) -> str:
    """The id of a job that has just begun; its runs are those from the `first` hour on."""
    files = [(f"run {nth:02}.fit", fit_bytes(a_short_course(first + nth))) for nth in range(FILES)]
    headers = {"authorization": f"Bearer {live_server.token()}"}
    async with httpx.AsyncClient(base_url=live_server.url, headers=headers) as http:
        payload = await Athlete("runner", headers["authorization"], http).upload(*files)
    job_id: str = payload["job"]["id"]
    return job_id


async def watch(graphiql: Page, live_server: LiveServer, first: int) -> list[str]:
    """Every status that the response pane showed of a job that went on meanwhile, in turn."""
    await choose_tab(graphiql, "WatchJob")
    pane = RESPONSE.removesuffix(".getValue()")
    note = "shown.push(JSON.parse(pane.getValue()).data.job.status)"
    changed = f"pane.on('change', () => pane.getValue().trim() && {note})"
    await graphiql.evaluate(f"(() => {{ const pane = {pane}; const shown = window.shown = []; {changed} }})()")
    job = json.dumps({"id": await import_of_the_local_athlete(live_server, first)})
    await graphiql.evaluate(f"{VARIABLES}.setValue({json.dumps(job)})")
    await run(graphiql)
    await graphiql.wait_for("!['QUEUED', 'RUNNING'].includes(window.shown.at(-1))", at_most_s=60)
    shown: list[str] = await graphiql.evaluate("window.shown")
    return shown


async def test_a_job_is_seen_to_go_on_and_to_end(graphiql: Page, live_server: LiveServer) -> None:
    shown = await watch(graphiql, live_server, 0)
    assert "RUNNING" in shown[:-1]
    assert shown[-1] == "SUCCEEDED"


async def test_the_end_of_a_job_stays_in_the_response_pane(graphiql: Page, live_server: LiveServer) -> None:
    await watch(graphiql, live_server, FILES)
    job = json.loads(await graphiql.evaluate(RESPONSE))["data"]["job"]
    assert (job["progress"], len(job["items"])) == (1, FILES)


async def test_what_a_second_window_publishes_is_seen_in_the_first(
    graphiql: Page, chromium: str, live_server: LiveServer
) -> None:
    await choose_tab(graphiql, "CreateTopic")
    await run(graphiql)
    topic = json.loads(await graphiql.evaluate(RESPONSE))["data"]["createTopic"]["topic"]
    await choose_tab(graphiql, "WatchTopic")
    watched = json.dumps({"topic": topic["name"], "after": topic["headCursor"]})
    await graphiql.evaluate(f"{VARIABLES}.setValue({json.dumps(watched)})")
    await graphiql.press_ctrl_enter()
    async with a_page(chromium) as second:
        await open_graphiql(second, live_server)
        await choose_tab(second, "PublishEvents")
        await run(second)
    await graphiql.wait_for(f"{RESPONSE}.includes('phone-2')")


async def test_a_subscription_carries_the_token_of_the_headers(graphiql: Page) -> None:
    await choose_tab(graphiql, "WatchJob")
    await run(graphiql)
    headers = json.loads(await graphiql.evaluate(f"{HEADERS}.getValue()"))
    assert headers["Authorization"].startswith("Bearer ")
    assert json.loads(graphiql.sent_frames[0]) == {"type": "connection_init", "payload": headers}


async def test_the_browser_keeps_no_token(graphiql: Page) -> None:
    await run(graphiql)
    await graphiql.wait_for("localStorage.getItem('cairn:graphiql:queries')")
    assert "Bearer" not in await graphiql.evaluate("JSON.stringify(localStorage)")


async def test_opened_again_it_has_the_token_of_the_day(graphiql: Page, live_server: LiveServer) -> None:
    await run(graphiql)
    await choose_tab(graphiql, "FollowPlan")
    await graphiql.evaluate(f'{HEADERS}.setValue(\'{{"Authorization": "Bearer of yesterday"}}\')')
    await graphiql.wait_for("JSON.parse(localStorage.getItem('cairn:graphiql:tabState'))?.activeTabIndex === 3")
    await open_graphiql(graphiql, live_server)
    assert await graphiql.evaluate(TITLES) == TABS
    assert "yesterday" not in await graphiql.evaluate(f"{HEADERS}.getValue()")
    await choose_tab(graphiql, "Welcome")
    await run(graphiql)
    assert json.loads(await graphiql.evaluate(RESPONSE))["data"]["viewer"]["displayName"]


async def test_opened_again_untouched_it_shows_the_examples_alone(graphiql: Page, live_server: LiveServer) -> None:
    await graphiql.wait_for("localStorage.getItem('cairn:graphiql:tabState')")
    await open_graphiql(graphiql, live_server)
    assert await graphiql.evaluate(TITLES) == TABS


async def test_an_operation_from_the_history_is_signed_with_the_token_of_the_day(
    graphiql: Page, live_server: LiveServer
) -> None:
    await run(graphiql)
    await graphiql.wait_for("localStorage.getItem('cairn:graphiql:queries')")
    await open_graphiql(graphiql, live_server)
    before = await graphiql.evaluate(f"{HEADERS}.getValue()")
    await graphiql.evaluate("document.querySelector('[aria-label=\"Show History\"]').click()")
    await graphiql.wait_for("document.querySelector('.graphiql-history-item-label')")
    await graphiql.evaluate("document.querySelector('.graphiql-history-item-label').click()")
    assert await graphiql.evaluate(f"{HEADERS}.getValue()") == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_follow_the_system(browser: Page, live_server: LiveServer, scheme: str) -> None:
    await browser.prefer(scheme)
    await open_graphiql(browser, live_server)
    red = "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor.match(/\\d+/g)[0]"
    assert await browser.evaluate(f"{red} < 128 ? 'dark' : 'light'") == scheme
