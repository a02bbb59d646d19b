"""The colours of throttle, and a plan in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.model import Goal, GoalKind
from domain.pictures.plan_look import COLOURS, as_slope, bands_of, goal_words, in_hand, step_words
from tests.factories.plans_to_take import a_ground, some_steps

THROTTLES = st.lists(st.floats(0.05, 3.0), min_size=1, max_size=60)


@settings(max_examples=80, deadline=None)
@given(THROTTLES)
def test_every_throttle_lies_in_its_band(throttles: list[float]) -> None:
    bands = bands_of(throttles)
    assert bands.count <= COLOURS
    for throttle in throttles:
        low = bands.low + bands.of(throttle) * bands.step
        assert low - 1e-6 <= throttle <= low + bands.step + 1e-6


@settings(max_examples=80, deadline=None)
@given(THROTTLES)
def test_a_harder_step_never_has_an_easier_colour(throttles: list[float]) -> None:
    bands = bands_of(throttles)
    colours = [bands.style(throttle) for throttle in sorted(throttles)]
    assert colours == sorted(colours)


def test_bands_are_as_fine_as_five_colours_allow() -> None:
    bands = bands_of([0.63, 0.66, 0.71])
    assert [bands.words(band) for band in range(bands.count)] == ["62–64 %", "64–66 %", "66–68 %", "68–70 %", "70–72 %"]


def test_the_easiest_and_the_hardest_have_the_ends_of_the_colours() -> None:
    bands = bands_of([0.5, 1.0])
    assert (bands.style(0.5), bands.style(1.0)) == ("z1", "z5")


def test_one_throttle_all_along_has_one_colour_in_the_middle() -> None:
    bands = bands_of([0.8, 0.8])
    assert (bands.count, bands.style(0.8), bands.words(0)) == (1, "z3", "80–81 %")


def test_no_steps_have_bands_all_the_same() -> None:
    assert bands_of([]).count == 1


@pytest.mark.parametrize(
    ("grade", "told"), [(0.083, "+8 %"), (-0.12, "−12 %"), (0.004, "level"), (-0.0, "level"), (0.006, "+1 %")]
)
def test_a_slope_is_told_in_whole_percent(grade: float, told: str) -> None:
    assert as_slope(grade) == told


def test_a_margin_says_which_way_it_goes() -> None:
    assert (in_hand(90), in_hand(-3_700)) == ("1:30 in hand", "1:01:40 late")


@pytest.mark.parametrize(
    ("goal", "told"),
    [
        (Goal(kind=GoalKind.LEAST_TIME), "Least time"),
        (Goal(kind=GoalKind.TARGET_TIME, target_time_s=12_600), "Target time 3:30:00"),
        (Goal(kind=GoalKind.EVEN_EFFORT), "Even effort"),
        (Goal(kind=GoalKind.EVEN_EFFORT, throttle=0.72), "Even effort at 72 %"),
    ],
)
def test_a_goal_is_told_in_words(goal: Goal, told: str) -> None:
    assert goal_words(goal) == told


def test_a_step_is_told_in_one_sentence() -> None:
    step = some_steps(a_ground(climb_m=0.0), 20)[1]
    assert step_words(step) == "Step 2: 1.00–2.00 km, level; run at throttle 72 %, 6:00/km, there after 12:00"
