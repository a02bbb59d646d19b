"""What is stored of a throttle plan is what comes back, whichever release wrote it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Movement
from domain.pacing.basis import Basis
from domain.pacing.kept import Kept
from domain.pacing.model import Following, Goal, GoalKind, Replan, ThrottlePlan, ThrottleStep
from infrastructure.pacing.documents import COLUMNS, from_row, to_row
from tests.factories.plans_to_take import a_plan_to_take

PLAN = a_plan_to_take(count=3, starts_at=None).plan
KEPT = Kept(
    distance_m=1.0,
    elapsed_s=600.0,
    d_prime_left_m=90.0,
    usual_budget_s=5.0,
    cost=1.0,
    to_m=(500.0, 900.0),
    throttle=(0.8, 0.9),
    waypoint_m=20.0,
    stood_s=60.0,
)
REPORTED = Replan(
    distance_m=1.0, at=datetime(2026, 7, 4, tzinfo=UTC), heart_rate=140.0, behind_s=2.0, today=1.0, kept=KEPT
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
# To the millisecond, as clients are told them.
INSTANTS = st.integers(0, 10**13).map(lambda ms: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms % 10**12))
STEPS = st.builds(
    ThrottleStep,
    ordinal=st.integers(1, 60),
    movement=st.sampled_from(Movement),
    expected_heart_rate=st.none() | st.integers(30, 220),
    arrive_at=st.none() | INSTANTS,
    cutoff_margin_s=st.none() | NUMBERS,
    waypoint=st.none() | TEXTS,
    **dict.fromkeys(
        (
            *("start_m", "end_m", "ascent_m", "descent_m", "mean_grade", "throttle", "speed_m_per_s", "pace_s_per_km"),
            *("start_s", "end_s", "d_prime_left_m", "stop_s"),
        ),
        NUMBERS,
    ),
)
REPLANS = st.builds(
    Replan, distance_m=NUMBERS, at=INSTANTS, heart_rate=st.none() | NUMBERS, behind_s=NUMBERS, today=st.none() | NUMBERS
)
BASES = st.builds(
    Basis,
    runs=st.integers(0, 999),
    held_out_runs=st.integers(0, 999),
    spread=NUMBERS,
    error=st.none() | NUMBERS,
    table_error=st.none() | NUMBERS,
    figures=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


def row_of(plan: ThrottlePlan) -> dict[str, Any]:
    return dict(zip(COLUMNS, to_row(plan), strict=True))


def documents_of(row: dict[str, Any], column: str) -> Any:
    return orjson.loads(row[column])


@settings(max_examples=40)
@given(steps=st.lists(STEPS, max_size=3).map(tuple), replan=st.none() | REPLANS, basis=BASES)
def test_a_plan_comes_back_as_it_was_stored(
    steps: tuple[ThrottleStep, ...], replan: Replan | None, basis: Basis
) -> None:
    plan = replace(PLAN, planned_steps=steps, now=replace(PLAN.now, steps=steps), replan=replan, basis=basis)

    assert from_row(row_of(plan)) == plan


@pytest.mark.parametrize("goal", [Goal(kind=GoalKind.TARGET_TIME, target_time_s=9e3), Goal(kind=GoalKind.EVEN_EFFORT)])
def test_a_goal_and_what_is_followed_come_back(goal: Goal) -> None:
    plan = replace(PLAN, goal=goal, following=Following(topic_id=UUID(int=4), source="Ada", offset=7), version=3)

    assert from_row(row_of(plan)) == plan


def test_a_topic_that_is_gone_is_followed_no_longer() -> None:
    followed = replace(PLAN, following=Following(topic_id=UUID(int=4), source="Ada", offset=7))

    assert from_row(row_of(followed) | {"follow_topic": None}).following is None


def test_what_a_release_before_did_not_write_has_a_default() -> None:
    row = row_of(replace(PLAN, replan=REPORTED))
    lacking = {
        "steps": ("expected_heart_rate", "arrive_at", "cutoff_margin_s", "waypoint", "stop_s"),
        "runner": ("resting_heart_rate", "threshold_heart_rate", "max_heart_rate"),
        "basis": ("error", "table_error", "figures"),
        "replan": ("heart_rate", "today", "kept"),
    }
    for column, names in lacking.items():
        told = documents_of(row, column)
        for document in told if isinstance(told, list) else [told]:
            for name in names:
                del document[name]
        row[column] = orjson.dumps(told).decode()

    read = from_row(row)

    assert {step.stop_s for step in read.now.steps} == {0.0}
    assert {step.arrive_at for step in read.now.steps} == {None}
    assert read.basis.figures == {}
    assert read.runner.max_heart_rate is None
    assert read.replan is not None
    assert read.replan.today is None
    assert read.replan.kept is None


@pytest.mark.parametrize("column", ["runner", "basis", "steps", "replan"])
def test_what_a_later_release_writes_beside_is_passed_by(column: str) -> None:
    plan = replace(PLAN, replan=REPORTED)
    row = row_of(plan)
    told = documents_of(row, column)
    for document in told if isinstance(told, list) else [told]:
        document["to_come"] = 1
    row[column] = orjson.dumps(told).decode()

    assert from_row(row) == plan


def test_what_is_kept_of_a_report_comes_back() -> None:
    plan = replace(PLAN, replan=REPORTED)

    assert from_row(row_of(plan)).replan == REPORTED


def test_instants_are_stored_as_clients_are_told_them() -> None:
    arrivals = [step["arrive_at"] for step in documents_of(row_of(a_plan_to_take(count=3).plan), "steps")]

    assert arrivals[-1].startswith("2026-07-04T0")
    assert all(len(arrival) == len("2026-07-04T04:00:00.000Z") and arrival.endswith("Z") for arrival in arrivals)
