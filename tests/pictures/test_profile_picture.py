"""The profile of a run: what is there is drawn as it is, and what lacks is told in words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pictures.drawn_run import DrawnRun, Way
from domain.pictures.look import Theme
from domain.pictures.profile_picture import means_along, profile_picture
from domain.runs.states import AnalysisState
from domain.zones.model import EfficiencyZone, ZoneMethod, ZoneReason
from domain.zones.standing import FIFTHS
from tests.factories.drawn_runs import HOSTILE, a_drawn_run, a_stretch, a_way, stored_runs
from tests.pictures.reading import SVG, is_finite, parsed, shapes_of, words_of

TAGS = ("svg", "title", "desc", "style", "defs", "pattern", "rect", "line", "polygon", "path", "text")
HIGH, LOW = EfficiencyZone.HIGH, EfficiencyZone.LOW


def nothing_of(way: Way, channel: str) -> Way:
    return replace(way, **{channel: np.full(way.distance_m.size, np.nan)})


def test_every_stretch_is_filled_with_the_colour_of_its_zone() -> None:
    standings = [*FIFTHS, ZoneReason.WARM_UP, None]
    run = a_drawn_run(stretches=tuple(a_stretch(i * 200.0, each) for i, each in enumerate(standings)))
    styles = [style for style, _ in shapes_of(profile_picture(run), "polygon")]
    assert styles == ["z1", "z2", "z3", "z4", "z5", "none", "none"]


def test_a_profile_is_coloured_by_similar_stretches_not_by_grade() -> None:
    run = a_drawn_run(stretches=(a_stretch(0, HIGH, among_grade=LOW),))
    assert shapes_of(profile_picture(run), "polygon")[0][0] == "z4"


def test_a_stretch_tells_in_words_where_it_is_and_what_it_is() -> None:
    run = a_drawn_run(stretches=(a_stretch(1200, HIGH, length_m=340, grade_band=-3),))
    assert shapes_of(profile_picture(run), "polygon")[0][1] == "1.20–1.54 km, −7.5 %: high"


def test_a_stretch_is_drawn_where_it_lies_on_the_way() -> None:
    run = a_drawn_run(a_way(10_000), stretches=(a_stretch(2_500, HIGH, length_m=2_500),))
    (shape,) = parsed(profile_picture(run)).iter(f"{SVG}polygon")
    x = [float(corner.split(",")[0]) for corner in shape.get("points", "").split()]
    assert (min(x), max(x)) == (62 + 864 * 0.25, 62 + 864 * 0.5)


def test_the_legend_tells_the_share_of_each_zone_and_the_reasons() -> None:
    stretches = (a_stretch(0, ZoneReason.WARM_UP), a_stretch(200, HIGH, length_m=600), a_stretch(800, LOW))
    words = words_of(profile_picture(a_drawn_run(stretches=stretches)))
    told = [
        "very high 0 %",
        "high 60 %",
        "medium 0 %",
        "low 20 %",
        "very low 0 %",
        "the first 5 minutes, never judged 20 %",
    ]
    assert words[-6:] == told


@pytest.mark.parametrize("reason", list(ZoneReason))
def test_every_reason_is_told_in_words(reason: ZoneReason) -> None:
    words = words_of(profile_picture(a_drawn_run(stretches=(a_stretch(0, reason),))))
    assert words[-1].endswith(" 100 %")
    assert reason.value not in words[-1]


def test_the_legend_names_the_method() -> None:
    words = words_of(profile_picture(a_drawn_run(method=ZoneMethod.TRAILMETRICS)))
    assert any("by the TrailMetrics method" in line for line in words)


def test_many_reasons_stay_inside_the_picture() -> None:
    stretches = tuple(a_stretch(i * 200.0, each) for i, each in enumerate([*ZoneReason, None]))
    root = parsed(profile_picture(a_drawn_run(stretches=stretches)))
    width, height = (float(side) for side in root.get("viewBox", "").split()[2:])
    for square in root.iter(f"{SVG}rect"):
        assert float(square.get("x", 0)) + float(square.get("width", 0)) <= width
        assert float(square.get("y", 0)) + float(square.get("height", 0)) <= height


def test_the_axes_have_ticks_with_their_units() -> None:
    words = words_of(profile_picture(a_drawn_run()))
    assert {"0 km", "2 km", "12 km", "400", "900", "130", "160", "5:00", "6:30"} <= set(words)
    assert {"Altitude, m", "Heart rate, bpm (means of 48 m)", "Grade-adjusted pace, min/km (means of 48 m)"} <= set(
        words
    )


def test_the_picture_is_headed_by_name_day_and_totals() -> None:
    words = words_of(profile_picture(a_drawn_run()))
    assert words[:2] == ["Two hills before breakfast", "2 May 2026 · 12.0 km · 1:20:00 moving · 742 m up"]


def test_an_ascent_that_is_not_known_is_not_told() -> None:
    assert " up" not in words_of(profile_picture(a_drawn_run(ascent_m=None)))[1]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_ever_text(name: str) -> None:
    root = parsed(profile_picture(a_drawn_run(name=name)))
    assert {element.tag for element in root.iter()} <= {f"{SVG}{tag}" for tag in TAGS}
    assert not [
        attribute
        for element in root.iter()
        for attribute in element.attrib
        if "href" in attribute or attribute.startswith("on")
    ]
    assert root.getroottree().docinfo.doctype == ""


def test_a_name_is_shown_as_it_is() -> None:
    name = """<b>Fish & "chips"</b> 'run'"""
    root = parsed(profile_picture(a_drawn_run(name=name)))
    assert root.findtext(f"{SVG}title") == name
    assert next(root.iter(f"{SVG}text")).text == name
    assert root.get("aria-label", "").startswith(name)


@pytest.mark.parametrize("name", ["long " * 51, "漢" * 255])
def test_a_long_name_is_cut_where_it_is_shown_and_whole_where_it_is_told(name: str) -> None:
    root = parsed(profile_picture(a_drawn_run(name=name)))
    shown = next(root.iter(f"{SVG}text")).text or ""
    assert shown.endswith("…")
    assert len(shown) <= 66
    assert root.findtext(f"{SVG}title") == name.strip()


def test_the_picture_is_told_to_who_cannot_see_it() -> None:
    root = parsed(profile_picture(a_drawn_run(stretches=(a_stretch(0, HIGH),))))
    assert root.get("role") == "img"
    assert "12.0 km" in (root.findtext(f"{SVG}desc") or "")
    assert "high 100 %" in (root.findtext(f"{SVG}desc") or "")
    assert root.findtext(f"{SVG}desc") in root.get("aria-label", "")


def test_a_picture_has_no_size_of_its_own() -> None:
    root = parsed(profile_picture(a_drawn_run()))
    assert root.get("width") is None
    assert root.get("viewBox", "").startswith("0 0 960 ")


def test_a_picture_follows_the_reader_s_system() -> None:
    picture = profile_picture(a_drawn_run())
    assert "@media (prefers-color-scheme:dark){.z1{fill:#7449a8}" in picture
    assert ".z1{fill:#46206b}" in picture


@pytest.mark.parametrize(
    ("theme", "has", "lacks"), [(Theme.LIGHT, "#46206b", "#7449a8"), (Theme.DARK, "#7449a8", "#46206b")]
)
def test_a_theme_that_is_asked_for_is_kept_to(theme: Theme, has: str, lacks: str) -> None:
    picture = profile_picture(a_drawn_run(), theme)
    assert has in picture
    assert lacks not in picture
    assert "@media" not in picture


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("altitude_m", "The recording has no altitude."),
        ("heart_rate_bpm", "The recording has no heart rate."),
        ("graded_speed_m_per_s", "There is no grade-adjusted pace."),
        ("distance_m", "The recording has no distances, so there is no way to draw it along."),
    ],
)
def test_what_a_recording_lacks_is_told(channel: str, told: str) -> None:
    picture = profile_picture(a_drawn_run(nothing_of(a_way(), channel)))
    assert told in words_of(picture)
    assert is_finite(picture)


def test_nothing_is_told_to_lack_that_is_there() -> None:
    assert not [words for words in words_of(profile_picture(a_drawn_run())) if " no " in words]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"way": None, "analysis": None}, "This run was entered by hand"),
        ({"analysis": AnalysisState.PENDING}, "The analysis is not there yet"),
        ({"analysis": None}, "The analysis is not there yet"),
        ({"analysis": AnalysisState.FAILED}, "This recording could not be analysed"),
        ({}, "There are no stretches to judge"),
    ],
)
def test_why_there_are_no_zones_is_told(changed: dict[str, object], told: str) -> None:
    run = replace(a_drawn_run(), stretches=(), **changed)
    picture = profile_picture(run)
    assert any(words.startswith(told) for words in words_of(picture))
    assert told in (parsed(picture).findtext(f"{SVG}desc") or "")


def test_a_run_without_zones_still_has_its_altitude_drawn() -> None:
    run = a_drawn_run(stretches=(), analysis=AnalysisState.PENDING)
    assert [style for style, _ in shapes_of(profile_picture(run), "polygon")] == ["plain"]


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    way = a_way()
    beats = way.heart_rate_bpm.copy()
    beats[200:300] = np.nan
    root = parsed(profile_picture(a_drawn_run(replace(way, heart_rate_bpm=beats))))
    (heart,) = [path for path in root.iter(f"{SVG}path") if "heart" in path.get("class", "")]
    assert heart.get("d", "").count("M") == 2


def test_standing_still_does_not_flatten_the_pace_of_the_rest() -> None:
    way = a_way()
    speed = way.graded_speed_m_per_s.copy()
    speed[300:306] = 0.01
    labels = words_of(profile_picture(a_drawn_run(replace(way, graded_speed_m_per_s=speed))))
    assert "5:30" in labels
    assert "10:00" not in labels


def test_standing_still_has_no_pace() -> None:
    way = a_way()
    speed = way.graded_speed_m_per_s.copy()
    speed[300:306] = 0.01
    root = parsed(profile_picture(a_drawn_run(replace(way, graded_speed_m_per_s=speed))))
    (pace,) = [path for path in root.iter(f"{SVG}path") if "pace" in path.get("class", "")]
    assert pace.get("d", "").count("M") == 2


def test_faster_is_drawn_higher() -> None:
    way = replace(a_way(), graded_speed_m_per_s=np.linspace(2.5, 4.0, 600))
    root = parsed(profile_picture(a_drawn_run(way)))
    (pace,) = [path for path in root.iter(f"{SVG}path") if "pace" in path.get("class", "")]
    corners = [float(corner.split(",")[1]) for corner in pace.get("d", "").lstrip("M").split()]
    assert corners[0] > corners[-1]


def test_distances_count_from_the_first_known_point() -> None:
    way = Way(
        *(np.array(values) for values in ([np.nan, 50.0, 70.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))
    )
    assert way.from_its_start().distance_m.tolist() == [0, 20]
    assert way.from_its_start().altitude_m.tolist() == [2, 3]


def test_means_along_the_way_are_of_the_known_values() -> None:
    metres, means = means_along(np.array([0.0, 10, 20, 60, 90, 100]), np.array([1.0, 3, np.nan, 5, np.nan, np.nan]), 4)
    assert metres.tolist() == [10, 60, 95]
    assert means[:2].tolist() == [2, 5]
    assert np.isnan(means[2])


@settings(max_examples=60, deadline=None)
@given(stored_runs())
def test_whatever_is_stored_gives_a_picture_of_finite_numbers(run: DrawnRun) -> None:
    assert is_finite(profile_picture(run))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_any_name_gives_well_formed_xml(name: str) -> None:
    parsed(profile_picture(a_drawn_run(name=name, way=None, stretches=())))
