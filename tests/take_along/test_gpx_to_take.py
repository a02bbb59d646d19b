"""The plan as GPX: valid, timed, and read back as the course that it is of."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from domain.courses.drawing import CourseFile, built
from domain.courses.model import Waypoint
from domain.pacing.take_along import CourseWithoutPositions, PlanToTake
from infrastructure.formats.course_gpx import GpxCourseFiles
from infrastructure.take_along.gpx import GPX, MOST_POINTS, OWN, gpx
from tests.factories.plans_to_take import STARTS_AT, WAYPOINTS, a_ground, a_plan_to_take, without_positions
from tests.take_along.gpx_schema import GPX_SCHEMA

NAMES = {"g": GPX, "c": OWN}


def written(taken: PlanToTake) -> etree._Element:
    """A file as any program would read it; it keeps to the schema."""
    root = etree.fromstring(gpx(taken), etree.XMLParser(resolve_entities=False, no_network=True))
    GPX_SCHEMA.assertValid(root)
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path, NAMES)]


def test_the_track_is_timed_by_the_plan() -> None:
    taken = a_plan_to_take()
    times = [datetime.fromisoformat(text) for text in texts(written(taken), "g:trk/g:trkseg/g:trkpt/g:time")]
    assert times[0] == STARTS_AT
    assert times[-1] - STARTS_AT == timedelta(milliseconds=round(taken.steps[-1].end_s * 1000))
    assert times == sorted(times)


def test_a_plan_without_a_start_has_no_times() -> None:
    root = written(a_plan_to_take(starts_at=None))
    assert not texts(root, ".//g:time")
    assert len(root.findall("g:trk/g:trkseg/g:trkpt", NAMES)) > 1_000


def test_a_place_has_its_name_its_kind_and_what_to_know_there() -> None:
    root = written(a_plan_to_take())
    assert texts(root, "g:wpt/g:name") == ["Two Pines", "Round Top", "Old Mill"]
    assert texts(root, "g:wpt/g:type") == ["aid station", "summit", "aid station"]
    assert texts(root, "g:wpt/g:extensions/c:stopS") == ["180.0", "240.0"]
    assert texts(root, "g:wpt/g:extensions/c:cutoffS") == ["3600.0", "8400.0"]
    assert texts(root, "g:wpt/g:extensions/c:distanceM") == ["5000.0", "8000.0", "16000.0"]
    assert texts(root, "g:wpt/g:desc")[0] == "5.0 km, there after 51:34, stay 3:00, cut-off 1:00:00, 8:26 in hand"
    assert texts(root, "g:wpt/g:time")[0].startswith("2026-07-04T04:51:34.")


def test_a_place_stands_where_it_was_given_and_else_on_the_course() -> None:
    given_place = replace(WAYPOINTS[0], latitude=46.5, longitude=7.5)
    first, second = written(a_plan_to_take(waypoints=(given_place, WAYPOINTS[1]))).findall("g:wpt", NAMES)
    assert (first.get("lat"), first.get("lon")) == ("46.5000000", "7.5000000")
    assert float(second.get("lat", "")) == pytest.approx(46.2 + 8_000 / 111_195 * 0.6, abs=1e-5)


def test_it_is_read_back_as_the_course_with_its_places() -> None:
    taken = a_plan_to_take()
    course = built(GpxCourseFiles().read(CourseFile("plan.gpx", gpx(taken))), None)
    assert course.name == "Two Hills, 20 km"
    assert course.ground.length_m == pytest.approx(taken.ground.length_m, rel=0.01)
    assert course.ground.ascent_m == pytest.approx(taken.ground.ascent_m, rel=0.05)
    told = [(one.name, one.kind, one.stop_s, one.cutoff_s) for one in course.waypoints]
    assert told == [(one.name, one.kind, one.stop_s, one.cutoff_s) for one in WAYPOINTS]
    stretch = course.ground.length_m / taken.ground.length_m
    along = [one.distance_m for one in course.waypoints]
    assert along == pytest.approx([one.distance_m * stretch for one in WAYPOINTS], abs=30)
    assert not course.set_aside


def test_a_long_course_is_thinned() -> None:
    taken = a_plan_to_take(a_ground(170_000, 34_000), waypoints=())
    points = written(taken).findall("g:trk/g:trkseg/g:trkpt", NAMES)
    assert len(points) == MOST_POINTS


def test_a_course_without_altitudes_has_none_in_its_file() -> None:
    assert not texts(written(a_plan_to_take(a_ground(climb_m=0.0))), ".//g:ele")


def test_altitudes_are_those_of_the_ground() -> None:
    taken = a_plan_to_take(waypoints=())
    altitudes = [float(text) for text in texts(written(taken), "g:trk/g:trkseg/g:trkpt/g:ele")]
    assert altitudes == pytest.approx(taken.ground.profile.altitude_m.tolist(), abs=0.051)
    assert np.ptp(altitudes) > 500


def test_a_place_on_the_date_line_stands_at_180_degrees_west() -> None:
    place = replace(WAYPOINTS[0], latitude=-17.0, longitude=180.0)
    (waypoint,) = written(a_plan_to_take(waypoints=(place,))).findall("g:wpt", NAMES)
    assert waypoint.get("lon") == "-180.0000000"


def test_a_course_without_positions_has_no_gpx() -> None:
    with pytest.raises(CourseWithoutPositions):
        gpx(a_plan_to_take(without_positions(a_ground())))


def test_the_same_plan_gives_the_same_file() -> None:
    assert gpx(a_plan_to_take()) == gpx(a_plan_to_take())


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.isprintable))
def test_any_name_of_a_place_comes_back_as_it_was(name: str) -> None:
    small = a_ground(2_000, 20)
    place = Waypoint(name=f"A{name}", distance_m=1_000.0)
    assert texts(written(a_plan_to_take(small, waypoints=(place,), count=2)), "g:wpt/g:name") == [f"A{name}"]


def test_a_name_cannot_break_out_of_its_element() -> None:
    root = written(a_plan_to_take(name="</name><trk/>&x; ]]>"))
    assert texts(root, "g:trk/g:name") == ["</name><trk/>&x; ]]>"]
