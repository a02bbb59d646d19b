"""Files and runs are shown under names that fit a line, whatever stands in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.imports import (
    MAX_FILES,
    NoFiles,
    TooManyFilesAtOnce,
    check_files,
    one_line,
    run_name,
    told_name,
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("run.fit", "run.fit"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\run.gpx", "run.gpx"),
        ("/tmp/", "file"),
        ("", "file"),
        (" \x00\x1b[31m ", "[31m"),
        ("a\x00b\r\n.fit", "ab .fit"),
        ("läuf-🏃.gpx", "läuf-🏃.gpx"),
        ("\u202egpx.tif", "gpx.tif"),  # a mark that turns the reading direction round
        ("\ud800.fit", ".fit"),
        ("x" * 300 + ".fit", "x" * 251 + ".fit"),
    ],
)
def test_a_file_is_shown_by_its_last_name(given: str, told: str) -> None:
    assert told_name(given) == told


@given(st.text(max_size=400))
def test_every_name_can_be_shown_and_stored(name: str) -> None:
    told = told_name(name)
    assert 1 <= len(told) <= 255
    assert told.isprintable()
    assert told.encode()


@pytest.mark.parametrize(
    ("recorded", "file_name", "place", "of", "name"),
    [
        ("Morning run", "a.fit", 0, 1, "Morning run"),
        (None, "a.fit", 0, 1, "a"),
        (None, "a.fit.gz", 0, 1, "a"),
        (None, "a", 0, 1, "a"),
        (None, ".fit", 0, 1, ".fit"),
        (None, "tri.fit", 1, 3, "tri (2)"),
        (" \n ", "a.gpx", 0, 1, "a"),
        ("up\n and\tdown", "a.gpx", 0, 1, "up and down"),
        ("\u202eright to left", "a.gpx", 0, 1, "right to left"),
        ("x" * 300, "a.gpx", 0, 1, "x" * 255),
    ],
)
def test_a_run_is_called_by_its_recording_or_after_its_file(
    recorded: str | None, file_name: str, place: int, of: int, name: str
) -> None:
    assert run_name(recorded, file_name, place, of) == name


@given(st.text(max_size=400))
def test_every_recorded_name_comes_to_a_name(recorded: str) -> None:
    name = run_name(recorded, "a.gpx", 0, 1)
    assert 1 <= len(name) <= 255
    assert one_line(name) == name


def test_an_import_of_nothing_is_refused() -> None:
    with pytest.raises(NoFiles):
        check_files(0)


def test_an_import_takes_so_many_files_and_no_more() -> None:
    check_files(MAX_FILES)
    with pytest.raises(TooManyFilesAtOnce, match="501 files"):
        check_files(MAX_FILES + 1)
