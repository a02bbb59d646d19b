"""The examples of testing_payloads/ about publishing by plain HTTP, on a live server."""

import json

import httpx
import pytest

from tests.conftest import LiveServer
from tests.factories.story import FOLDER, Story, needs_curl
from tests.test_testing_payloads import OF_TRACKERS

EVENTS = '{ topic(name: "%s") { events(filter: { sources: ["bib 7"] }) { edges { node { payload } } } } }'


@pytest.fixture(scope="module")
def tracked(live_server: LiveServer) -> Story:
    """Told once, about a topic of its own: those of the other examples have an owner already."""
    story = Story(live_server, live_server.token("somebody with a phone"))
    query = 'mutation { createTopic(input: { name: "phone-tracker" }) { userErrors { message } } }'
    headers = {"authorization": f"Bearer {story.token}"}
    httpx.post(f"{live_server.url}/graphql", json={"query": query}, headers=headers)
    return story


@needs_curl
def test_lines_are_published_and_the_one_with_a_mistake_is_told(tracked: Story) -> None:
    command = ("sh", FOLDER / "publish_bulk.sh", "phone-tracker", FOLDER / "events.ndjson")
    first, second = (json.loads(tracked.run(*command)) for _ in range(2))
    assert [first[name] for name in ("received", "accepted", "malformed", "headOffset")] == [4, 3, 1, "3"]
    assert [error["line"] for error in first["errors"]] == [3]
    assert (second["accepted"], second["duplicates"]) == (0, 3)


@needs_curl
def test_a_phone_is_a_tracker_until_it_is_revoked(tracked: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = (FOLDER / "create_tracker.json").read_text().replace("forest-tracker", "phone-tracker")
    monkeypatch.setattr(tracked, "variables", lambda _: variables)
    made = tracked.ask("create_tracker")
    monkeypatch.undo()
    said = tracked.run("sh", FOLDER / "track_with_phone.sh", made["key"])
    assert said.split() == ["[]", "{}"]
    tracked.places["tracker"] = made["tracker"]["id"]
    assert tracked.ask("revoke_tracker")["tracker"]["revokedAt"] is not None
    assert set(tracked.answers) == OF_TRACKERS
    with pytest.raises(AssertionError, match="createTracker makes one"):
        tracked.run("sh", FOLDER / "track_with_phone.sh", made["key"])
    answer = httpx.post(
        f"{tracked.server.url}/graphql",
        json={"query": EVENTS % "phone-tracker"},
        headers={"authorization": f"Bearer {tracked.token}"},
    ).json()
    payloads = [edge["node"]["payload"] for edge in answer["data"]["topic"]["events"]["edges"]]
    assert [payload["speedMPerS"] for payload in payloads] == [3.056, 3.1]
