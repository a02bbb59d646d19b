"""Plans follow the feeds: each event is heeded once, by one worker, and nothing on a feed halts the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from structlog.testing import capture_logs

from app.pacing import following as use_cases
from app.pacing.following import EVERY_S, follow_throttle_plan, replan_followers, unfollow_throttle_plan
from domain.events.model import Event, Topic, TopicNotFound
from domain.pacing.following import unfollowed
from domain.pacing.meanwhile import ThrottlePlanChanged
from domain.pacing.model import Following, Report, ThrottlePlan, ThrottlePlanId
from domain.pacing.ports import Behind
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.pacing.replan import replan
from domain.shared.errors import Forbidden, Unavailable
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.followed_plans import GROUND, SOURCE, a_followed_plan, a_position_event, after
from tests.factories.plans_to_take import ATHLETE, a_course
from tests.fakes.feeds import TOPIC, FakeLog
from tests.fakes.pacing import Computed, FakeThrottlePlans

VIEWER = Viewer(ATHLETE, frozenset(Scope))
STRANGER = Viewer(UUID(int=66), frozenset(Scope))


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
        self, topic: str = "race", source: str = "12", *, viewer: Viewer = VIEWER, once: Once | None = None
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


def numbered(number: int, **more: Any) -> ThrottlePlan:
    return replace(a_followed_plan(**more), id=ThrottlePlanId(UUID(int=number)))


def garbage(payload: Any, source: str = SOURCE) -> Event:
    return replace(a_position_event(0.0, 1.0, source=source), payload=orjson.dumps(payload).decode())


class StumblingComputing:
    """The Computing port that a mistake of Cairn's own, or too much work, comes out of."""

    def __init__(self, wrong: Exception) -> None:
        self._wrong = wrong

    async def run(self, work: Any, *, of: UUID, urgent: bool = False) -> Any:
        raise self._wrong


async def test_a_position_on_the_feed_replans_the_plan_that_follows_it() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 1
    assert (feed.last_m, feed.offset) == (4_000, 1)


async def test_only_the_newest_position_is_replanned_from() -> None:
    feed = Feed()
    feed.tell(*(a_position_event(metres, metres / 160) for metres in (3_000.0, 4_000.0, 5_000.0)))
    await feed.look()
    assert (feed.last_m, len(feed.computing.asked)) == (5_000, 1)


async def test_a_phone_that_tells_what_it_kept_backwards_is_believed_by_its_newest_position() -> None:
    feed = Feed()
    feed.tell(*(a_position_event(metres, metres / 160) for metres in range(6_000, 1_000, -100)))
    await feed.look()
    assert feed.last_m == 6_000


async def test_planning_anew_is_urgent_and_on_its_owners_account() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0))
    await feed.look()
    assert feed.computing.asked == [(ATHLETE, True)]


async def test_nothing_is_looked_at_twice() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0))
    await feed.look()
    feed.log.questions.clear()
    assert await feed.look() == 0
    assert feed.log.questions == []


async def test_a_position_that_comes_late_is_passed_by_and_stays_behind() -> None:
    feed = Feed()
    feed.tell(a_position_event(5_000.0, 31.0))
    await feed.look()
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 0
    assert (feed.last_m, feed.offset) == (5_000, 2)


@pytest.mark.parametrize(
    "event",
    [
        garbage({"type": "position"}),
        garbage(["position"]),
        garbage({"type": "position", "latitude": 1e300, "longitude": 7}),
        garbage({"type": "position", "latitude": -46.2, "longitude": 7}),
        replace(a_position_event(4_000.0, 25.0), source="bob's phone"),
        a_position_event(4_000.0, -5.0),
    ],
)
async def test_what_tells_nothing_of_the_runner_is_passed_by_for_good(event: Event) -> None:
    feed = Feed()
    feed.tell(event)
    assert await feed.look() == 0
    assert (feed.last_m, feed.offset, feed.plan.version) == (None, 1, 1)


async def test_a_runner_is_found_by_the_number_that_positions_name() -> None:
    feed = Feed(a_followed_plan(source="12"))
    feed.tell(
        a_position_event(4_000.0, 25.0, source="gateway", runner=12),
        a_position_event(5_000.0, 26.0, source="gateway", runner=13),
    )
    await feed.look()
    assert feed.last_m == 4_000


async def test_each_plan_goes_by_its_own_runner() -> None:
    feed = Feed(numbered(1, source="12"), numbered(2, source="13"))
    feed.tell(a_position_event(4_000.0, 25.0, source="12"), a_position_event(5_000.0, 26.0, source="13"))
    assert await feed.look() == 2
    assert [round(plan.replan.distance_m) for plan in feed.plans.plans.values() if plan.replan] == [4_000, 5_000]


async def test_plans_of_one_topic_share_one_reading_of_it() -> None:
    feed = Feed(*(numbered(number, source=str(number)) for number in range(5)))
    feed.tell(*(a_position_event(4_000.0, 25.0, source=str(number)) for number in range(5)))
    await feed.look()
    assert [len(page) for page in feed.log.pages] == [5, 0]


async def test_a_plan_does_not_go_by_what_it_has_heeded_though_another_has_not() -> None:
    feed = Feed(numbered(1, source="12", offset=1), numbered(2, source="13"))
    feed.tell(a_position_event(4_000.0, 25.0, source="12"), a_position_event(5_000.0, 26.0, source="13"))
    await feed.look()
    assert feed.plan.replan is None


async def test_a_plan_far_behind_catches_up_look_by_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "PAGE", 2)
    monkeypatch.setattr(use_cases, "MOST_PAGES", 2)
    feed = Feed()
    feed.tell(*(garbage({"bib": 7}) for _ in range(5)), a_position_event(4_000.0, 25.0))
    offsets = [feed.offset for _ in range(3) if await feed.look() in (0, 1)]
    assert (offsets, feed.last_m) == ([4, 6, 6], 4_000)


