"""Of many reports a few are kept: the same ones whatever order they and the marks come in."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.model import Event
from domain.races.few import SPARE, Few
from domain.races.fold import RaceFold
from domain.races.index import KeptOf
from domain.races.model import Checkpoint
from domain.races.reports import Moment
from domain.races.visits import SIGHTINGS_KEPT, Track
from tests.factories.races import (
    a_mark,
    a_position,
    a_race,
    a_read,
    an_event,
    folded,
    minute,
    refolded,
    splits_of,
    standing_of,
    standings,
)

RACE = a_race("1", checkpoints=(Checkpoint("Start", 0), Checkpoint("Finish", 1_000)))
STEPS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["comes", "wrong", "right"])), max_size=60)


def a_moment(at: int) -> Moment:
    return Moment(minute(at), f"e{at}")


@settings(deadline=None)  # others may need the processor
@given(STEPS, st.booleans())
def test_the_few_are_the_first_of_all_that_are_not_marked_or_it_is_known_that_some_are_missed(
    steps: list[tuple[int, str]], latest: bool
) -> None:
    few, come, wrong = Few[Moment](2, latest=latest), set[int](), set[int]()
    for at, step in steps:
        if step == "comes":
            come.add(at)
            few.add(a_moment(at), wrong=at in wrong)
        elif (step == "wrong") != (at in wrong):
            (wrong.add if step == "wrong" else wrong.discard)(at)
            few.mark(f"e{at}", wrong=step == "wrong")
    sound = sorted(come - wrong)
    if not few.misses_some:
        assert few.told == [a_moment(at) for at in (sound[-2:] if latest else sound[:2])]


def test_as_many_marks_as_there_are_spare_ones_make_nobody_read_the_feed_again() -> None:
    few = Few[Moment](1)
    for at in range(20):
        few.add(a_moment(at), wrong=False)
    for at in range(SPARE):
        few.mark(f"e{at}", wrong=True)
    assert (few.told, few.misses_some) == ([a_moment(SPARE)], False)
    few.mark(f"e{SPARE}", wrong=True)
    assert few.misses_some


def test_what_comes_behind_one_that_was_dropped_takes_no_place_of_a_marked_one() -> None:
    few = Few[Moment](1)
    for at in range(SPARE + 2):
        few.add(a_moment(at), wrong=False)
    few.mark("e0", wrong=True)
    assert few.add(a_moment(99), wrong=False) == a_moment(99)


@settings(deadline=None)  # others may need the processor
@given(st.lists(st.integers(0, 20_000), min_size=SIGHTINGS_KEPT, max_size=300), st.randoms(use_true_random=False))
def test_a_long_track_is_thinned_to_the_same_in_whatever_order_it_comes(minutes: list[int], random: object) -> None:
    shuffled = [*minutes]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    tracks = [Track(), Track()]
    for track, order in zip(tracks, (minutes, shuffled), strict=True):
        for at in order:
            track.add(a_moment(at), at * 60.0, at % 3 - 1, wrong=False)
    one, other = (sorted(track.sightings) for track in tracks)
    assert (one, len(one) <= SIGHTINGS_KEPT) == (other, True)


def test_the_index_holds_no_more_than_what_is_kept() -> None:
    index = KeptOf()
    for _ in range(3):
        index.keep("a", "1")
    for _ in range(2):
        index.let_go("a")
    assert index.runner_of("a") == "1"
    index.let_go("a")
    assert (index.runner_of("a"), len(index)) == (None, 0)


def test_what_is_dropped_of_a_runner_leaves_the_index() -> None:
    race = a_race(checkpoints=(Checkpoint("Hut", 1_000, 46.0, 7.0), Checkpoint("Finish", 2_000)))
    fold = RaceFold(race)
    for at in range(2_000):
        fold.take(a_position("s", 46.0 + at % 2, 7.0, at))
        fold.take(a_read("s", "Finish", at))
    assert len(fold._field._kept_of) < 200
    for number in range(1_000):
        fold.take(an_event(1, f"w{number}", type="withdrawn", runner=str(number % 1_000)))
    assert len(fold._field._kept_of) < 1_200


def test_warming_up_on_the_finish_mat_hides_no_finish() -> None:
    warming_up = [a_read("1", "Finish", at / 10) for at in range(-400, -200)]
    finish = a_read("1", "Finish", 90)
    assert splits_of("1", RACE, [*warming_up, finish]) == {"Finish": 90}


def test_of_reads_before_the_start_the_earliest_is_told_as_doubtful() -> None:
    told = standing_of("1", RACE, [a_read("1", "Finish", at) for at in (-3, -9, -5)])
    assert [(split.elapsed_s, split.doubtful) for split in told.splits] == [(-540, True)]


def test_marked_positions_of_a_clock_that_is_ahead_keep_no_place() -> None:
    ahead = [replace(a_position("1", 47.0, 7.0, 720 + number), event_id=f"a{number}") for number in range(9)]
    marks = [a_mark(f"a{number}", 60) for number in range(9)]
    sound = [a_position("1", 46.0, 7.0, at) for at in range(10, 30)]
    for events in ([*ahead, *marks, *sound], [*ahead, *sound, *marks], [*marks, *sound, *ahead]):
        position = standing_of("1", RACE, events).position
        assert position is not None
        assert position.at == minute(29)


def test_marked_withdrawals_hide_no_later_one() -> None:
    mistaken = [an_event(at, f"w{at}", type="withdrawn", runner="1") for at in range(9)]
    marks = [a_mark(f"w{at}", 60) for at in range(8)]
    assert standings(RACE, [*mistaken, *marks]).withdrawn == 1
    assert standings(RACE, [*mistaken, *marks, a_mark("w8", 60)]).withdrawn == 0


def test_a_marked_first_position_hides_no_sound_one_of_the_same_minute() -> None:
    race = a_race("1", checkpoints=(Checkpoint("Hut", 1_000, 46.0, 7.0), Checkpoint("Finish", 2_000)))
    events = [a_position("1", 46.1, 7.0, 3), *(a_position("1", 46.0, 7.0, at) for at in (10.1, 10.5))]
    assert splits_of("1", race, [*events, a_mark("1 at 10.1", 60)]) == {"Hut": 10.5}


@settings(deadline=None)  # others may need the processor
@given(st.permutations(range(60)), st.sets(st.integers(0, 29)))
def test_marks_and_more_reads_than_are_kept_come_to_the_same_in_any_order(order: list[int], marked: set[int]) -> None:
    reads = [a_read("1", "Finish", 10 + number, f"r{number}") for number in range(30)]
    marks = [a_mark(f"r{number}", 60, wrong=number in marked) for number in range(30)]
    events = [*reads, *marks]
    sound = [10 + number for number in range(30) if number not in marked]
    assert splits_of("1", RACE, [events[at] for at in order]) == ({"Finish": sound[0]} if sound else {})


def test_a_fold_that_knows_the_marks_beforehand_misses_nothing() -> None:
    events = [
        *(a_read("1", "Finish", 10 + at) for at in range(40)),
        *(a_mark(f"1 Finish {10 + at}", 99) for at in range(9)),
    ]
    fold = RaceFold(RACE)
    for event in events:
        fold.take(event)
    assert fold.needs_refold
    again = refolded(fold, events)
    assert (again.needs_refold, again.offset) == (False, fold.offset)


def test_the_mark_that_came_last_holds_whatever_its_clock_says() -> None:
    ahead, back = a_mark("a", 1_200, offset=2), a_mark("a", 60, wrong=False, offset=3)
    for marks in ([ahead, back], [back, ahead]):
        assert splits_of("1", RACE, [a_read("1", "Finish", 30, "a"), *marks]) == {"Finish": 30}


def test_a_mark_looks_at_the_runner_of_its_event_alone() -> None:
    fold = folded(a_race(*map(str, range(50))), [a_read(str(number), "Ridge", 30) for number in range(50)])
    assert len(list(fold.settle(1))) == 50
    fold.take(a_mark("nobody knows it", 40))
    assert list(fold.settle(1)) == []
    fold.take(a_mark("7 Ridge 30", 40))
    assert len(list(fold.settle(1))) == 1


def test_runners_with_much_to_work_through_are_taken_fewer_at_once() -> None:
    checkpoints = tuple(Checkpoint(f"C{number}", 1_000 * (number + 1)) for number in range(20))
    race = a_race(*map(str, range(4)), checkpoints=checkpoints)
    hostile = [
        a_read(runner, f"C{place}", 9_000 - 100 * place + again)
        for runner in "0123"
        for place in range(20)
        for again in range(16)
    ]
    assert len(list(RaceFold(race).settle(4))) == 1
    assert len(list(folded(race, hostile).settle(4))) == 4


def test_a_runner_whose_progress_fails_once_is_not_forgotten() -> None:
    fold = RaceFold(RACE)
    fold.take(a_read("1", "Start", 1))
    level_m, fold._level_m = fold._level_m, ()
    with pytest.raises(IndexError):
        list(fold.settle(1))
    fold._level_m = level_m
    assert [one.last_checkpoint for one in fold.standings(minute(60)).standings] == ["Start"]


def test_an_event_whose_time_has_no_zone_is_ignored_and_counted() -> None:
    naive = replace(a_read("1", "Finish", 30), occurred_at=minute(30).replace(year=1, tzinfo=None))
    told = standings(RACE, [naive, a_read("1", "Finish", 40)])
    assert (told.ignored_events, told.standings[0].last_checkpoint) == (1, "Finish")


def test_of_too_many_strangers_those_with_the_least_numbers_are_kept_whoever_came_first() -> None:
    strangers: list[Event] = [a_read(str(number), "Ridge", 30) for number in range(1_010)]
    told = [standings(a_race(), order) for order in (strangers, strangers[::-1])]
    assert told[0].standings == told[1].standings
    assert [one.ignored_events for one in told] == [10, 10]
    assert {one.runner for one in told[0].standings} == {str(number) for number in range(1_000)}


def test_a_mark_for_a_stranger_who_had_to_make_room_is_a_mark_for_nobody() -> None:
    strangers = [a_read(str(number), "Ridge", 30) for number in range(1_001, 0, -1)]
    told = standings(a_race(), [*strangers, a_mark("1001 Ridge 30", 60)])
    assert (len(told.standings), told.ignored_events) == (1_000, 1)


def test_accents_may_be_written_in_two_ways() -> None:
    race = a_race("Zoë", checkpoints=(Checkpoint("Cafe\u0301", 1_000), Checkpoint("Finish", 2_000)))
    read = a_read("Zoe\u0308", "CAF\u00c9", 30)
    assert splits_of("Zoë", race, [read]) == {"Cafe\u0301": 30}
