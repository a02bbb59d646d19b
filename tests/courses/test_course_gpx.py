"""Courses out of GPX files: tracks and routes without times, and the waypoints beside them."""

import gzip
from dataclasses import replace

import numpy as np
import pytest

from domain.courses.drawing import BuiltCourse, CourseFile, DrawnCourse, built
from domain.courses.model import WaypointKind
from domain.courses.refusals import CourseLeaps, NoAltitudes, NoGround
from infrastructure.formats.course_gpx import GpxCourseFiles
from tests.factories.course_files import Way, a_climb, a_track, a_wpt, course_gpx, lengths_m, out_and_back, points
from tests.factories.recordings import a_hilly_course, gpx_bytes


def read(content: bytes, name: str = "ridge.gpx") -> DrawnCourse:
    return GpxCourseFiles().read(CourseFile(name, content))


def course(*parts: str) -> BuiltCourse:
    return built(read(course_gpx(*parts)), None)


def lost(found: BuiltCourse) -> dict[str, int]:
    return {one.reason: one.count for one in found.set_aside}


def shifted(way: Way, north_m: float) -> Way:
    return replace(way, north_m=way.north_m + north_m)


def test_a_track_without_times_is_a_course() -> None:
    found = course()
    assert lengths_m(found.ground) == (5_000, 500, 0)
    assert (found.name, found.set_aside, found.notes) == ("Over the ridge", (), ())


def test_a_route_is_a_course_where_there_is_no_track() -> None:
    found = course(f"<rte><name>By map</name>{points(a_climb(), 'rtept')}</rte>")
    assert (found.name, lengths_m(found.ground)) == ("By map", (5_000, 500, 0))


def test_the_track_counts_where_there_is_a_route_too() -> None:
    found = course(f"<rte><name>By map</name>{points(a_climb(900), 'rtept')}</rte>", a_track())
    assert (found.name, lengths_m(found.ground)[0]) == ("Over the ridge", 5_000)
    assert lost(found) == {"points of routes beside the track": 46}


def test_a_recorded_run_is_as_long_and_as_high_as_it_was() -> None:
    recorded = a_hilly_course(600)
    ground = built(read(gpx_bytes(recorded)), None).ground
    assert ground.length_m == pytest.approx(recorded.distance_m[-1], rel=0.001)


def test_a_gzipped_file_is_unpacked() -> None:
    assert lengths_m(built(read(gzip.compress(course_gpx()), "ridge.gpx.gz"), None).ground) == (5_000, 500, 0)


def test_segments_and_stages_that_go_on_are_one_way() -> None:
    first, second = a_climb(2_000), shifted(a_climb(2_000), 2_050)
    second = replace(second, altitude_m=second.altitude_m + 205)
    found = course(a_track(first), a_track(second, name="Second day"))
    assert (found.name, lengths_m(found.ground)[0], found.set_aside) == ("Over the ridge", 4_050, ())


def test_a_track_that_begins_elsewhere_is_another_course() -> None:
    found = course(a_track(a_climb(2_000)), a_track(shifted(a_climb(1_000), 2_600)))
    assert lengths_m(found.ground)[0] == 2_000
    assert lost(found) == {"points of other tracks, which do not begin where one ended": 51}


@pytest.mark.parametrize("place", [0, 100, 250])
def test_a_single_position_astray_is_left_out(place: int) -> None:
    way = a_climb()
    east_m = way.east_m.copy()
    east_m[place] = 50_000
    found = course(a_track(replace(way, east_m=east_m)))
    assert found.ground.length_m == pytest.approx(5_000, abs=25)
    assert lost(found) == {"positions astray": 1}


def test_a_track_that_leaps_is_refused_with_the_place() -> None:
    way = a_climb()
    leaping = replace(way, north_m=np.where(way.north_m > 3_000, way.north_m + 9_000, way.north_m))
    with pytest.raises(CourseLeaps, match=r"At kilometre 3\.0 the next point is 9\.0 km away"):
        course(a_track(leaping))


def test_a_point_between_two_leaps_is_no_stray_but_a_gap_on_either_side() -> None:
    way = a_climb(9_000, every_m=3_000)
    with pytest.raises(CourseLeaps, match=r"the next point is 3\.0 km away"):
        course(a_track(way))


def test_points_without_a_position_are_left_out_and_counted() -> None:
    nowhere = '<trkpt lat="" lon="7.1"/><trkpt lat="0" lon="0"/><trkpt lat="nan" lon="inf"/><trkpt lat="91" lon="7"/>'
    found = course(f"<trk><trkseg>{nowhere}{points(a_climb())}</trkseg></trk>")
    assert lengths_m(found.ground)[0] == 5_000
    assert lost(found) == {"points without a position": 4}


@pytest.mark.parametrize(
    "parts", ["<trk/>", points(replace(a_climb(), north_m=np.zeros(251))), '<wpt lat="1" lon="1"/>']
)
def test_a_file_without_a_way_is_refused(parts: str) -> None:
    with pytest.raises(NoGround):
        course(parts)


def test_a_file_without_altitudes_is_refused() -> None:
    with pytest.raises(NoAltitudes):
        course(a_track(heights=False))


def test_altitudes_that_are_0_throughout_are_none() -> None:
    with pytest.raises(NoAltitudes):
        course(a_track(replace(a_climb(), altitude_m=np.zeros(251))))


def test_altitudes_that_no_mountain_has_are_missing() -> None:
    way = a_climb()
    altitude_m = way.altitude_m.copy()
    altitude_m[[30, 60]] = [-32_768, 65_535]
    found = course(a_track(replace(way, altitude_m=altitude_m)))
    assert lengths_m(found.ground) == (5_000, 500, 0)
    assert lost(found) == {"altitudes below -1,000 or above 10,000": 2}