async def test_offsets_that_were_compacted_away_do_not_hold_a_plan_up() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0), garbage({"bib": 7}))
    feed.log.compact(1)
    feed.log.compact(2)
    await feed.look()
    assert feed.offset == 2


async def test_a_plan_in_another_workers_hands_is_left_to_it() -> None:
    feed = Feed()
    feed.followed.busy.add(feed.plan.id)
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 0
    assert (feed.last_m, feed.offset) == (None, 0)


async def test_a_plan_is_taken_in_hand_for_as_long_as_it_is_to_rest() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0), garbage({"bib": 7}))
    await feed.look()
    assert feed.followed.held_for == [EVERY_S]


async def test_a_replan_by_hand_in_the_same_moment_is_not_lost() -> None:
    feed = Feed()
    by_hand = Report(distance_m=5_500.0, at=after(33.0))
    feed.plans.meanwhile.append(lambda plan: replan(plan, GROUND, (), by_hand))
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 0
    assert (feed.last_m, feed.offset) == (5_500, 1)


async def test_a_position_newer_than_a_replan_by_hand_in_the_same_moment_follows_upon_it() -> None:
    feed = Feed()
    by_hand = Report(distance_m=3_500.0, at=after(22.0))
    feed.plans.meanwhile.append(lambda plan: replan(plan, GROUND, (), by_hand))
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 1
    assert feed.last_m == 4_000


async def test_a_plan_that_follows_no_longer_in_the_same_moment_is_left_alone() -> None:
    feed = Feed()
    feed.plans.meanwhile.append(unfollowed)
    feed.tell(a_position_event(4_000.0, 25.0))
    assert await feed.look() == 0
    assert (feed.last_m, feed.offset) == (None, None)


async def test_a_plan_that_follows_another_runner_in_the_same_moment_is_left_alone() -> None:
    feed = Feed()
    other = Following(topic_id=TOPIC, source="another", offset=1)
    feed.plans.meanwhile.append(lambda plan: replace(plan, following=other))
    feed.tell(a_position_event(4_000.0, 25.0))
    await feed.look()
    assert (feed.last_m, feed.plan.following) == (None, other)


async def test_a_mistake_of_cairns_own_is_logged_and_passed_by_and_the_others_go_on() -> None:
    feed = Feed(numbered(1), numbered(2))
    feed.tell(a_position_event(4_000.0, 25.0))
    feed.computing = StumblingComputing(ZeroDivisionError())  # type: ignore[assignment]
    with capture_logs() as logs:
        await feed.look()
    assert [line["event"] for line in logs] == ["bug", "bug"]
    assert [plan.following and plan.following.offset for plan in feed.plans.plans.values()] == [1, 1]


async def test_what_cannot_be_computed_now_is_left_for_the_next_look() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0))
    feed.computing = StumblingComputing(Unavailable("Too much is being computed."))  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        await feed.look()
    assert feed.offset == 0


async def test_a_plan_that_others_always_change_first_is_left_for_the_next_look() -> None:
    feed = Feed()
    feed.tell(a_position_event(4_000.0, 25.0))
    feed.computing = StumblingComputing(ThrottlePlanChanged())  # type: ignore[assignment]
    assert await feed.look() == 0
    assert feed.offset == 0


async def test_a_plan_that_is_deleted_in_the_same_moment_holds_up_nobody() -> None:
    feed = Feed(numbered(1), numbered(2))
    feed.tell(a_position_event(4_000.0, 25.0))
    feed.followed.deleted.add(feed.plan.id)
    assert await feed.look() == 1


async def test_each_look_ends_what_is_over() -> None:
    feed = Feed()
    await feed.look()
    assert feed.followed.looks_for_over == 1


async def test_a_plan_begins_to_follow_at_the_topics_head() -> None:
    feed = Feed(unfollowed(a_followed_plan()))
    feed.tell(a_position_event(4_000.0, 25.0, source="12"))
    await feed.follow()
    assert feed.plan.following == Following(topic_id=TOPIC, source="12", offset=1)


async def test_a_topic_that_is_not_there_cannot_be_followed() -> None:
    with pytest.raises(TopicNotFound):
        await Feed().follow("nowhere")


async def test_a_plan_of_somebody_elses_cannot_be_made_to_follow() -> None:
    with pytest.raises(ThrottlePlanNotFound):
        await Feed().follow(viewer=STRANGER)


@pytest.mark.parametrize("lacking", [Scope.TRAINING_WRITE, Scope.EVENTS_READ])
async def test_following_takes_the_scopes_of_both_sides(lacking: Scope) -> None:
    with pytest.raises(Forbidden, match=lacking):
        await Feed().follow(viewer=Viewer(ATHLETE, frozenset(Scope) - {lacking}))


async def test_following_again_under_one_key_changes_nothing() -> None:
    feed, once = Feed(unfollowed(a_followed_plan())), Once(ATHLETE, "key", "request")
    await feed.follow(once=once)
    feed.tell(a_position_event(4_000.0, 25.0))
    await feed.follow(once=once)
    assert feed.offset == 0


async def test_a_plan_can_be_made_to_follow_nothing() -> None:
    feed = Feed()
    await unfollow_throttle_plan(feed.plan.id, viewer=VIEWER, once=None, plans=feed.plans)
    assert feed.plan.following is None


async def test_only_its_owner_can_make_a_plan_follow_nothing() -> None:
    feed = Feed()
    with pytest.raises(ThrottlePlanNotFound):
        await unfollow_throttle_plan(feed.plan.id, viewer=STRANGER, once=None, plans=feed.plans)
