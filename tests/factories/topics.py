"""Topics and events, made and read the way that clients do."""

from itertools import count
from typing import Any

from tests.conftest import Athlete

CREATE = """mutation($input: CreateTopicInput!) { createTopic(input: $input) {
    topic { id name kind retentionDays compacted headOffset headCursor mayPublish createdAt }
    userErrors { code field message } } }"""
UPDATE = """mutation($input: UpdateTopicInput!) { updateTopic(input: $input) {
    topic { name retentionDays compacted } userErrors { code field message } } }"""
PUBLISH = """mutation($input: PublishEventsInput!) { publishEvents(input: $input) {
    accepted duplicates conflicting headOffset userErrors { code field message } } }"""
OCCURRED = "2026-11-01T09:00:00.000Z"
_NUMBERS = count()


def a_name(athlete: Athlete) -> str:
    """A name that no other topic has: all tests share one installation."""
    return f"{athlete.name}-{athlete.token[-12:].lower().strip('_-')}-{next(_NUMBERS)}".replace("--", "-")


def an_event(event_id: str = "e1", **more: Any) -> dict[str, Any]:
    """An event that breaks no rule."""
    return {"eventId": event_id, "occurredAt": OCCURRED, "source": "mat 1", "payload": {"bib": 7}} | more


def events(number: int, *, sources: int = 1, first: int = 1) -> list[dict[str, Any]]:
    """So many events, their sources taking turns."""
    return [an_event(f"e{at}", source=f"s{at % sources}") for at in range(first, first + number)]


async def a_topic(owner: Athlete, **more: Any) -> str:
    """The name of a new topic."""
    name = a_name(owner)
    payload = (await owner.get(CREATE, input={"name": name} | more))["createTopic"]
    assert payload["userErrors"] == []
    return name


async def publish(who: Athlete, topic: str, events: list[Any], **more: Any) -> dict[str, Any]:
    """The payload of publishEvents."""
    payload: dict[str, Any] = (await who.get(PUBLISH, input={"topic": topic, "events": events} | more))["publishEvents"]
    return payload


async def viewer_id(athlete: Athlete) -> str:
    """The athlete's global id."""
    return str((await athlete.get("{ viewer { id } }"))["viewer"]["id"])


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", ())]
