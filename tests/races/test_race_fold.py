"""The standings depend on what was recorded, and on nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events.model import Event
from domain.races.fold import RaceFold
from domain.races.model import Checkpoint, Race
from tests.factories.races import COURSE, a_mark, a_position, a_race, a_read, an_event, refolded, splits_of, standings

PLACED = (
    replace(COURSE[0], latitude=46.0, longitude=7.0),
    COURSE[1],
    replace(COURSE[2], latitude=46.05, longitude=7.0),
)
RACE = a_race("1", "2", checkpoints=(*PLACED, COURSE[3]))
RUNNERS = st.sampled_from(["1", "2", "stranger"])
MINUTES = st.integers(-10, 400)
HALF_AN_HOUR = [a_read("2", "Ridge", 30)]


@st.composite
def reports(draw: st.DrawFn) -> list[Event]:
    """Any events that a race may hold, each with an id of its own; some of them make little sense."""
    events: list[Event] = []
    for number in range(draw(st.integers(0, 30))):
        at, name = draw(MINUTES), f"e{number}"
        match draw(st.sampled_from(["read", "position", "mark", "withdrawn", "noise"])):
            case "read":
                checkpoint = draw(st.sampled_from([*(one.name for one in COURSE), "Nowhere"]))
                events.append(a_read(draw(RUNNERS), checkpoint, at, name))
            case "position":
                latitude = draw(st.sampled_from([46.0, 46.0001, 46.02, 46.05, 46.0502]))
                events.append(replace(a_position(draw(RUNNERS), latitude, 7.0, at), event_id=name))
            case "mark":
                target = f"e{draw(st.integers(0, 30))}"
                events.append(replace(a_mark(target, at, wrong=draw(st.booleans())), event_id=name))
            case "withdrawn":
                events.append(an_event(at, name, type="withdrawn", runner=draw(RUNNERS)))
            case _:
                events.append(an_event(at, name, hello=at))
    return [replace(event, offset=number) for number, event in enumerate(events, start=1)]


@given(reports(), st.data())
def test_the_order_in_which_events_come_makes_no_difference(events: list[Event], data: st.DataObject) -> None:
    assert standings(RACE, data.draw(st.permutations(events))) == standings(RACE, events)


@given(reports(), st.data())
def test_what_was_asked_in_between_makes_no_difference(events: list[Event], data: st.DataObject) -> None:
    fold = RaceFold(RACE)
    for event in events:
        fold.take(event)
        if data.draw(st.booleans()):
            fold.standings(event.occurred_at)
        if fold.needs_refold and data.draw(st.booleans()):
            fold = refolded(fold, events[: events.index(event) + 1])
    fold = refolded(fold, events) if fold.needs_refold else fold
    assert fold.standings(standings(RACE, ()).as_of) == standings(RACE, events)


@given(reports())
def test_events_that_come_twice_count_once(events: list[Event]) -> None:
    once, twice = standings(RACE, events), standings(RACE, events + events)
    assert twice.standings == once.standings


@given(reports(), reports())
def test_what_is_reported_of_one_runner_changes_no_other_s_splits(events: list[Event], more: list[Event]) -> None:
    of_others = [event for event in events if '"stranger"' not in event.payload and event.source != "stranger"]
    unmarked = [event for event in more if '"mark"' not in event.payload]
    of_the_stranger = [
        replace(event, event_id=f"m{event.event_id}")
        for event in unmarked
        if '"stranger"' in event.payload or event.source == "stranger"
    ]
    for runner in ("1", "2"):
        assert splits_of(runner, RACE, of_others + of_the_stranger) == splits_of(runner, RACE, of_others)


@given(reports(), st.integers(0, 29))
def test_a_mark_that_is_taken_back_changes_nothing(events: list[Event], number: int) -> None:
    unmarked = [event for event in events if '"mark"' not in event.payload]
    there_and_back = [a_mark(f"e{number}", 500, offset=98), a_mark(f"e{number}", 501, wrong=False, offset=99)]
    assert standings(RACE, unmarked + there_and_back).standings == standings(RACE, unmarked).standings


@given(reports())
def test_sound_splits_rise_along_the_course_no_faster_than_anybody_runs(events: list[Event]) -> None:
    for standing in standings(RACE, events).standings:
        sound = [split for split in standing.splits if not split.doubtful]
        for before, after in pairwise(sound):
            assert (after.elapsed_s - before.elapsed_s) * 8 >= after.distance_m - before.distance_m


def test_the_bound_of_reads_is_by_recorded_time_and_not_by_arrival() -> None:
    race: Race = a_race("1", checkpoints=(Checkpoint("Start", 0), Checkpoint("Finish", 1_000)))
    reads = [a_read("1", "Finish", at) for at in range(60, 160)]
    assert splits_of("1", race, reversed(reads)) == {"Finish": 60}


def test_what_follows_no_convention_is_counted_and_nothing_else() -> None:
    noise = [
        an_event(1, "a", type="read", runner="1"),
        an_event(1, "b", type="read", runner="1", checkpoint="Nowhere"),
        an_event(1, "c", type="position", latitude=91, longitude=0),
        an_event(1, "d", type="mark", eventId="a", wrong="yes"),
        replace(an_event(1, "e"), payload="[1, 2]"),
        replace(an_event(1, "f"), payload="null"),
        replace(an_event(1, "g"), payload='{"type": "withdrawn", "runner": "1", "x": 1e999}'),
    ]
    told = standings(RACE, noise)
    assert (told.ignored_events, told.standings) == (7, standings(RACE, ()).standings)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1, 1, 1),  # noqa: DTZ001 (as infinity is read from a database)
        datetime(9999, 12, 31),  # noqa: DTZ001 (and the other one)
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime(1899, 12, 31, 23, tzinfo=UTC),
    ],
)
def test_a_time_that_no_race_has_breaks_nothing(instant: datetime) -> None:
    reports = [a_read("1", "Ridge", 30), a_position("1", 46.0, 7.0, 30), a_mark("1 Ridge 30", 30)]
    told = standings(RACE, [*HALF_AN_HOUR, *(replace(event, occurred_at=instant) for event in reports)])
    assert (told.ignored_events, told.standings) == (3, standings(RACE, HALF_AN_HOUR).standings)


@pytest.mark.parametrize("runner", ["a\nb", "", " ", "x" * 51, "a\x7fb", True, 1.5, ["1"]])
def test_a_runner_whom_no_entry_could_name_is_ignored(runner: object) -> None:
    noise = [
        an_event(1, "a", type="read", runner=runner, checkpoint="Ridge"),
        an_event(1, "b", type="withdrawn", runner=runner),
        an_event(1, "c", type="position", runner=runner, latitude=46.0, longitude=7.0),
    ]
    told = standings(RACE, noise)
    assert (told.ignored_events, told.standings) == (3, standings(RACE, ()).standings)


def test_strangers_are_taken_up_to_a_bound() -> None:
    told = standings(a_race("1"), [a_read(f"s{number}", "Ridge", 30) for number in range(1_005)])
    assert (len(told.standings), told.ignored_events) == (1_001, 5)