def test_a_single_altitude_that_stands_out_is_left_out_and_counted() -> None:
    way = a_climb()
    altitude_m = way.altitude_m.copy()
    altitude_m[[30, 60]] = [0, 8_848]
    found = course(a_track(replace(way, altitude_m=altitude_m)))
    assert lengths_m(found.ground) == (5_000, 500, 0)
    assert lost(found) == {"single altitudes far above or below those on both sides of them": 2}


def test_stages_are_gone_through_in_the_order_of_the_file() -> None:
    stages = [shifted(a_climb(500), north_m) for north_m in (0, 5_000, 510, 5_510, 1_020)]
    stages = [replace(one, altitude_m=800 + one.north_m / 10) for one in stages]
    found = course(*(a_track(one) for one in stages))
    assert lengths_m(found.ground)[0] == 1_520
    assert lost(found) == {"points of other tracks, which do not begin where one ended": 52}


def test_waypoints_stand_where_the_track_passes_them() -> None:
    found = course(a_wpt("Hut", 1_000, 40), a_wpt("Top", 4_000), a_track())
    assert [(one.name, round(one.distance_m)) for one in found.waypoints] == [("Hut", 1_000), ("Top", 4_000)]


def test_waypoints_far_from_the_track_are_left_out_counted_and_named() -> None:
    found = course(*(a_wpt(name, 1_000, 900) for name in ("Inn", "Car park", "Church", "Shop")), a_track())
    assert lost(found) == {"waypoints far from the course: Inn, Car park, Church and 1 more": 4}


def test_the_order_of_waypoints_in_the_file_tells_the_way_out_from_the_way_back() -> None:
    hut = a_wpt("Hut", 1_000)
    found = course(hut, a_wpt("Top", 3_000), hut, a_track(out_and_back()))
    assert [round(one.distance_m) for one in found.waypoints] == [1_000, 3_000, 5_000]
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("<type>AID_STATION</type>", "AID_STATION"),
        ("<type>Aid station</type>", "AID_STATION"),
        ("<sym>Drinking Water</sym>", "AID_STATION"),
        ("<sym>Restaurant</sym><type>food</type>", "AID_STATION"),
        ("<type>checkpoint</type>", "CHECKPOINT"),
        ("<sym>Summit</sym>", "SUMMIT"),
        ("<type>first aid</type>", "OTHER"),
        ("<sym>Waterfall</sym>", "OTHER"),
        ("<desc>water</desc>", "OTHER"),
        ("", "OTHER"),
    ],
)
def test_a_waypoint_is_what_its_type_or_symbol_says(inside: str, kind: str) -> None:
    (found,) = read(course_gpx(a_wpt("Hut", 0, inside=inside), a_track())).waypoints
    assert found.kind is WaypointKind(kind)


def test_stops_cut_offs_and_passes_that_were_written_by_cairn_are_read_back() -> None:
    own = "<cairn:stopS>240</cairn:stopS><cairn:cutoffS>7200.5</cairn:cutoffS><cairn:distanceM>5000</cairn:distanceM>"
    found = course(a_wpt("Hut", 1_000, inside=f"<extensions>{own}</extensions>"), a_track(out_and_back()))
    (hut,) = found.waypoints
    assert (hut.stop_s, hut.cutoff_s, round(hut.distance_m)) == (240, 7_200.5, 5_000)


@pytest.mark.parametrize("own", ["<cairn:stopS>{}</cairn:stopS>", "<cairn:cutoffS>{}</cairn:cutoffS>"])
@pytest.mark.parametrize("figure", ["-1", "nan", "inf", "1e9", "soon", ""])
def test_a_stop_or_cut_off_that_no_course_has_is_left_out_and_counted(own: str, figure: str) -> None:
    found = course(a_wpt("Hut", 1_000, inside=f"<extensions>{own.format(figure)}</extensions>"), a_track())
    (hut,) = found.waypoints
    assert (hut.stop_s, hut.cutoff_s) == (0, None)
    assert lost(found) == {"stops, cut-offs and distances of waypoints that no course has": 1}


def test_waypoints_beyond_the_200th_and_those_without_a_position_are_counted() -> None:
    nowhere = '<wpt lat="x" lon="7"><name>Nowhere</name></wpt>'
    found = course(nowhere, *[a_wpt("Hut", 1_000)] * 202, a_track())
    assert len(found.waypoints) == 199
    assert lost(found) == {"waypoints beyond the first 200": 3, "waypoints without a position": 1}


@pytest.mark.parametrize(("name", "told"), [("", "Waypoint 1"), ("a\nb\t\x7f", "a b"), ("a" * 300, "a" * 100)])
def test_a_waypoint_s_name_is_made_one_that_can_be_shown(name: str, told: str) -> None:
    (found,) = course(a_wpt(name, 1_000), a_track()).waypoints
    assert found.name == told


def test_a_name_inside_an_extension_is_not_the_waypoint_s() -> None:
    inside = "<extensions><x><name>Wrong</name><type>food</type></x></extensions>"
    (found,) = course(a_wpt("Hut", 1_000, inside=inside), a_track()).waypoints
    assert (found.name, found.kind) == ("Hut", WaypointKind.OTHER)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("<metadata><name>Whole</name></metadata>", a_track()), "Over the ridge"),
        (("<metadata><name>Whole</name></metadata>", a_track(name="")), "Whole"),
        ((a_track(name=""),), "ridge"),
        ((a_track(name="a" * 300),), "a" * 100),
    ],
)
def test_a_course_is_called_by_its_track_its_file_s_metadata_or_its_file(parts: tuple[str, ...], name: str) -> None:
    assert course(*parts).name == name
