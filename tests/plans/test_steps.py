"""What the steps of a workout allow, and that they survive being stored."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans.bounds import OutOfBounds, RangeReversed
from domain.plans.step_documents import from_document, to_document
from domain.plans.step_rules import (
    RepeatIsNotRun,
    RepeatWithoutCount,
    StepDoesNotRepeat,
    StepEndsTwice,
    StepsTooDeep,
    TooManySteps,
    check_steps,
)
from domain.plans.steps import StepKind, StepTarget, TargetKind, WorkoutStep
from domain.plans.wording import TextTooLong, TextUnstorable
from domain.shared.errors import UserError
from tests.factories.plans import a_repeat, a_step

RANGES = {TargetKind.PACE: (120, 1_200), TargetKind.HEART_RATE: (30, 240), TargetKind.EFFORT: (1, 10)}
RUN_KINDS = [kind for kind in StepKind if kind is not StepKind.REPEAT]


def field_of(refusal: type[UserError], *steps: WorkoutStep) -> tuple[str, ...] | None:
    with pytest.raises(refusal) as refused:
        check_steps(steps)
    return refused.value.field


@st.composite
def targets(draw: st.DrawFn) -> StepTarget:
    kind = draw(st.sampled_from(list(TargetKind)))
    ends = sorted(draw(st.tuples(st.floats(*RANGES[kind]), st.floats(*RANGES[kind]))))
    return StepTarget(kind, *ends)


notes = st.none() | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)


@st.composite
def run_steps(draw: st.DrawFn) -> WorkoutStep:
    ends: dict[str, Any] = draw(
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"distance_m": st.floats(1, 300_000)}),
            st.fixed_dictionaries({"duration_s": st.integers(1, 172_800)}),
        )
    )
    target = draw(st.none() | targets())
    return WorkoutStep(kind=draw(st.sampled_from(RUN_KINDS)), target=target, note=draw(notes), **ends)


def repeats(of: st.SearchStrategy[WorkoutStep]) -> st.SearchStrategy[WorkoutStep]:
    children = st.lists(of, min_size=1, max_size=3).map(tuple)
    return st.builds(
        WorkoutStep, kind=st.just(StepKind.REPEAT), repetitions=st.integers(2, 100), note=notes, steps=children
    )


second_level = run_steps() | repeats(run_steps())
trees = st.lists(run_steps() | repeats(second_level), max_size=4).map(tuple)


@given(trees)
def test_every_tree_within_the_bounds_is_allowed(steps: tuple[WorkoutStep, ...]) -> None:
    check_steps(steps)


@given(trees)
def test_steps_come_back_from_their_json_as_they_went_in(steps: tuple[WorkoutStep, ...]) -> None:
    assert from_document(json.loads(json.dumps(to_document(steps), allow_nan=False))) == steps


def test_a_document_has_exactly_the_keys_that_readers_ask_for() -> None:
    target = StepTarget(TargetKind.HEART_RATE, 140, 150)
    assert to_document([a_repeat(a_step(distance_m=400.0, target=target), note="Relaxed")]) == [
        {
            "kind": "REPEAT",
            "repetitions": 4,
            "distanceM": None,
            "durationS": None,
            "target": None,
            "note": "Relaxed",
            "steps": [
                {
                    "kind": "WORK",
                    "repetitions": None,
                    "distanceM": 400.0,
                    "durationS": None,
                    "target": {"kind": "HEART_RATE", "minimum": 140, "maximum": 150},
                    "note": None,
                    "steps": [],
                }
            ],
        }
    ]


def test_the_kinds_in_a_document_are_plain_strings() -> None:
    assert type(to_document([a_step()])[0]["kind"]) is str


def test_a_step_may_end_with_the_lap_button() -> None:
    check_steps([a_step(StepKind.WARM_UP)])


def test_a_step_may_not_end_after_a_distance_and_a_duration() -> None:
    assert field_of(StepEndsTwice, a_step(), a_step(distance_m=400, duration_s=90)) == ("steps", "1")


@pytest.mark.parametrize(
    "step", [a_step(distance_m=1), a_step(distance_m=300_000), a_step(duration_s=1), a_step(duration_s=172_800)]
)
def test_a_step_may_be_1_m_to_300_km_or_1_s_to_48_h(step: WorkoutStep) -> None:
    check_steps([step])


@pytest.mark.parametrize("distance_m", [0.9, -400, 300_000.5, float("nan"), float("inf")])
def test_a_distance_outside_its_bounds_is_refused(distance_m: float) -> None:
    assert field_of(OutOfBounds, a_step(distance_m=distance_m)) == ("steps", "0", "distanceM")


@pytest.mark.parametrize("duration_s", [0, -1, 172_801])
def test_a_duration_outside_its_bounds_is_refused(duration_s: int) -> None:
    assert field_of(OutOfBounds, a_step(duration_s=duration_s)) == ("steps", "0", "durationS")


@pytest.mark.parametrize("kind", RUN_KINDS)
def test_only_a_repeat_has_repetitions(kind: StepKind) -> None:
    assert field_of(StepDoesNotRepeat, a_step(kind, repetitions=2)) == ("steps", "0", "repetitions")


@pytest.mark.parametrize("kind", RUN_KINDS)
def test_only_a_repeat_holds_steps(kind: StepKind) -> None:
    assert field_of(StepDoesNotRepeat, a_step(kind, steps=(a_step(),))) == ("steps", "0", "steps")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"distance_m": 400}, "distanceM"),
        ({"duration_s": 90}, "durationS"),
        ({"target": StepTarget(TargetKind.EFFORT, 6, 8)}, "target"),
    ],
)
def test_a_repeat_has_no_distance_duration_or_target_of_its_own(values: dict[str, Any], name: str) -> None:
    assert field_of(RepeatIsNotRun, a_repeat(**values)) == ("steps", "0", name)


def test_a_repeat_says_how_often() -> None:
    assert field_of(RepeatWithoutCount, a_repeat(repetitions=None)) == ("steps", "0", "repetitions")


@pytest.mark.parametrize("repetitions", [2, 100])
def test_a_repeat_may_go_2_to_100_times(repetitions: int) -> None:
    check_steps([a_repeat(repetitions=repetitions)])


@pytest.mark.parametrize("repetitions", [1, 0, -3, 101])
def test_a_repeat_may_not_go_once_nor_more_than_100_times(repetitions: int) -> None:
    assert field_of(OutOfBounds, a_repeat(repetitions=repetitions)) == ("steps", "0", "repetitions")


def test_a_repeat_without_steps_is_refused() -> None:
    assert field_of(OutOfBounds, WorkoutStep(kind=StepKind.REPEAT, repetitions=4)) == ("steps", "0", "steps")


def test_a_repeat_may_hold_20_steps() -> None:
    check_steps([a_repeat(*[a_step()] * 20)])


def test_a_repeat_may_not_hold_21_steps() -> None:
    assert field_of(OutOfBounds, a_repeat(*[a_step()] * 21)) == ("steps", "0", "steps")


def test_steps_may_go_three_levels_deep() -> None:
    check_steps([a_repeat(a_repeat(a_step()))])


def test_steps_may_not_go_four_levels_deep() -> None:
    assert field_of(StepsTooDeep, a_repeat(a_step(), a_repeat(a_repeat()))) == (
        "steps",
        "0",
        "steps",
        "1",
        "steps",
        "0",
    )


def test_a_tree_of_absurd_depth_is_refused_and_not_walked_to_its_end() -> None:
    step = a_step()
    for _ in range(150):
        step = a_repeat(step)
    assert field_of(StepsTooDeep, step) == ("steps", "0", "steps", "0", "steps", "0")


def test_a_workout_may_have_200_steps() -> None:
    check_steps([a_step()] * 200)


def test_a_workout_may_not_have_201_steps_wherever_they_are() -> None:
    assert field_of(TooManySteps, *[a_step()] * 199, a_repeat()) == ("steps",)


@pytest.mark.parametrize("kind", list(TargetKind))
def test_a_target_may_lie_on_its_bounds(kind: TargetKind) -> None:
    check_steps([a_step(target=StepTarget(kind, *RANGES[kind]))])


@pytest.mark.parametrize("kind", list(TargetKind))
def test_a_target_below_its_bounds_is_refused_at_its_minimum(kind: TargetKind) -> None:
    low, high = RANGES[kind]
    target = StepTarget(kind, low - 0.5, high)
    assert field_of(OutOfBounds, a_step(target=target)) == ("steps", "0", "target", "minimum")


@pytest.mark.parametrize("kind", list(TargetKind))
@pytest.mark.parametrize("beyond", [0.5, float("inf"), float("nan")])
def test_a_target_above_its_bounds_is_refused_at_its_maximum(kind: TargetKind, beyond: float) -> None:
    low, high = RANGES[kind]
    target = StepTarget(kind, low, high + beyond)
    assert field_of(OutOfBounds, a_step(target=target)) == ("steps", "0", "target", "maximum")


def test_a_target_deep_in_the_tree_is_refused_by_its_whole_path() -> None:
    reversed_pace = StepTarget(TargetKind.PACE, 300, 240)
    field = field_of(RangeReversed, a_repeat(a_step(), a_step(target=reversed_pace)))
    assert field == ("steps", "0", "steps", "1", "target")


@pytest.mark.parametrize("step", [a_step(note="n" * 501), a_repeat(note="n" * 501)])
def test_a_note_may_not_have_more_than_500_characters(step: WorkoutStep) -> None:
    assert field_of(TextTooLong, step) == ("steps", "0", "note")


def test_a_note_may_not_hold_a_nul_which_jsonb_cannot_store() -> None:
    assert field_of(TextUnstorable, a_step(note="easy\x00")) == ("steps", "0", "note")
