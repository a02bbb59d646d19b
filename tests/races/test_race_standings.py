"""Splits, ranks, expected arrivals and who is late, told by what was recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.races.arrivals import ArrivalBasis
from domain.races.model import Checkpoint, Entry
from domain.races.passings import PassedBy
from domain.races.profile import CourseProfile
from domain.races.progress import RunnerStatus
from tests.factories.races import (
    COURSE,
    a_mark,
    a_position,
    a_race,
    a_read,
    an_event,
    minute,
    splits_of,
    standing_of,
    standings,
)

RACE = a_race("1", "2", "3")
HALFWAY = [a_read("1", "Ridge", 30), a_read("1", "Refuge", 60)]
PLACED = (*COURSE[:2], replace(COURSE[2], latitude=46.0, longitude=7.0), COURSE[3])


def test_who_was_not_seen_has_no_rank_and_comes_before_who_withdrew() -> None:
    told = standings(RACE, [a_read("2", "Ridge", 30), an_event(40, "w", type="withdrawn", runner="1")])
    assert [(one.runner, one.rank, one.status) for one in told.standings] == [
        ("2", 1, RunnerStatus.ON_COURSE),
        ("3", None, RunnerStatus.NOT_SEEN),
        ("1", None, RunnerStatus.WITHDRAWN),
    ]
    assert (told.runners_on_course, told.finished, told.withdrawn) == (1, 0, 1)


def test_who_is_farther_leads_and_at_one_checkpoint_who_was_faster() -> None:
    events = [a_read("1", "Ridge", 30), a_read("2", "Ridge", 29), a_read("3", "Ridge", 40), a_read("3", "Refuge", 80)]
    assert [(one.runner, one.rank) for one in standings(RACE, events).standings] == [("3", 1), ("2", 2), ("1", 3)]


def test_equal_times_share_a_rank() -> None:
    events = [a_read(runner, "Ridge", at) for runner, at in (("1", 30), ("2", 30), ("3", 31))]
    assert [one.rank for one in standings(RACE, events).standings] == [1, 1, 3]


def test_a_later_wave_is_ranked_by_its_own_clock() -> None:
    race = a_race(entries=(Entry("1"), Entry("2", "Ada", starts_at=minute(20))))
    told = standings(race, [a_read("1", "Ridge", 30), a_read("2", "Ridge", 45)]).standings
    assert [(one.runner, one.name, one.splits[0].elapsed_s) for one in told] == [("2", "Ada", 1500), ("1", None, 1800)]


def test_the_recorded_time_counts_and_not_when_it_was_received() -> None:
    late = replace(a_read("1", "Ridge", 30), received_at=minute(300))
    assert splits_of("1", RACE, [a_read("1", "Refuge", 60), late]) == {"Ridge": 30, "Refuge": 60}


def test_of_several_reads_at_a_checkpoint_the_earliest_counts() -> None:
    assert splits_of("1", RACE, [a_read("1", "Ridge", 32), a_read("1", "Ridge", 30)]) == {"Ridge": 30}


def test_a_leg_is_the_way_from_the_passing_before_it() -> None:
    splits = standing_of("1", RACE, HALFWAY).splits
    assert [(split.leg_s, split.leg_pace_s_per_km) for split in splits] == [(1800, 360), (1800, 360)]


def test_names_of_checkpoints_are_the_same_in_small_letters_and_numbers_of_runners_may_be_numbers() -> None:
    event = an_event(30, "a", type="read", runner=1, checkpoint=" ridge ")
    assert splits_of("1", RACE, [event]) == {"Ridge": 30}


def test_a_read_before_the_start_is_passed_over_for_a_later_one() -> None:
    assert splits_of("1", RACE, [a_read("1", "Finish", -5), a_read("1", "Finish", 120)]) == {"Finish": 120}


def test_a_read_at_the_finish_on_the_way_to_the_refuge_gives_way_to_the_true_one() -> None:
    events = [*HALFWAY, a_read("1", "Finish", 45), a_read("1", "Finish", 130)]
    assert splits_of("1", RACE, events) == {"Ridge": 30, "Refuge": 60, "Finish": 130}


def test_a_read_that_does_not_fit_the_others_is_told_as_doubtful_and_ranks_nobody() -> None:
    told = standing_of("1", RACE, [*HALFWAY, a_read("1", "Finish", 45)])
    assert [(split.checkpoint, split.doubtful) for split in told.splits] == [
        ("Ridge", False),
        ("Refuge", False),
        ("Finish", True),
    ]
    assert (told.status, told.last_checkpoint) == (RunnerStatus.ON_COURSE, "Refuge")


def test_of_two_reads_that_exclude_each_other_the_one_farther_on_is_doubted() -> None:
    told = standing_of("1", RACE, [a_read("1", "Ridge", 60), a_read("1", "Refuge", 50)])
    assert [(split.checkpoint, split.doubtful) for split in told.splits] == [("Ridge", False), ("Refuge", True)]


def test_a_read_that_is_faster_than_anybody_runs_is_doubtful() -> None:
    told = standing_of("1", RACE, [a_read("1", "Ridge", 2)])
    assert [split.doubtful for split in told.splits] == [True]
    assert told.status is RunnerStatus.NOT_SEEN


def test_a_read_that_was_marked_wrong_gives_way_to_the_next() -> None:
    events = [a_read("1", "Ridge", 25, "wrong"), a_read("1", "Ridge", 30), a_mark("wrong", 90)]
    assert splits_of("1", RACE, events) == {"Ridge": 30}


def test_a_mark_that_was_taken_back_first_and_made_again_later_holds() -> None:
    marks = [a_mark("a", 80), a_mark("a", 95, offset=3), a_mark("a", 90, wrong=False, offset=2)]
    assert splits_of("1", RACE, [a_read("1", "Ridge", 30, "a"), *marks]) == {}


def test_a_read_that_comes_again_and_again_crowds_out_no_other() -> None:
    again = [a_read("1", "Ridge", 25, "wrong")] * 20
    assert splits_of("1", RACE, [*again, a_read("1", "Ridge", 30), *again, a_mark("wrong", 90)]) == {"Ridge": 30}


def test_so_many_marks_are_heeded_and_the_others_counted() -> None:
    marks = [a_mark(f"e{number}", 90) for number in range(20_001)]
    assert standings(RACE, marks).ignored_events == 1


def test_one_read_that_is_far_too_late_puts_none_of_the_others_in_doubt() -> None:
    events = [a_read("1", "Start", 0), a_read("1", "Ridge", 200), a_read("1", "Refuge", 60), a_read("1", "Finish", 120)]
    assert splits_of("1", RACE, events) == {"Start": 0, "Refuge": 60, "Finish": 120}


def test_a_withdrawal_can_be_marked_wrong_too() -> None:
    events = [*HALFWAY, an_event(70, "w", type="withdrawn", runner="1"), a_mark("w", 80)]
    assert standing_of("1", RACE, events).status is RunnerStatus.ON_COURSE


def test_a_position_within_60_m_passes_a_checkpoint_that_has_a_place() -> None:
    race = a_race("1", checkpoints=PLACED)
    far, near = a_position("1", 46.0006, 7.0, 55), a_position("1", 46.0005, 7.0, 60)
    (split,) = standing_of("1", race, [far, near]).splits
    assert (split.checkpoint, split.elapsed_s, split.by) == ("Refuge", 3600, PassedBy.POSITION)


@pytest.mark.parametrize(("longitude", "near"), [(7.0007, True), (7.0009, False)])
def test_degrees_of_longitude_are_as_wide_as_they_are_at_that_latitude(longitude: float, near: bool) -> None:
    race = a_race("1", checkpoints=PLACED)
    assert bool(splits_of("1", race, [a_position("1", 46.0, longitude, 60)])) is near


def test_a_checkpoint_on_the_date_line_is_near_from_both_sides() -> None:
    race = a_race("1", checkpoints=(*COURSE[:2], replace(COURSE[2], latitude=-17.0, longitude=180.0), COURSE[3]))
    assert splits_of("1", race, [a_position("1", -17.0, -179.9998, 60)]) == {"Refuge": 60}


def test_of_many_positions_near_a_checkpoint_the_earliest_counts_in_whatever_order_they_come() -> None:
    race = a_race("1", checkpoints=PLACED)
    waiting = [a_position("1", 46.0, 7.0, at) for at in (63, 62, 61, *range(66, 200, 2))]
    assert splits_of("1", race, waiting) == {"Refuge": 61}


def test_a_mat_is_believed_before_a_phone() -> None:
    race = a_race("1", checkpoints=PLACED)
    events = [a_position("1", 46.0, 7.0, 59), a_read("1", "Refuge", 60)]
    assert [(split.elapsed_s, split.by) for split in standing_of("1", race, events).splits] == [(3600, PassedBy.MAT)]


def test_a_phone_at_the_place_of_a_later_checkpoint_passes_it_only_after_the_earlier_ones() -> None:
    loop = (replace(COURSE[0], latitude=46.0, longitude=7.0), COURSE[1], COURSE[2])
    race = a_race("1", checkpoints=(*loop, replace(COURSE[3], latitude=46.0, longitude=7.0)))
    crossing, finish = a_position("1", 46.0, 7.0, 55), a_position("1", 46.0, 7.0, 130)
    events = [a_position("1", 46.0, 7.0, 0), *HALFWAY, crossing, finish]
    assert splits_of("1", race, events) == {"Start": 0, "Ridge": 30, "Refuge": 60, "Finish": 130}


def test_the_last_position_is_told_and_shows_that_a_runner_is_on_the_course() -> None:
    told = standing_of("1", RACE, [a_position("1", 46.2, 7.2, 20), a_position("1", 46.1, 7.1, 10)])
    assert told.position is not None
    assert (told.position.latitude, told.status, told.last_seen_at) == (46.2, RunnerStatus.ON_COURSE, minute(20))


def test_a_position_before_the_start_does_not() -> None:
    assert standing_of("1", RACE, [a_position("1", 46.1, 7.1, -20)]).status is RunnerStatus.NOT_SEEN


def test_the_next_arrival_is_expected_at_the_pace_so_far() -> None:
    ahead = standing_of("1", RACE, HALFWAY).next
    assert ahead is not None
    assert (ahead.checkpoint, ahead.expected_at, ahead.basis) == ("Finish", minute(120), ArrivalBasis.PACE)


@pytest.mark.parametrize("events", [[], [a_read("1", "Start", 0)]])
def test_nothing_is_expected_before_the_first_evidence(events: list[object]) -> None:
    ahead = standing_of("1", RACE, events).next  # type: ignore[arg-type]
    assert ahead is not None
    assert (ahead.expected_at, ahead.basis) == (None, None)


def test_a_leg_uphill_is_expected_to_take_longer_than_a_flat_one() -> None:
    climb = CourseProfile((0.0, 10_000.0, 20_000.0), (500.0, 500.0, 1_500.0))
    ahead = standing_of("1", a_race("1", profile=climb), HALFWAY).next
    assert ahead is not None
    assert ahead.expected_at is not None
    assert ahead.basis is ArrivalBasis.GRADED_PACE
    # 10 % up counts for 1.459 level metres a metre: 60 min on the flat, 87.5 min up there.
    assert ahead.expected_at - minute(60) == pytest.approx(timedelta(minutes=87.54), abs=timedelta(seconds=30))


def test_nobody_is_expected_behind_the_finish() -> None:
    told = standing_of("1", RACE, [*HALFWAY, a_read("1", "Finish", 125)])
    assert (told.status, told.next, told.overdue) == (RunnerStatus.FINISHED, None, False)


# An hour is expected for the last leg, so a quarter of an hour more is waited.
@pytest.mark.parametrize(("now", "late", "by"), [(135, False, None), (136, True, 16 * 60)])
def test_overdue_is_who_takes_a_quarter_longer_than_expected(now: float, late: bool, by: float | None) -> None:
    told = standing_of("1", RACE, HALFWAY, now_min=now)
    assert (told.overdue, told.overdue_by_s) == (late, by)


@pytest.mark.parametrize(("now", "late"), [(70, False), (71, True)])
def test_on_a_short_leg_ten_minutes_are_waited(now: float, late: bool) -> None:
    assert standing_of("1", RACE, HALFWAY[:1], now_min=now).overdue is late


def test_who_is_not_there_by_the_cut_off_is_overdue_and_missed_it() -> None:
    closing = (*COURSE[:3], replace(COURSE[3], cutoff_at=minute(100)))
    told = standing_of("1", a_race("1", checkpoints=closing), HALFWAY, now_min=101)
    assert (told.overdue, told.overdue_by_s, told.missed_cutoff) == (True, 60, True)


def test_who_arrives_after_the_cut_off_missed_it() -> None:
    closing = (*COURSE[:3], replace(COURSE[3], cutoff_at=minute(100)))
    told = standing_of("1", a_race("1", checkpoints=closing), [*HALFWAY, a_read("1", "Finish", 101)])
    assert (told.status, told.missed_cutoff) == (RunnerStatus.FINISHED, True)


def test_nobody_waits_for_who_never_started_or_withdrew() -> None:
    closing = (*COURSE[:3], replace(COURSE[3], cutoff_at=minute(100)))
    told = standings(a_race("1", "2", checkpoints=closing), [an_event(50, "w", type="withdrawn", runner="2")])
    assert [(one.overdue, one.missed_cutoff) for one in told.standings] == [(False, False), (False, False)]


def test_it_is_told_when_time_alone_changes_a_flag() -> None:
    assert standings(RACE, HALFWAY, now_min=70).changes_at == minute(135)
    assert standings(RACE, HALFWAY, now_min=136).changes_at is None


def test_a_start_ages_ago_makes_nobody_expected_in_ages() -> None:
    short = (Checkpoint("Gate", 0.001), Checkpoint("Finish", 1_000_000))
    told = standing_of("1", a_race("1", checkpoints=short), [a_read("1", "Gate", 500)])
    assert (told.next is None, told.next and told.next.expected_at) == (False, None)
