"""While the database is away requests wait for it no longer than each may, however many topics wait for their turns."""

import asyncio
from collections.abc import Callable
from typing import Any

from domain.events.model import TopicId
from domain.shared.deadline import ends_at
from infrastructure.database.failures import Away
from infrastructure.events.intake import TOPICS_AT_ONCE, PostgresEventIntake
from tests.factories.intake import IDS, some_events

PATIENCE_S = 10.0


class AwayDatabase:
    """One that is away, and notes until when it is waited for."""

    patience_s = PATIENCE_S

    def __init__(self) -> None:
        self.bounds: list[float | None] = []
        self.over = asyncio.Event()

    async def write(self, _change: Callable[..., Any], *, settles: bool) -> Any:
        assert settles
        self.bounds.append(ends_at())
        await self.over.wait()
        raise Away


async def test_who_waits_for_a_turn_has_no_time_added_to_what_it_may_wait() -> None:
    database = AwayDatabase()
    intake = PostgresEventIntake(
        database,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        IDS,
        most_events=100,
        most_characters=10_000,
    )
    topics = [TopicId(IDS.new()) for _ in range(2 * TOPICS_AT_ONCE)]
    asking = [asyncio.create_task(intake.take(topic, some_events(1))) for topic in topics]
    while len(database.bounds) < TOPICS_AT_ONCE:  # noqa: ASYNC110 - one step of the loop each time
        await asyncio.sleep(0)
    all_wait_since = asyncio.get_running_loop().time()
    database.over.set()
    refusals = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(refusal) for refusal in refusals] == [Away] * len(topics)
    assert len(database.bounds) == len(topics)
    assert all(bound is not None and bound <= all_wait_since + PATIENCE_S for bound in database.bounds)
