"""Files that are no course, or mean harm, are refused with a sentence, and never with anything else."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses import refusals
from domain.courses.drawing import BuiltCourse, CourseFile, built
from domain.runs.refusals import DamagedArchive, NestedArchive
from domain.shared.errors import UserError
from infrastructure.formats import course_gpx as module
from infrastructure.formats.course_gpx import GpxCourseFiles
from tests.factories.course_files import HEAD, a_climb, a_track, a_wpt, course_gpx
from tests.factories.recordings import fit_bytes, tcx_bytes

WHOLE = course_gpx(a_wpt("Hut", 500), a_track(a_climb(600)))
BILLION_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + WHOLE


def outcome(content: bytes, most_bytes: int = module.MOST_BYTES) -> BuiltCourse | UserError:
    """The course, or why there is none: anything else is a bug."""
    try:
        return built(GpxCourseFiles(most_bytes=most_bytes).read(CourseFile("course.gpx", content)), None)
    except UserError as refusal:
        return refusal


def is_sound(found: BuiltCourse | UserError) -> bool:
    if isinstance(found, UserError):
        return found.message[-1] in ".?"
    ground, length_m = found.ground, found.ground.length_m
    figures = (ground.profile.altitude_m, ground.profile.grade, ground.latitude, ground.longitude)
    inside = all(0 <= one.distance_m <= length_m for one in found.waypoints)
    return inside and 100 <= length_m <= 500_000 and all(np.isfinite(one).all() for one in figures)


def refused(content: bytes, most_bytes: int = module.MOST_BYTES) -> type[object]:
    found = outcome(content, most_bytes)
    assert is_sound(found)
    return type(found)


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b" \n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refused(content) is refusals.CourseFileEmpty


@pytest.mark.parametrize("content", [b"hello", b"<html></html>", b"<kml/>", fit_bytes(), tcx_bytes(), b"\xff\xd8\xff"])
def test_another_format_is_refused(content: bytes) -> None:
    assert refused(content) is refusals.NotACourseFile


@pytest.mark.parametrize("content", [WHOLE[:-20], WHOLE[: len(WHOLE) // 2], WHOLE.replace(b"</trkseg>", b"")])
def test_a_file_that_breaks_off_is_refused_for_its_end_may_be_missing(content: bytes) -> None:
    assert refused(content) is refusals.CourseFileDamaged


@pytest.mark.parametrize(
    "content",
    [BILLION_LAUGHS, b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1/x">' + WHOLE, BILLION_LAUGHS.decode().encode("utf-16")],
)
def test_a_file_with_entities_or_a_document_type_is_refused(content: bytes) -> None:
    assert refused(content) is refusals.CourseEntities


def test_a_file_in_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    assert refused(gzip.compress(b" " * 2_000_000), most_bytes=1_000_000) is refusals.CourseFileTooLarge


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refused(WHOLE, most_bytes=len(WHOLE) - 1) is refusals.CourseFileTooLarge


def test_a_damaged_gzip_and_an_archive_in_it_are_refused() -> None:
    assert refused(b"\x1f\x8bnothing") is DamagedArchive
    assert refused(gzip.compress(gzip.compress(WHOLE))) is NestedArchive


def test_more_points_than_any_course_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 30)
    assert refused(WHOLE) is refusals.TooManyCoursePoints


@pytest.mark.parametrize("element", ["<trk/>", "<rte/>"])
def test_more_tracks_than_any_course_has_are_refused(element: str) -> None:
    assert refused(course_gpx(element * 1_001, a_track())) is refusals.TooManyCourseTracks


def test_more_xml_than_any_course_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ELEMENTS", 40)
    assert refused(course_gpx("<extensions/>" * 50, a_track(a_climb(600)))) is refusals.TooManyCourseElements


def test_a_gzip_of_many_parts_is_refused_by_their_number() -> None:
    assert refused(gzip.compress(b"") * 10_001 + gzip.compress(WHOLE)) is DamagedArchive


@pytest.mark.parametrize("figure", ["nan", "inf", "-inf", "1e400", "", "x", "0x10"])
@pytest.mark.parametrize("place", ['lat="46.02', 'lon="7.15', "<ele>8"])
def test_figures_that_are_none_end_in_a_course_or_a_refusal(place: str, figure: str) -> None:
    quote = place[: place.index('"') + 1] if '"' in place else "<ele>"
    assert is_sound(outcome(WHOLE.decode().replace(place, f"{quote}{figure}").encode()))


@settings(max_examples=60)
@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 40))
def test_whatever_stands_in_a_file_a_course_or_a_refusal_comes_out(garbage: bytes, place: int, gone: int) -> None:
    assert is_sound(outcome(WHOLE[:place] + garbage + WHOLE[place + gone :]))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(45, 47), st.floats(allow_nan=True), st.floats(allow_nan=True)), max_size=12))
def test_whatever_the_figures_are_a_course_or_a_refusal_comes_out(figures: list[tuple[float, float, float]]) -> None:
    points = "".join(f'<trkpt lat="{a}" lon="{b}"><ele>{c}</ele></trkpt>' for a, b, c in figures)
    assert is_sound(outcome(f"{HEAD}<trk><trkseg>{points}</trkseg></trk></gpx>".encode()))
