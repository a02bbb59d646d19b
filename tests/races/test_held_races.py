"""What is held of a race in memory is what the log says, is read once, and is let go of when nobody needs it."""

import asyncio
from contextlib import AsyncExitStack, aclosing

import pytest

from app.races.held import AT_ONCE, PAGE
from app.races.live import MOST_RACES, LiveRaces
from domain.races.standings import Standings
from domain.shared.errors import Unavailable
from tests.factories.races import a_mark, a_race, a_read, an_event, minute
from tests.fakes.races import FakeRaceDay


@pytest.fixture
def day() -> FakeRaceDay:
    return FakeRaceDay(a_race("1", "2"), minute(70))


@pytest.fixture
def live(day: FakeRaceDay) -> LiveRaces:
    return LiveRaces(day, day, day, day, least_apart_s=0)


def lasts(standings: Standings) -> dict[str, str | None]:
    return {one.runner: one.last_checkpoint for one in standings.standings}


async def given_up(live: LiveRaces, topic: str, day: FakeRaceDay) -> None:
    """Ask until the log answers no more, and go."""
    asking = asyncio.ensure_future(live.standings(topic))
    await day.unanswered.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_log_that_lost_its_end_in_a_failover_is_folded_anew(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(a_read("1", "Ridge", 30), a_read("2", "Ridge", 31))
    await live.standings("race")
    del day.events[1:]
    told = await live.standings("race")
    assert told is not None
    assert (told.as_of_offset, lasts(told)) == (1, {"1": "Ridge", "2": None})


async def test_lost_events_are_forgotten_even_when_others_have_their_offsets(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(a_read("1", "Ridge", 30))
    await live.standings("race")
    day.events.clear()
    day.take(a_read("2", "Ridge", 31))
    told = await live.standings("race")
    assert told is not None
    assert (told.as_of_offset, lasts(told)) == (1, {"1": None, "2": "Ridge"})


async def test_lost_events_are_forgotten_even_when_more_came_than_were_lost(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(a_read("1", "Ridge", 30))
    await live.standings("race")
    day.events.clear()
    day.take(a_read("2", "Ridge", 31), a_read("2", "Refuge", 62))
    told = await live.standings("race")
    assert told is not None
    assert (told.as_of_offset, lasts(told)) == (2, {"1": None, "2": "Refuge"})


async def test_a_long_log_is_folded_page_by_page(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(2 * PAGE + 1)), tell=False)
    told = await live.standings("race")
    assert told is not None
    assert (told.as_of_offset, told.ignored_events, len(day.asked)) == (2 * PAGE + 1, 2 * PAGE + 1, 3)


async def test_no_page_is_looked_for_among_all_that_follows(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(10 * PAGE)), tell=False)
    await live.standings("race")
    assert max(up_to - offset for offset, up_to in day.asked) <= 2 * PAGE


async def test_a_race_begins_with_the_earliest_event_that_is_kept(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(5 * PAGE)), tell=False)
    del day.events[: 4 * PAGE]
    day.earliest = 4 * PAGE + 1
    told = await live.standings("race")
    assert told is not None
    assert (told.ignored_events, day.asked[0][0], len(day.asked)) == (PAGE, 4 * PAGE, 1)


async def test_what_was_compacted_away_is_passed_over(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(3 * PAGE)), tell=False)
    del day.events[10:-1]
    told = await live.standings("race")
    assert told is not None
    assert (told.as_of_offset, told.ignored_events) == (3 * PAGE, 11)


async def test_a_log_that_lags_behind_its_topic_is_not_taken_for_all_there_is(
    day: FakeRaceDay, live: LiveRaces
) -> None:
    day.take(a_read("1", "Ridge", 30), a_read("2", "Ridge", 31))
    lost, day.lags_by = day.events, 1
    with pytest.raises(Unavailable, match="Ask again in a moment"):
        await live.standings("race")
    day.events, day.lags_by = lost, 0
    told = await live.standings("race")
    assert told is not None
    assert lasts(told) == {"1": "Ridge", "2": "Ridge"}


