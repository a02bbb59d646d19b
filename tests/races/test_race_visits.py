"""When a phone arrived at a checkpoint, and when it merely lay there."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.model import Event
from domain.races.ground import AWAY_M, ELSEWHERE, NEAR_M, Ground
from domain.races.model import Checkpoint, Race
from domain.races.passings import PassedBy
from domain.races.progress import RunnerStatus
from domain.races.reports import Moment
from domain.races.visits import visits
from tests.factories.races import a_mark, a_position, a_race, a_read, minute, splits_of, standing_of, standings

RIDGE, FINISH = Checkpoint("Ridge", 8_000), Checkpoint("Finish", 16_000, 46.0, 7.0)
LAPS = tuple(Checkpoint(f"Lap {lap}", 5_000 * lap, 46.0, 7.0) for lap in range(1, 7))
ROUND = a_race("1", checkpoints=(RIDGE, FINISH))
BACKYARD = a_race("1", checkpoints=LAPS)


def here(minutes: Iterable[float]) -> list[Event]:
    return [a_position("1", 46.0001, 7.0, at) for at in minutes]


def away(*minutes: float) -> list[Event]:
    return [a_position("1", 46.1, 7.0, at) for at in minutes]


def test_a_phone_that_lies_where_start_and_finish_are_has_not_run() -> None:
    told = standing_of("1", ROUND, here(range(-30, 200)))
    assert (told.status, told.rank, told.splits) == (RunnerStatus.ON_COURSE, None, ())


def test_a_phone_that_is_switched_on_there_has_not_either() -> None:
    assert splits_of("1", ROUND, here(range(50, 60))) == {}


def test_to_be_away_before_the_start_is_not_to_have_run() -> None:
    assert splits_of("1", ROUND, [*away(-60, -0.5), *here(range(50, 60))]) == {}


def test_who_was_away_since_the_start_and_comes_back_has_finished() -> None:
    assert splits_of("1", ROUND, [*here(range(-30, 5)), *away(30), *here(range(90, 100))]) == {"Finish": 90}


def test_a_mat_elsewhere_tells_that_they_were_away_too() -> None:
    assert splits_of("1", ROUND, [*here([0]), a_read("1", "Ridge", 40), *here([90])]) == {"Ridge": 40, "Finish": 90}


def test_the_mat_at_a_start_that_may_be_the_finish_tells_nothing_of_that() -> None:
    race = a_race("1", checkpoints=(Checkpoint("Start", 0), RIDGE, FINISH))
    assert splits_of("1", race, [a_read("1", "Start", 1), *here([90])]) == {"Start": 1}


def test_where_the_start_is_known_to_be_elsewhere_a_first_position_is_an_arrival() -> None:
    race = a_race("1", checkpoints=(Checkpoint("Start", 0, 45.0, 7.0), RIDGE, FINISH))
    assert splits_of("1", race, here([90])) == {"Finish": 90}


def test_where_no_start_is_given_it_is_taken_to_be_at_the_finish() -> None:
    hut = Checkpoint("Hut", 4_000, 46.1, 7.0)
    assert splits_of("1", a_race("1", checkpoints=(hut, RIDGE, FINISH)), away(30)) == {"Hut": 30}


def test_a_phone_at_a_known_start_starts_and_does_not_finish() -> None:
    race = a_race("1", checkpoints=(Checkpoint("Start", 0, 46.0, 7.0), RIDGE, FINISH))
    assert splits_of("1", race, here(range(200))) == {"Start": 0}
    assert splits_of("1", race, [a_read("1", "Start", 0), *here([90])]) == {"Start": 0}


def test_a_rest_after_a_lap_is_one_lap() -> None:
    assert splits_of("1", BACKYARD, [*away(10), *here(range(30, 200))]) == {"Lap 1": 30}


def test_each_return_is_a_lap() -> None:
    events = [*away(10), *here(range(30, 50)), *away(55), *here(range(80, 90)), *away(100), *here([120])]
    assert splits_of("1", BACKYARD, events) == {"Lap 1": 30, "Lap 2": 80, "Lap 3": 120}


def test_a_phone_that_tells_late_that_it_is_where_a_mat_saw_its_runner_has_not_come_again() -> None:
    events = [*away(10), a_read("1", "Lap 1", 30), *here([45, 60])]
    assert splits_of("1", BACKYARD, events) == {"Lap 1": 30}


def test_a_rest_at_one_of_two_checkpoints_at_a_place_is_no_visit_to_the_other() -> None:
    race = a_race(
        "1",
        checkpoints=(Checkpoint("Out", 10_000, 46, 7), Checkpoint("Back", 20_000, 46, 7), Checkpoint("End", 30_000)),
    )
    events = [*away(20), *here(range(60, 150)), *away(*range(150, 300, 5)), *here([300])]
    assert splits_of("1", race, events) == {"Out": 60, "Back": 300}


def test_a_walk_over_the_finish_mat_before_the_start_hides_no_arrival_there() -> None:
    events = [a_read("1", "Finish", -20), *away(30), *here([90])]
    assert splits_of("1", ROUND, events) == {"Finish": 90}


def test_what_wavers_within_200_m_has_not_been_away() -> None:
    wavering = [a_position("1", 46.0 + at % 2 * 0.0015, 7.0, at) for at in range(30, 120)]
    assert splits_of("1", BACKYARD, [*away(10), *wavering]) == {"Lap 1": 30}


def test_a_mistaken_position_elsewhere_can_be_marked() -> None:
    events = [*away(10), *here(range(30, 60)), *away(59.5), *here(range(61, 90))]
    assert splits_of("1", BACKYARD, events) == {"Lap 1": 30, "Lap 2": 61}
    assert splits_of("1", BACKYARD, [*events, a_mark("1 at 59.5", 100)]) == {"Lap 1": 30}


def test_a_race_of_days_is_followed_to_its_end() -> None:
    events = [
        *away(10),
        *(
            event
            for lap in range(6)
            for event in (*here(range(500 * lap + 60, 500 * lap + 200)), *away(500 * lap + 300))
        ),
    ]
    assert splits_of("1", BACKYARD, events) == {f"Lap {lap + 1}": 500 * lap + 60 for lap in range(6)}


def test_laps_at_one_place_are_one_spot() -> None:
    ground = Ground((*LAPS, RIDGE))
    assert (set(ground.spots[:6]), ground.spots_at(46.0, 7.0)) == ({ground.spots[0]}, [ground.spots[0]])
    assert ground.spots[6] != ground.spots[0]


@pytest.mark.parametrize(
    ("metres", "at"), [(NEAR_M - 1, [0]), (NEAR_M + 1, []), (AWAY_M - 1, []), (AWAY_M + 1, [ELSEWHERE])]
)
def test_somebody_is_near_or_away_or_neither(metres: float, at: list[int]) -> None:
    assert Ground(LAPS).spots_at(46.0 - metres / 111_195.08, 7.0) == at


@settings(deadline=None)  # others may need the processor
@given(st.lists(st.integers(ELSEWHERE, 1), max_size=40))
def test_between_two_visits_to_a_spot_lies_something_away_from_it(spots: list[int]) -> None:
    ground = Ground((FINISH, Checkpoint("Far", 20_000, 46.5, 7.0)))
    sightings = [(Moment(minute(at), f"e{at:02}"), spot) for at, spot in enumerate(spots)]
    for spot, moments in visits(sightings, ground).items():
        for before, after in pairwise(moments):
            between = [where for moment, where in sightings if before < moment < after]
            assert any(where != spot for where in between)


@st.composite
def days(draw: st.DrawFn) -> tuple[Race, list[Event]]:
    """A race with places that checkpoints share, and phones, mats and marks in any order of their offsets."""
    places = draw(st.lists(st.sampled_from([None, 46.0, 46.001, 46.1]), min_size=2, max_size=5))
    checkpoints = [
        Checkpoint(f"C{number}", 2_000 * number, at, None if at is None else 7.0) for number, at in enumerate(places)
    ]
    events = []
    for number in range(draw(st.integers(0, 40))):
        at, name = draw(st.integers(-5, 60)), f"e{number}"
        match draw(st.sampled_from(["read", "position", "position", "mark"])):
            case "read":
                event = a_read("1", f"C{draw(st.integers(0, 4))}", at, name)
            case "position":
                event = a_position("1", draw(st.sampled_from([46.0, 46.001, 46.05, 46.1])), 7.0, at)
            case _:
                event = a_mark(f"e{draw(st.integers(0, 40))}", at, wrong=draw(st.booleans()))
        events.append(replace(event, event_id=name, offset=number + 1))
    return a_race("1", checkpoints=tuple(checkpoints)), events


@settings(deadline=None)  # others may need the processor
@given(days(), st.data())
def test_visits_and_marks_come_to_the_same_in_any_order(day: tuple[Race, list[Event]], data: st.DataObject) -> None:
    race, events = day
    assert standings(race, data.draw(st.permutations(events))) == standings(race, events)


def test_what_a_phone_tells_of_is_told_as_such() -> None:
    (split,) = standing_of("1", ROUND, [*away(30), *here([90])]).splits
    assert split.by is PassedBy.POSITION
