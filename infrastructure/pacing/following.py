"""Throttle plans that follow live topics, in PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.pacing.model import Following, ThrottlePlanId
from domain.pacing.on_the_way.following import OVER
from domain.pacing.ports import Behind
from infrastructure.database.engine import Database

# A topic's head falls behind what was heeded when the database fails over and loses its last events.
BEHIND = """
select plan.id, plan.athlete, plan.follow_topic, plan.follow_source, topic.head,
    least(plan.followed_offset, topic.head) as followed_offset
from throttle_plan plan join topic on topic.id = plan.follow_topic
where plan.follow_topic is not null and plan.follow_again_at <= now() and plan.followed_offset <> topic.head
order by abs(topic.head - plan.followed_offset) desc limit $1
"""
# Asked again because the answer was lost, it finds the plan in hand already: then that rests as it does when the worker
# who took it is killed.
TAKE = """
update throttle_plan set follow_again_at = now() + $2 where id = $1 and follow_again_at <= now() returning id
"""
MOVE_ON = """
update throttle_plan set followed_offset = $3
where id = any($1::uuid[]) and follow_topic = $2 and followed_offset not between $3 and $4
"""
END_OVER = """
update throttle_plan set follow_topic = null, version = version + 1
where follow_topic is not null and starts_at + predicted_time_s * interval '1 second' < now() - $1::interval
"""


class PostgresFollowedPlans:
    """See FollowedPlans."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind(self, most: int) -> list[Behind]:
        """See FollowedPlans.behind."""
        return [
            Behind(
                plan_id=ThrottlePlanId(row["id"]),
                athlete_id=row["athlete"],
                following=Following(
                    topic_id=row["follow_topic"], source=row["follow_source"], offset=row["followed_offset"]
                ),
                head=row["head"],
            )
            for row in await self._database.fetch(BEHIND, most)
        ]

    async def take_in_hand(self, plan_id: ThrottlePlanId, for_s: float) -> bool:
        """See FollowedPlans.take_in_hand. Of two at once the second waits for the first, and then sees its time."""
        return await self._database.fetchval(TAKE, plan_id, timedelta(seconds=for_s)) is not None

    async def move_on(self, plan_ids: Sequence[ThrottlePlanId], topic_id: UUID, offset: int, *, head: int) -> None:
        """See FollowedPlans.move_on."""
        await self._database.fetchval(MOVE_ON, list(plan_ids), topic_id, offset, head)

    async def end_over(self) -> int:
        """See FollowedPlans.end_over."""
        told: str = await self._database.read(lambda connection: connection.execute(END_OVER, OVER))
        return int(told.removeprefix("UPDATE "))
