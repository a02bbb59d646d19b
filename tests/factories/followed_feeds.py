"""A topic in memory, and plans that follow it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.pacing.following import follow_throttle_plan, replan_followers
from domain.events.model import Event, Topic
from domain.pacing.model import ThrottlePlan
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.followed_plans import GROUND, a_followed_plan, after
from tests.factories.plans_to_take import ATHLETE, a_course
from tests.factories.tokens import StoppedClock
from tests.fakes.feeds import TOPIC, FakeLog
from tests.fakes.followed_plans import FakeFollowedPlans
from tests.fakes.pacing import Computed, FakeThrottlePlans

UNDER_WAY = after(10.0)
VIEWER = Viewer(ATHLETE, frozenset(Scope))


class FakeTopics:
    """The TopicRepository port with one topic: all that is asked of it here is its name."""

    async def by_name(self, name: str) -> Topic | None:
        return Topic(TOPIC, name, UUID(int=1)) if name == "race" else None


class Feed:
    """A topic, and the plans that follow it."""

    def __init__(self, *plans: ThrottlePlan) -> None:
        self.log, self.computing = FakeLog(), Computed()
        self.plans = FakeThrottlePlans((a_course(GROUND), GROUND))
        self.plans.plans = {plan.id: plan for plan in plans or (a_followed_plan(),)}
        self.followed = FakeFollowedPlans(self.plans, self.log)

    def tell(self, *events: Event) -> None:
        """Take in events; they get the next offsets."""
        for event in events:
            self.log.head += 1
            self.log.events[self.log.head] = replace(event, offset=self.log.head)

    async def look(self) -> int:
        return await replan_followers(
            followed=self.followed, events=self.log, plans=self.plans, computing=self.computing
        )

    async def follow(
        self,
        topic: str = "race",
        source: str = "12",
        *,
        viewer: Viewer = VIEWER,
        once: Once | None = None,
        now: datetime = UNDER_WAY,
    ) -> None:
        await follow_throttle_plan(
            self.plan.id,
            topic,
            source,
            viewer=viewer,
            once=once,
            plans=self.plans,
            topics=FakeTopics(),  # type: ignore[arg-type]  # it has the one method that is called
            events=self.log,
            clock=StoppedClock(now),
        )

    @property
    def plan(self) -> ThrottlePlan:
        return next(iter(self.plans.plans.values()))

    @property
    def last_m(self) -> float | None:
        return None if self.plan.replan is None else round(self.plan.replan.distance_m)

    @property
    def offset(self) -> int | None:
        return None if self.plan.following is None else self.plan.following.offset
