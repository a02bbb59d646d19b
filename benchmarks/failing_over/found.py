"""What is in the database at the end, asked past everything that failed over."""

import asyncio
import time
from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg

from benchmarks.failing_over.clients import plans_of, workouts_of
from benchmarks.failing_over.history import Found
from domain.shared.node_ids import parse_node_id

PLANS = "select name from plan where athlete = $1"
WORKOUTS = "select workout.name from workout join plan on plan.id = workout.plan where plan.athlete = $1"
EVENTS = """
select event_id from event join topic on topic.id = event.topic where topic.name = $1 order by event.feed_offset
"""
JOBS = "select id, status from job where id = any($1)"
UNENDED = "select count(*) from job where status in ('QUEUED', 'RUNNING') and athlete = any($1)"
ENDED_WITHIN_S = 60.0


async def wait_for_jobs(url: str, athletes: Collection[UUID]) -> None:
    """Wait until no job of theirs is left to do; or for long enough."""
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        deadline = time.monotonic() + ENDED_WITHIN_S
        while time.monotonic() < deadline and await connection.fetchval(UNENDED, list(athletes)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def look(url: str, planners: Mapping[str, UUID], topics: Collection[str], jobs: Collection[str]) -> Found:
    """What planners (by name) have, what stands in topics, and how jobs stand."""
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        registers = {}
        for name, athlete in planners.items():
            registers[plans_of(name)] = await _column(connection, PLANS, athlete)
            registers[workouts_of(name)] = await _column(connection, WORKOUTS, athlete)
        for topic in topics:
            registers[topic] = await _column(connection, EVENTS, topic)
        keys = {key_of(job): job for job in jobs}
        told = {keys[row["id"]]: row["status"] for row in await connection.fetch(JOBS, list(keys))}
        return Found(registers, told)
    finally:
        await connection.close()


def key_of(node: str) -> UUID:
    """The id of a row behind a client's id."""
    parsed = parse_node_id(node)
    assert parsed is not None, node
    return parsed[1]


async def _column(connection: asyncpg.Connection, query: str, of: object) -> list[str]:
    return [row[0] for row in await connection.fetch(query, of)]
