"""The profile of a throttle plan: steps in their colours, places with cut-offs, and all of it in words too."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Movement
from domain.courses.model import Waypoint
from domain.pictures.look import INKS, Theme
from domain.pictures.plan_profile import plan_profile
from tests.factories.plans_to_take import WAYPOINTS, a_ground, a_plan_to_take, some_steps
from tests.pictures.reading import SVG, is_finite, parsed, shapes_of, words_of

HOSTILE = ["</title><script>alert(1)</script>", '"><image href="https://example.org/x"/>', "]]><!--", "漢字 🏃 \u202e"]


def test_each_step_has_its_ground_in_the_colour_of_its_throttle() -> None:
    taken = a_plan_to_take()
    grounds = shapes_of(plan_profile(taken), "polygon")
    assert [told.split(":")[0] for _, told in grounds] == [f"Step {step.ordinal}" for step in taken.steps]
    hardest = max(taken.steps, key=lambda step: step.throttle)
    easiest = min(taken.steps, key=lambda step: step.throttle)
    assert grounds[hardest.ordinal - 1][0] == "z5"
    assert grounds[easiest.ordinal - 1][0] == "z1"


def test_walking_is_hatched_and_running_is_not() -> None:
    taken = a_plan_to_take()
    strip = [style for style, told in shapes_of(plan_profile(taken), "rect") if told.startswith("Step")]
    assert strip == ["bar none" if step.movement is Movement.WALKING else "bar plain" for step in taken.steps]
    assert "bar none" in strip


def test_the_legend_says_what_the_colours_are_and_how_long_each_lasts() -> None:
    words = words_of(plan_profile(a_plan_to_take()))
    assert "Throttle: power as a share of the power at threshold, from easy to hard, and the time at it" in words
    assert "90–100 %: 26:59" in words
    assert any(told.startswith("walk: ") for told in words)


def test_places_stand_with_their_cutoffs() -> None:
    words = words_of(plan_profile(a_plan_to_take()))
    assert {"Two Pines, cut-off 1:00:00", "Round Top", "Old Mill, cut-off 2:20:00"} <= set(words)


def test_of_many_places_those_with_cutoffs_are_named_and_every_one_is_a_dot() -> None:
    places = tuple(
        Waypoint(name=f"Place {n}", distance_m=n * 99.0, cutoff_s=None if n % 5 else n) for n in range(1, 201)
    )
    picture = plan_profile(a_plan_to_take(waypoints=places, steps=some_steps(a_ground())))
    named = [words for words in words_of(picture) if words.startswith("Place")]
    assert len(named) == 24
    assert all("cut-off" in words for words in named)
    assert [told.split(",")[0] for _, told in shapes_of(picture, "circle")] == [place.name for place in places]


def test_a_cutoff_that_is_missed_is_told_as_late() -> None:
    early = (replace(WAYPOINTS[0], cutoff_s=3_000.0),)
    picture = plan_profile(a_plan_to_take(waypoints=early, reason="The cut-off at Two Pines cannot be met."))
    assert "Two Pines, cut-off 50:00 late" in words_of(picture)
    assert "The cut-off at Two Pines cannot be met." in words_of(picture)
    assert "Two Pines: 1:34 late" in (parsed(picture).findtext(f"{SVG}desc") or "")


def test_what_lies_behind_the_runner_is_plain() -> None:
    steps = some_steps(a_ground())[8:]
    grounds = shapes_of(plan_profile(a_plan_to_take(steps=steps, waypoints=())), "polygon")
    assert grounds[0] == ("plain", "Behind the runner")
    assert len(grounds) == 1 + len(steps)


def test_at_the_finish_nothing_is_left() -> None:
    picture = plan_profile(a_plan_to_take(steps=()))
    assert "There is nothing left to run." in words_of(picture)
    assert is_finite(picture)


def test_a_course_without_altitudes_says_so() -> None:
    words = words_of(plan_profile(a_plan_to_take(a_ground(climb_m=0.0))))
    assert "The course has no altitude." in words
    assert not any(" m up" in told for told in words)


def test_the_plan_is_told_to_who_cannot_see_it() -> None:
    root = parsed(plan_profile(a_plan_to_take()))
    told = root.findtext(f"{SVG}desc") or ""
    assert root.get("role") == "img"
    assert told.startswith(
        "Profile of a throttle plan: Least time · 20.0 km · 1,200 m up, 1,200 m down · 2:32:20 ± 7:00."
    )
    assert "20 steps at 57 to 91 % of the power at threshold; 6.0 km of it walking" in told
    assert "Old Mill: 8:28 in hand" in told


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_ever_text_in_a_plan(name: str) -> None:
    shown = "".join(letter for letter in name if letter.isprintable())
    place = Waypoint(name=shown, distance_m=5_000.0)
    root = parsed(plan_profile(a_plan_to_take(name=shown, waypoints=(place,), reason=name)))
    assert not list(root.iter(f"{SVG}script", f"{SVG}image"))
    assert root.findtext(f"{SVG}title") == shown.strip()


@pytest.mark.parametrize(("theme", "other"), [(Theme.LIGHT, Theme.DARK), (Theme.DARK, Theme.LIGHT)])
def test_a_plan_keeps_to_a_theme(theme: Theme, other: Theme) -> None:
    picture = plan_profile(a_plan_to_take(), theme)
    assert f".place{{fill:{INKS[theme]['ink']}" in picture
    assert f".place{{fill:{INKS[other]['ink']}" not in picture
    assert "@media" not in picture


def test_a_plan_follows_the_reader_s_system() -> None:
    assert f"@media (prefers-color-scheme:dark){{.place{{fill:{INKS['dark']['ink']}" in plan_profile(a_plan_to_take())


def test_without_its_heading_the_name_is_not_shown() -> None:
    assert "Two Hills, 20 km" not in words_of(plan_profile(a_plan_to_take(), headed=False))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 80),
    st.floats(200, 200_000),
    st.lists(st.tuples(st.floats(0, 1), st.none() | st.floats(1, 600_000)), max_size=12),
)
def test_any_plan_gives_a_picture_of_finite_numbers(
    count: int, length_m: float, places: list[tuple[float, float | None]]
) -> None:
    ground = a_ground(length_m, 400)
    cutoffs = sorted((cutoff for _, cutoff in places if cutoff is not None))
    given_in_order = iter(cutoffs)
    waypoints = tuple(
        Waypoint(name=f"P{n}", distance_m=share * length_m, cutoff_s=cutoff and next(given_in_order))
        for n, (share, cutoff) in enumerate(sorted(places, key=lambda place: place[0]))
    )
    taken = a_plan_to_take(ground, waypoints=waypoints, steps=some_steps(ground, count))
    assert is_finite(plan_profile(taken))
