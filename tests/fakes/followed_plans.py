"""Plans in memory that follow one topic."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import Behind
from tests.fakes.feeds import FakeLog
from tests.fakes.pacing import FakeThrottlePlans


@dataclass
class FakeFollowedPlans:
    """The FollowedPlans port over the plans of a FakeThrottlePlans; `busy` ones are in another worker's hands."""

    plans: FakeThrottlePlans
    log: FakeLog
    busy: set[ThrottlePlanId] = field(default_factory=set)
    deleted: set[ThrottlePlanId] = field(default_factory=set)  # as soon as they were found
    held_for: list[float] = field(default_factory=list)
    looks_for_over: int = 0

    async def behind(self, most: int) -> Sequence[Behind]:
        found = [
            Behind(plan_id=plan.id, athlete_id=plan.athlete_id, following=plan.following, head=self.log.head)
            for plan in self.plans.plans.values()
            if plan.following is not None and plan.following.offset < self.log.head
        ]
        for plan_id in self.deleted:
            del self.plans.plans[plan_id]
        return sorted(found, key=lambda one: one.following.offset)[:most]

    async def take_in_hand(self, plan_id: ThrottlePlanId, for_s: float) -> bool:
        self.held_for.append(for_s)
        return plan_id not in self.busy

    async def move_on(self, plan_ids: Sequence[ThrottlePlanId], topic_id: UUID, offset: int, *, head: int) -> None:
        for plan_id in plan_ids:
            plan = self.plans.plans[plan_id]
            if plan.following is not None and plan.following.topic_id == topic_id and plan.following.offset < offset:
                self.plans.plans[plan_id] = replace(plan, following=replace(plan.following, offset=offset))

    async def end_over(self) -> int:
        self.looks_for_over += 1
        return 0
