"""What was missed is told, at the finish too; some seconds of a target are nothing to give up for."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from domain.courses.model import Waypoint
from domain.pacing.late import Late
from domain.pacing.model import Goal, GoalKind, Report, ThrottlePlan
from domain.pacing.on_the_way.missed import why_not_from_here
from domain.pacing.on_the_way.replan import replan
from domain.pacing.running.forward import follow
from tests.factories.legs import legs_of
from tests.factories.slopes import LEAST_TIME, RUNNER, STARTS_AT, a_plan, rolling_ground

HILLS = rolling_ground(8_000.0)
TARGET = Goal(kind=GoalKind.TARGET_TIME, target_time_s=3_600.0)
ARCH = Waypoint(name="Arch", distance_m=8_000.0, cutoff_s=3_900.0)


def arriving(seconds: float, goal: Goal = TARGET, *waypoints: Waypoint) -> ThrottlePlan:
    report = Report(distance_m=8_000.0, at=STARTS_AT + timedelta(seconds=seconds))
    return replan(a_plan(HILLS, *waypoints, goal=goal), HILLS, waypoints, report)


def test_a_target_that_was_met_is_no_matter() -> None:
    assert arriving(3_599.0).now.feasible
    assert arriving(3_600.4).now.reason is None


def test_a_target_that_was_missed_is_told_at_the_finish() -> None:
    now = arriving(3_612.0).now

    assert not now.feasible
    assert now.reason == "The target time of 1:00:00 was missed by 0:12."


def test_a_cut_off_of_the_finish_that_was_missed_is_told() -> None:
    now = arriving(4_000.0, LEAST_TIME, ARCH).now

    assert not now.feasible
    assert now.reason == "The cut-off at Arch: 1:05:00 was missed by 1:40."


def test_a_cut_off_of_the_finish_that_was_met_is_not_told() -> None:
    assert arriving(3_800.0, LEAST_TIME, ARCH).now.feasible


def test_the_first_arrival_counts() -> None:
    arrived = arriving(3_500.0)
    again = replan(arrived, HILLS, [], Report(distance_m=8_000.0, at=STARTS_AT + timedelta(seconds=4_000)))

    assert again == arrived


def foretold(target_s: float, late_s: float, *missed: Late) -> str | None:
    """What is said of a pacing that arrives so late for a target."""
    pacing = follow(legs_of((1_000.0, 0.0)), RUNNER, np.array([0.9]))
    late = Late(name=None, cutoff_s=target_s, late_s=late_s)
    goal = Goal(kind=GoalKind.TARGET_TIME, target_time_s=target_s)
    return why_not_from_here(replace(pacing, finish_s=target_s + late_s, late=(late,)), RUNNER, goal, missed)


@pytest.mark.parametrize(("target_s", "late_s"), [(3_600.0, 29.0), (50_000.0, 99.0)])
def test_a_target_is_not_given_up_for_seconds(target_s: float, late_s: float) -> None:
    assert foretold(target_s, late_s) is None


@pytest.mark.parametrize(("target_s", "late_s"), [(3_600.0, 31.0), (50_000.0, 101.0)])
def test_a_target_that_is_lost_by_more_is_told(target_s: float, late_s: float) -> None:
    assert (foretold(target_s, late_s) or "").startswith("The target time of ")


def test_what_was_missed_already_is_told_before_what_will_be() -> None:
    told = foretold(3_600.0, 60.0, Late(name="Hut", cutoff_s=600.0, late_s=5.0)) or ""

    assert told.startswith("The cut-off at Hut: 10:00 was missed by 0:05. The target time of ")


def test_a_cut_off_is_told_by_the_second() -> None:
    pacing = follow(legs_of((1_000.0, 0.0)), RUNNER, np.array([0.9]))
    late = (Late(name="Hut", cutoff_s=600.0, late_s=4.0),)

    assert why_not_from_here(replace(pacing, late=late), RUNNER, LEAST_TIME, ()) is not None
