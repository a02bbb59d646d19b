"""Plans follow the feeds: each event is heeded once, by one worker, and nothing on a feed halts the others."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from structlog.testing import capture_logs

from app.pacing import following as use_cases
from app.pacing.following import EVERY_S
from domain.events.model import Event
from domain.pacing.meanwhile import ThrottlePlanChanged
from domain.pacing.model import Following, Report, ThrottlePlan, ThrottlePlanId
from domain.pacing.on_the_way.following import unfollowed
from domain.pacing.on_the_way.replan import replan
from domain.shared.errors import Unavailable
from tests.factories.followed_feeds import Feed
from tests.factories.followed_plans import GROUND, SOURCE, a_followed_plan, a_position_event, after
from tests.factories.plans_to_take import ATHLETE
from tests.fakes.feeds import TOPIC


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


async def test_a_source_with_spaces_around_it_is_the_one_without() -> None:
    feed = Feed(a_followed_plan(source=" 12 "))
    feed.tell(a_position_event(4_000.0, 25.0, source="12"))
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
