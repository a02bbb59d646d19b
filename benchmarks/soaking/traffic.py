"""Athletes who behave: they read, and they write with idempotency keys, over lines that sometimes break."""

import asyncio
from datetime import UTC, datetime, timedelta

import orjson

from benchmarks.reading.reads import CAIRN_NESTED, CAIRN_SMALL
from benchmarks.soaking.target import Target, WrongAnswer

RECORD = """mutation Record($input: RecordRunInput!) { recordRun(input: $input) {
    run { id name } userErrors { code message } } }"""
PROGRESS = "{ plans(first: 5) { totalCount edges { node { name progress { completedWorkouts adherencePercent } } } } }"
FIRST = datetime(2026, 6, 1, tzinfo=UTC)


async def small_reads(target: Target, _number: int) -> None:
    """One run by its id."""
    await _get(target, CAIRN_SMALL, id=target.run_id)


async def nested_reads(target: Target, _number: int) -> None:
    """The page of the read benchmark."""
    await _get(target, CAIRN_NESTED)


async def other_reads(target: Target, number: int) -> None:
    """A document that nobody has sent before, so that the store has to let old ones go."""
    await _get(target, f"{PROGRESS} # {number}")


async def writes(target: Target, number: int) -> None:
    """One run under a key: told once, twice in a row, twice at once, or over a line that breaks."""
    key = f"soak {number}"
    target.attempted.add(key)
    match number % 5:
        case 0:
            await _record(target, key, number)
        case 1:
            await _record(target, key, number)
            await _record(target, key, number)
        case 2:
            await asyncio.gather(_record(target, key, number), _record(target, key, number))
        case 3:
            await _record_and_vanish(target, key, number)
            await _record(target, key, number)
        case 4:
            await _record_and_vanish(target, key, number)


def _request(key: str, number: int) -> dict[str, object]:
    began = (FIRST + timedelta(minutes=number)).isoformat()
    run = {"name": key, "startedAt": began, "distanceM": 5000 + number, "movingTimeS": 1800, "idempotencyKey": key}
    return {"query": RECORD, "variables": {"input": run}}


async def _record(target: Target, key: str, number: int) -> None:
    answer = await target.post(_request(key, number))
    payload = (answer.json().get("data") or {}).get("recordRun")
    if not payload or payload["userErrors"] or payload["run"]["name"] != key:
        raise WrongAnswer(f"{key}: {answer.text[:200]}")
    id = payload["run"]["id"]
    if target.acknowledged.setdefault(key, id) != id:
        raise WrongAnswer(f"{key} was answered with two runs")


async def _record_and_vanish(target: Target, key: str, number: int) -> None:
    _, writer = await target.open()
    writer.write(target.raw(orjson.dumps(_request(key, number))))
    await asyncio.sleep(0.001 * (number % 12))
    writer.transport.abort()


async def _get(target: Target, query: str, **variables: str) -> None:
    answer = await target.post({"query": query, "variables": variables})
    if answer.status_code != 200 or "errors" in answer.json():
        raise WrongAnswer(f"{answer.status_code} {answer.text[:200]}")
