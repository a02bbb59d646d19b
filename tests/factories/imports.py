"""Imports as a client makes them and looks at them, and short runs to import."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.shared.node_ids import parse_node_id
from tests.conftest import Athlete
from tests.factories.recordings import Course, a_hilly_course

FIRST_START = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
FIELDS = """id kind status progress message error startedAt finishedAt
    items { fileName status message run { id name } }"""
JOB = f"query($id: ID!) {{ job(id: $id) {{ {FIELDS} }} }}"
UNDO = f"""mutation($input: JobIdInput!) {{ undoImport(input: $input) {{
    job {{ {FIELDS} }} userErrors {{ code field message }} }} }}"""
Work = Callable[[], Awaitable[None]]


def a_short_course(nth: int = 0, *, seconds: int = 60) -> Course:
    """A minute of running; every `nth` begins an hour after the one before it."""
    return a_hilly_course(seconds, FIRST_START + timedelta(hours=nth))


async def imported(athlete: Athlete, work: Work, *files: tuple[str, bytes], **more: Any) -> dict[str, Any]:
    """The job of these files after its end."""
    payload = await athlete.upload(*files, **more)
    assert payload["userErrors"] == [], payload
    await work()
    return await job_of(athlete, payload["job"]["id"])


async def imported_run(athlete: Athlete, work: Work, *file: Any) -> str:
    """The id of the one run in a file that must be imported."""
    (item,) = (await imported(athlete, work, file))["items"]
    assert item["status"] == "SUCCEEDED", item
    run_id: str = item["run"]["id"]
    return run_id


async def job_of(athlete: Athlete, job_id: str) -> dict[str, Any]:
    """A job as it is now."""
    job: dict[str, Any] = (await athlete.get(JOB, id=job_id))["job"]
    return job


async def undone(athlete: Athlete, job_id: str, **more: Any) -> dict[str, Any]:
    """What undoImport answers."""
    answer = await athlete.get(UNDO, input={"id": job_id, **more})
    payload: dict[str, Any] = answer["undoImport"]
    return payload


async def names_of_runs(athlete: Athlete) -> list[str]:
    """The names of an athlete's runs, oldest first."""
    runs = await athlete.get("{ runs(first: 100, orderBy: STARTED_AT_ASC) { edges { node { name } } } }")
    return [edge["node"]["name"] for edge in runs["runs"]["edges"]]


def statuses(job: dict[str, Any]) -> list[str]:
    """How a job's files ended."""
    return [item["status"] for item in job["items"]]


def key_of(node_id: str) -> UUID:
    """The id of a row behind a client's id."""
    parsed = parse_node_id(node_id)
    assert parsed is not None
    return parsed[1]