async def test_a_question_that_is_given_up_leaves_what_it_read_to_the_next(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(4 * PAGE)), tell=False)
    day.answered = 2
    await given_up(live, "race", day)
    day.answered, day.asked = None, []
    await live.standings("race")
    assert day.asked[0][0] >= 2 * PAGE - 2


async def test_a_race_that_is_not_read_to_its_end_is_let_go_of_last(day: FakeRaceDay, live: LiveRaces) -> None:
    day.topics = ("race", *(f"other {number}" for number in range(MOST_RACES)))
    day.take(*(an_event(1, f"e{number}") for number in range(4 * PAGE)), tell=False)
    day.answered = 2
    await given_up(live, "race", day)
    day.answered = None
    for topic in day.topics[1:]:
        await live.standings(topic)
    day.asked = []
    await live.standings("race")
    assert day.asked[0][0] >= 2 * PAGE - 2


async def test_races_that_are_watched_stay_in_memory_however_many(day: FakeRaceDay, live: LiveRaces) -> None:
    day.topics = [f"race {number}" for number in range(MOST_RACES + 5)]
    day.take(a_read("1", "Ridge", 30), tell=False)
    async with AsyncExitStack() as all_of_them:
        for topic in day.topics:
            watched = await all_of_them.enter_async_context(aclosing(live.follow(topic)))
            await anext(watched)
        day.asked = []
        for topic in day.topics:
            await live.standings(topic)
    assert day.asked == []


async def test_of_the_races_that_nobody_watches_only_the_last_ones_stay(day: FakeRaceDay, live: LiveRaces) -> None:
    day.topics = [f"race {number}" for number in range(MOST_RACES + 1)]
    day.take(a_read("1", "Ridge", 30), tell=False)
    for topic in day.topics:
        await live.standings(topic)
    day.asked = []
    await live.standings(day.topics[-1])
    await live.standings(day.topics[1])
    assert day.asked == []
    await live.standings(day.topics[0])
    assert len(day.asked) == 1


async def test_a_name_without_a_race_takes_no_ones_place(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(a_read("1", "Ridge", 30), tell=False)
    await live.standings("race")
    for number in range(2 * MOST_RACES):
        assert await live.standings(f"no race {number}") is None
    day.asked = []
    await live.standings("race")
    assert day.asked == []


async def test_where_nothing_changed_the_standings_are_not_worked_out_again(day: FakeRaceDay, live: LiveRaces) -> None:
    first = await live.standings("race")
    day.time = minute(90)
    second = await live.standings("race")
    assert first is not None
    assert second is not None
    assert (second.as_of, second.standings[0] is first.standings[0]) == (minute(90), True)


async def test_how_late_a_runner_is_goes_on_though_nothing_changed(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(a_read("1", "Ridge", 30), tell=False)
    day.time = minute(100)
    late = [await live.standings("race")]
    day.time = minute(101)
    late.append(await live.standings("race"))
    first, second = (told.standings[0].overdue_by_s or 0 for told in late if told)
    assert second - first == 60


async def test_other_things_go_on_while_a_page_is_folded(day: FakeRaceDay, live: LiveRaces) -> None:
    day.take(*(an_event(1, f"e{number}") for number in range(PAGE)), tell=False)
    asking = asyncio.ensure_future(live.standings("race"))
    turns = 0
    while not asking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > PAGE / AT_ONCE


async def test_a_race_is_folded_anew_where_a_mark_brings_back_what_was_dropped(
    day: FakeRaceDay, live: LiveRaces
) -> None:
    reads = [a_read("1", "Ridge", 30 + number, f"read {number}") for number in range(200)]
    marks = [a_mark(f"read {number}", 300) for number in range(199)]
    day.take(*reads, *marks, tell=False)
    told = await live.standings("race")
    assert told is not None
    assert [split.event_id for split in told.standings[0].splits] == ["read 199"]
