"""Following a live feed: throttle plans are planned anew from the positions of their runners on it."""

import asyncio
from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from uuid import UUID

import structlog

from domain.events.model import Event, TopicId, TopicNotFound
from domain.events.ports import EventLog, TopicRepository
from domain.pacing.meanwhile import ThrottlePlanChanged, in_place_of
from domain.pacing.model import Following, ThrottlePlanId
from domain.pacing.on_the_way.feed import FeedPosition, name_of, position_of
from domain.pacing.on_the_way.following import checked_source, followed_from, heeded, unfollowed
from domain.pacing.ports import Behind, FollowedPlans, ThrottlePlanRepository
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.errors import Unavailable
from domain.shared.once import Once
from domain.shared.ports import Clock, Computing
from domain.shared.viewer import Scope, Viewer

log = structlog.get_logger("cairn.pacing")
MOST_PLANS = 500  # in one look
PAGE, MOST_PAGES = 1_000, 10  # of a topic's events in one look; the next look goes on
MOST_CHARACTERS = 4_000_000
MOST_POSITIONS = 20  # of one runner's, the newest: should the last of them be off the course, one before it may do
EVERY_S = 3.0  # a plan is planned anew no more often, and as soon as that by another worker when this one is killed
ATTEMPTS = 3


async def follow_throttle_plan(
    plan_id: ThrottlePlanId,
    topic: str,
    source: str,
    *,
    viewer: Viewer,
    once: Once | None,
    plans: ThrottlePlanRepository,
    topics: TopicRepository,
    events: EventLog,
    clock: Clock,
) -> ThrottlePlanId:
    """Have a plan follow what comes of a source on a topic from now on, instead of what it followed before.

    Raises SourceBad, TopicNotFound, ThrottlePlanNotFound, PlanHasNoStart, PlanIsOver, NoPositionsOnCourse.
    """
    viewer.require(Scope.TRAINING_WRITE)
    viewer.require(Scope.EVENTS_READ)
    source = checked_source(source)
    found = await topics.by_name(topic)
    bounds = {} if found is None else await events.bounds([found.id])
    if found is None or found.id not in bounds:
        raise TopicNotFound(topic)
    following = Following(topic_id=found.id, source=source, offset=bounds[found.id].head)
    _, _, ground = await plans.to_replan(plan_id, viewer)
    now = clock.now()
    return await plans.update(plan_id, viewer, lambda plan: followed_from(plan, ground, following, now), once=once)


async def unfollow_throttle_plan(
    plan_id: ThrottlePlanId, *, viewer: Viewer, once: Once | None, plans: ThrottlePlanRepository
) -> ThrottlePlanId:
    """Have a plan follow nothing any more. Raises ThrottlePlanNotFound."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update(plan_id, viewer, unfollowed, once=once)


@dataclass(slots=True)
class Heard:
    """What a topic's events behind an offset tell of the runners that are followed, up to `up_to`."""

    up_to: int
    positions: dict[str, list[FeedPosition]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event: Event, wanted: frozenset[str]) -> None:
        """Take an event in."""
        position = position_of(event)
        for name in () if position is None else position.names & wanted:
            assert position is not None
            insort(self.positions[name], position, key=lambda one: one.at)
            del self.positions[name][:-MOST_POSITIONS]

    def behind(self, offset: int, source: str) -> list[FeedPosition]:
        """The newest positions of a runner among the events behind an offset."""
        return [one for one in self.positions.get(name_of(source), ()) if one.offset > offset]


async def replan_followers(
    *, followed: FollowedPlans, events: EventLog, plans: ThrottlePlanRepository, computing: Computing
) -> int:
    """One look: heed what the feeds have told since the last one. Answers how many plans were planned anew.

    A plan moves on in its feed in the write that plans it anew, so a worker that is killed leaves it to the next one.
    Raises Unavailable.
    """
    await followed.end_over()
    behind = sorted(await followed.behind(MOST_PLANS), key=_topic)
    planned = 0
    for topic_id, group in groupby(behind, key=_topic):
        those = list(group)
        heard = await _hear(TopicId(topic_id), those, events)
        ahead = {one.plan_id: heard.behind(one.following.offset, one.following.source) for one in those}
        idle = [one.plan_id for one in those if not ahead[one.plan_id]]
        if idle:
            await followed.move_on(idle, topic_id, heard.up_to, head=those[0].head)
        for one in those:
            if ahead[one.plan_id] and await followed.take_in_hand(one.plan_id, EVERY_S):
                planned += await _heed(one, ahead[one.plan_id], heard.up_to, followed, plans, computing)
    return planned


def _topic(one: Behind) -> UUID:
    return one.following.topic_id


async def _hear(topic_id: TopicId, those: Sequence[Behind], events: EventLog) -> Heard:
    """Read on from where the last of the plans is, so far as one look may."""
    head, heard = those[0].head, Heard(min(one.following.offset for one in those))
    wanted = frozenset(name_of(one.following.source) for one in those)
    for _ in range(MOST_PAGES):
        page = await events.after(topic_id, heard.up_to, limit=PAGE, up_to=head, characters=MOST_CHARACTERS)
        if not page:  # no more, though what was compacted away may have left gaps
            heard.up_to = head
            break
        for event in page:
            heard.add(event, wanted)
        heard.up_to = page[-1].offset
        await asyncio.sleep(0)
    return heard


async def _heed(
    one: Behind,
    positions: Sequence[FeedPosition],
    up_to: int,
    followed: FollowedPlans,
    plans: ThrottlePlanRepository,
    computing: Computing,
) -> bool:
    """Plan one plan anew, or pass by what tells nothing, and what a mistake of Cairn's own stumbles over."""
    work = _replan(one, positions, up_to, plans, computing)
    (outcome,) = await asyncio.gather(work, return_exceptions=True)
    match outcome:
        case True | ThrottlePlanNotFound() | ThrottlePlanChanged():
            return outcome is True
        case Unavailable() | asyncio.CancelledError():
            raise outcome
        case BaseException():
            log.error("bug", plan=str(one.plan_id), exc_info=outcome)
    await followed.move_on([one.plan_id], one.following.topic_id, up_to, head=one.head)
    return False


async def _replan(
    one: Behind,
    positions: Sequence[FeedPosition],
    up_to: int,
    plans: ThrottlePlanRepository,
    computing: Computing,
) -> bool:
    """False when none of the positions is one to plan from. Raises ThrottlePlanChanged, ThrottlePlanNotFound."""
    owner = Viewer(one.athlete_id, frozenset())
    for _ in range(ATTEMPTS):
        plan, course, ground = await plans.to_replan(one.plan_id, owner)
        if not _follows(plan.following, one):
            raise ThrottlePlanChanged
        work = partial(heeded, plan, course, ground, positions, up_to)
        planned = await computing.run(work, of=one.athlete_id, urgent=True)
        if planned is None:
            return False
        try:
            await plans.update(one.plan_id, owner, in_place_of(plan, planned), once=None)
        except ThrottlePlanChanged:
            continue
        return True
    raise ThrottlePlanChanged


def _follows(following: Following | None, one: Behind) -> bool:
    """Whether it is still what it was, so that what was heard is about its runner."""
    return following is not None and (following.topic_id, following.source) == (
        one.following.topic_id,
        one.following.source,
    )
