"""A plan begins to follow a feed from its head on, and ends it, for its owner only."""

from uuid import UUID

import pytest

from app.pacing.following import unfollow_throttle_plan
from domain.events.model import TopicNotFound
from domain.pacing.model import Following
from domain.pacing.on_the_way.following import PlanIsOver, unfollowed
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.errors import Forbidden
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.followed_feeds import VIEWER, Feed
from tests.factories.followed_plans import a_followed_plan, a_position_event, after
from tests.factories.plans_to_take import ATHLETE
from tests.fakes.feeds import TOPIC

STRANGER = Viewer(UUID(int=66), frozenset(Scope))


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


async def test_a_plan_whose_runner_should_have_finished_a_day_ago_cannot_be_made_to_follow() -> None:
    feed = Feed(unfollowed(a_followed_plan()))
    with pytest.raises(PlanIsOver, match="more than a day ago"):
        await feed.follow(now=after(26 * 60.0))
    assert feed.plan.following is None


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
