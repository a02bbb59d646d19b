"""A runner at an aid station has come there once, and stays for what is left of their stay."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.model import Waypoint
from domain.pacing.legs import legs_of
from domain.pacing.model import Report, ThrottlePlan
from domain.pacing.on_the_way.replan import replan
from domain.pacing.on_the_way.so_far import so_far
from tests.factories.slopes import STARTS_AT, a_plan, rolling_ground

HILLS = rolling_ground(16_000.0, waves_m=5_000.0)
HUT = Waypoint(name="Hut", distance_m=8_000.0, stop_s=300.0)
PLAN = a_plan(HILLS, HUT)
BASE = PLAN.now.predicted_time_s
COMES = next(step.end_s for step in PLAN.planned_steps if step.waypoint == "Hut")


def seen(plan: ThrottlePlan, distance_m: float, seconds: float, *huts: Waypoint) -> ThrottlePlan:
    report = Report(distance_m=distance_m, at=STARTS_AT + timedelta(seconds=seconds))
    return replan(plan, HILLS, huts or (HUT,), report)


def behind_s(plan: ThrottlePlan) -> float:
    assert plan.replan is not None
    return plan.replan.behind_s


@given(scatter=st.lists(st.floats(-45, 45), min_size=6, max_size=6))
@settings(max_examples=6, deadline=None)
def test_a_stay_on_schedule_changes_nothing_however_often_it_is_reported(scatter: list[float]) -> None:
    plan = seen(PLAN, 8_000.0, COMES)
    for minute, off_m in enumerate(scatter):
        plan = seen(plan, 8_000.0 + off_m, COMES + 60 * minute)

        assert plan.now.predicted_time_s == pytest.approx(BASE, abs=30)
        assert behind_s(plan) == pytest.approx(0, abs=30)


def test_the_rest_of_a_stay_is_told_and_no_more() -> None:
    plan = seen(seen(PLAN, 8_000.0, COMES), 8_000.0, COMES + 120)

    assert plan.now.steps[0].start_s == pytest.approx(COMES + 300)


def test_who_stays_too_long_is_late_by_what_they_stay_too_long() -> None:
    plan = seen(PLAN, 8_000.0, COMES)
    for minute in range(1, 11):
        plan = seen(plan, 8_000.0, COMES + 60 * minute)

    assert plan.now.predicted_time_s == pytest.approx(BASE + 300, abs=10)
    assert plan.now.model.endswith("Today is taken for a day like others.")


def test_who_has_come_late_and_stands_is_not_taken_for_ever_slower() -> None:
    came = seen(seen(PLAN, 7_940.0, COMES + 185), 8_000.0, COMES + 200)
    stands = seen(came, 8_000.0, COMES + 450)

    assert stands.now.predicted_time_s == pytest.approx(came.now.predicted_time_s, abs=1)


def test_who_goes_on_after_a_stay_on_schedule_keeps_the_plan() -> None:
    plan = seen(seen(PLAN, 8_000.0, COMES), 8_000.0, COMES + 240)
    leaves = next(step for step in PLAN.planned_steps if step.start_m == pytest.approx(8_000.0))

    on_the_way = seen(plan, leaves.end_m, leaves.end_s)

    assert on_the_way.now.predicted_time_s == pytest.approx(BASE, abs=3)
    assert behind_s(on_the_way) == pytest.approx(0, abs=1)


def test_who_leaves_early_is_ahead_and_has_not_flown() -> None:
    plan = seen(seen(PLAN, 8_000.0, COMES), 8_000.0, COMES + 60)
    there = next(step for step in PLAN.planned_steps if step.end_m > 11_000.0)

    early = seen(plan, there.end_m, there.end_s - 240)

    assert early.now.predicted_time_s == pytest.approx(BASE - 240, abs=5)
    assert early.now.model.endswith("Today is taken for a day like others.")


def test_who_is_first_seen_there_within_their_stay_has_come_as_planned() -> None:
    for late_s in (0.0, 150.0, 300.0):
        assert seen(PLAN, 8_000.0, COMES + late_s).now.predicted_time_s == pytest.approx(BASE, abs=3)


def test_who_is_first_seen_there_later_by_more_than_twice_their_stay_has_just_come() -> None:
    assert seen(PLAN, 8_000.0, COMES + 700).now.steps[0].start_s == pytest.approx(COMES + 1_000)


def test_who_was_still_on_the_way_a_moment_ago_has_just_come() -> None:
    first = [step for step in PLAN.planned_steps if step.end_m < 7_900.0][-1]
    plan = seen(seen(PLAN, first.end_m, first.end_s), 7_940.0, COMES + 190)

    assert COMES + 190 - first.end_s < 600
    assert seen(plan, 8_000.0, COMES + 205).now.steps[0].start_s >= COMES + 489


def test_who_is_near_the_finish_has_not_met_its_cut_off_yet() -> None:
    arch = Waypoint(name="Arch", distance_m=16_000.0, cutoff_s=BASE)

    late = seen(a_plan(HILLS, arch), 15_960.0, BASE - 1, arch)

    assert late.now.reason is not None
    assert "The cut-off at Arch " in late.now.reason


def test_who_is_there_in_time_has_met_the_cut_off_however_long_they_stand() -> None:
    hut = Waypoint(name="Hut", distance_m=8_000.0, stop_s=300.0, cutoff_s=COMES + 30)
    came = seen(a_plan(HILLS, hut), 7_980.0, COMES, hut)

    stands = seen(came, 8_010.0, COMES + 60, hut)

    assert stands.now.feasible
    assert stands.now.reason is None


def test_who_has_come_too_late_is_told_by_how_much_and_no_more_while_they_stand() -> None:
    hut = Waypoint(name="Hut", distance_m=8_000.0, stop_s=300.0, cutoff_s=COMES)
    came = seen(seen(a_plan(HILLS, hut), 7_920.0, COMES + 90, hut), 7_960.0, COMES + 90, hut)

    stands = seen(came, 8_000.0, COMES + 200, hut)

    for plan in (came, stands):
        assert not plan.now.feasible
        assert plan.now.reason is not None
        assert plan.now.reason.startswith("The cut-off at Hut: ")
        assert plan.now.reason.endswith("was missed by 1:30.")


def test_a_stay_at_the_start_passes_like_any_other() -> None:
    tent = Waypoint(name="Tent", distance_m=0.0, stop_s=600.0)
    plan = a_plan(HILLS, tent)

    waits = seen(plan, 0.0, 400.0, tent)

    assert waits.now.predicted_time_s == pytest.approx(plan.now.predicted_time_s, abs=1)
    assert behind_s(waits) == pytest.approx(0, abs=1)


def test_d_prime_comes_back_while_standing() -> None:
    bench = Waypoint(name="Bench", distance_m=2_000.0)
    up = rolling_ground(4_000.0)
    plan = a_plan(up, bench)
    comes_s = next(step.end_s for step in plan.planned_steps if step.waypoint == "Bench")
    at = [Report(distance_m=2_000.0, at=STARTS_AT + timedelta(seconds=comes_s + stood_s)) for stood_s in (0, 300)]
    came, legs = replan(plan, up, [bench], at[0]), legs_of(up, [bench], 1.0)

    left_m = [
        so_far(one, legs, report, comes_s + stood_s).standing.d_prime_left_m
        for one, report, stood_s in zip((plan, came), at, (0, 300), strict=True)
    ]

    assert left_m == [pytest.approx(102, abs=10), pytest.approx(200, abs=1)]
