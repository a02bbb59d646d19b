"""How tests ask about races over HTTP."""

from typing import Any

from tests.conftest import Athlete
from tests.factories.races import minute
from tests.factories.topics import a_topic

SET = """mutation($input: SetRaceInput!) { setRace(input: $input) {
    race { topic name startsAt distanceM hasProfile checkpoints { name distanceM } entries { runner name startsAt } }
    userErrors { code field message } } }"""
ADD = """mutation($input: AddRaceEntriesInput!) { addRaceEntries(input: $input) {
    race { entries { runner name } } userErrors { code field message } } }"""
REMOVE = """mutation($input: RemoveRaceEntriesInput!) { removeRaceEntries(input: $input) {
    race { entries { runner } } userErrors { code field message } } }"""
MARK = """mutation($input: MarkReadInput!) { markRead(input: $input) {
    headOffset userErrors { code field message } } }"""
STANDINGS = """query($topic: String!, $first: Int, $runners: [String!]) {
    liveStandings(topic: $topic, first: $first, runners: $runners) {
    topic asOfOffset asOf runnersOnCourse finished withdrawn ignoredEvents
    standings { runner name rank status lastCheckpoint lastSeenAt distanceM position { latitude longitude altitudeM at }
        splits { checkpoint distanceM at elapsedS legS legPaceSPerKm by doubtful eventId }
        next { checkpoint distanceM expectedAt basis cutoffAt } overdue overdueByS missedCutoff } } }"""
CHECKPOINTS = [
    {"name": "Start", "distanceM": 0},
    {"name": "Ridge", "distanceM": 5_000},
    {"name": "Refuge", "distanceM": 10_000, "latitude": 46.0, "longitude": 7.0},
    {"name": "Finish", "distanceM": 20_000},
]
ENTRIES = [{"runner": "1", "name": "Ada"}, {"runner": "2", "name": "Bo", "startsAt": "2026-03-07T08:10:00Z"}]
CLIMB = {"distanceM": [0, 10_000, 20_000], "altitudeM": [500, 500, 1_500]}


def a_race(topic: str, **more: Any) -> dict[str, Any]:
    race = {"topic": topic, "name": "Two Valleys", "startsAt": "2026-03-07T08:00:00Z"}
    return race | {"checkpoints": CHECKPOINTS, "entries": ENTRIES} | more


async def set_race(who: Athlete, topic: str, **more: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await who.get(SET, input=a_race(topic, **more)))["setRace"]
    return payload


async def add_entries(who: Athlete, topic: str, entries: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await who.get(ADD, input={"topic": topic, "entries": entries} | more))["addRaceEntries"]
    return payload


async def remove_entries(who: Athlete, topic: str, runners: list[str]) -> dict[str, Any]:
    payload: dict[str, Any] = (await who.get(REMOVE, input={"topic": topic, "runners": runners}))["removeRaceEntries"]
    return payload


async def a_race_topic(owner: Athlete, **more: Any) -> str:
    topic = await a_topic(owner, kind="RACE")
    assert (await set_race(owner, topic, **more))["userErrors"] == []
    return topic


def at(minutes: float) -> str:
    return minute(minutes).isoformat()


def a_read(event_id: str, runner: str, checkpoint: str, minutes: float) -> dict[str, Any]:
    payload = {"type": "read", "runner": runner, "checkpoint": checkpoint}
    return {"eventId": event_id, "occurredAt": at(minutes), "source": f"mat {checkpoint}", "payload": payload}


async def standings(who: Athlete, topic: str, first: int = 100, runners: list[str] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = (await who.get(STANDINGS, topic=topic, first=first, runners=runners))["liveStandings"]
    return told


async def splits(who: Athlete, topic: str) -> dict[str, list[tuple[str, float]]]:
    told = await standings(who, topic)
    return {
        one["runner"]: [(split["checkpoint"], split["elapsedS"] / 60) for split in one["splits"]]
        for one in told["standings"]
    }
