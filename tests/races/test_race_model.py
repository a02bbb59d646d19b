"""What a race may be, and what whoever sets it up is told otherwise."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.races.course import level_metres
from domain.races.model import Checkpoint, Entry, Race
from domain.races.profile import CourseProfile, ProfileBad, ProfileOfAnotherCourse
from domain.races.refusals import (
    CheckpointCount,
    CheckpointNowhere,
    CheckpointsOutOfOrder,
    CheckpointTwice,
    CutoffsOutOfOrder,
    CutoffTooEarly,
    EnteredTwice,
    RaceNameBad,
    TimeUntold,
    TooManyEntries,
    WaveFarOff,
)
from tests.factories.races import COURSE, START, a_race, minute


def test_a_race_needs_somewhere_to_finish() -> None:
    with pytest.raises(CheckpointCount, match="2 to 100 checkpoints"):
        a_race(checkpoints=COURSE[:1])


def test_checkpoints_stand_in_the_order_of_the_course() -> None:
    with pytest.raises(CheckpointsOutOfOrder, match="'Ridge'"):
        a_race(checkpoints=(COURSE[0], COURSE[2], COURSE[1]))


def test_two_checkpoints_cannot_have_one_name() -> None:
    with pytest.raises(CheckpointTwice, match="number the passages"):
        a_race(checkpoints=(COURSE[0], COURSE[1], Checkpoint("RIDGE", 7_000)))


@pytest.mark.parametrize(
    "place",
    [(-1.0, None, None), (float("nan"), 1.0, 1.0), (1.0, 91.0, 0.0), (1.0, 0.0, float("nan")), (1.0, 0.0, None)],
)
def test_a_checkpoint_is_somewhere(place: tuple[float, float | None, float | None]) -> None:
    with pytest.raises(CheckpointNowhere):
        Checkpoint("Ridge", *place)


def test_a_cut_off_is_after_the_start() -> None:
    with pytest.raises(CutoffTooEarly):
        a_race(checkpoints=(COURSE[0], replace(COURSE[1], cutoff_at=START)))


def test_cut_offs_do_not_go_back_along_the_course() -> None:
    ridge, refuge = (replace(one, cutoff_at=minute(at)) for one, at in ((COURSE[1], 60), (COURSE[2], 59)))
    with pytest.raises(CutoffsOutOfOrder, match="'Refuge'"):
        a_race(checkpoints=(COURSE[0], ridge, refuge))
    a_race(checkpoints=(COURSE[0], ridge, replace(refuge, cutoff_at=minute(60))))


@pytest.mark.parametrize("days", [-7, 7])
def test_a_wave_starts_in_the_week_of_the_race(days: int) -> None:
    a_race(entries=(Entry("1", starts_at=START + timedelta(days=days)),))
    with pytest.raises(WaveFarOff, match="'1'"):
        a_race(entries=(Entry("1", starts_at=START + timedelta(days=days, seconds=days)),))


@pytest.mark.parametrize("year", [1899, 2201])
def test_a_race_is_run_in_a_year_that_calendars_have(year: int) -> None:
    with pytest.raises(TimeUntold, match="startsAt takes times in the years 1900 to 2200"):
        replace(a_race(), starts_at=START.replace(year=year))


def test_a_race_without_a_zone_is_nowhere_in_time() -> None:
    with pytest.raises(TimeUntold):
        replace(a_race(), starts_at=START.replace(tzinfo=None))


def test_a_bib_number_stands_for_one_runner() -> None:
    with pytest.raises(EnteredTwice, match="'7'"):
        a_race("7", "8", "7")


def test_a_race_takes_so_many_runners() -> None:
    with pytest.raises(TooManyEntries):
        a_race(*map(str, range(5_001)))


@pytest.mark.parametrize("runner", ["", " 1", "x" * 51, "1\n"])
def test_a_bib_number_can_be_shown(runner: str) -> None:
    with pytest.raises(RaceNameBad):
        Entry(runner)


@pytest.mark.parametrize(
    ("distances", "altitudes"),
    [
        ((0.0,), (1.0,)),
        ((0.0, 1.0), (1.0,)),
        ((0.0, 0.0), (1.0, 1.0)),
        ((0.0, float("inf")), (1.0, 1.0)),
        ((0.0, 9.0), (1.0, float("nan"))),
        ((-1.0, 9.0), (1.0, 1.0)),
    ],
)
def test_a_profile_is_a_line_that_goes_forwards(distances: tuple[float, ...], altitudes: tuple[float, ...]) -> None:
    with pytest.raises(ProfileBad):
        CourseProfile(distances, altitudes)


def test_a_profile_begins_at_the_start() -> None:
    CourseProfile((10.0, 1_000.0), (1.0, 1.0))
    with pytest.raises(ProfileBad, match="begins 11 m behind the start"):
        CourseProfile((11.0, 1_000.0), (1.0, 1.0))


def test_a_profile_as_steep_as_a_ladder_has_other_units() -> None:
    CourseProfile((0.0, 50.0, 100.0), (0.0, 50.0, 0.0))
    with pytest.raises(ProfileBad, match="goes up and down 101 m over 100 m, which is steeper than 45°"):
        CourseProfile((0.0, 50.0, 100.0), (0.0, 50.5, 0.0))


def test_a_profile_of_another_course_is_refused() -> None:
    with pytest.raises(ProfileOfAnotherCourse, match="22,100 m long and the finish stands at 20,000 m"):
        a_race(profile=CourseProfile((0.0, 22_100.0), (1.0, 1.0)))


def test_a_profile_is_stretched_to_the_measured_course() -> None:
    race: Race = a_race(profile=CourseProfile((0.0, 10_400.0, 20_800.0), (1.0, 2.0, 3.0)))
    assert race.profile == CourseProfile((0.0, 10_000.0, 20_000.0), (1.0, 2.0, 3.0))


def test_without_a_profile_metres_are_metres() -> None:
    assert level_metres(a_race()) == (0.0, 5_000.0, 10_000.0, 20_000.0)


@given(st.lists(st.floats(-200, 3_000), min_size=2, max_size=6))
def test_level_metres_rise_along_the_course_whatever_its_heights(altitudes: list[float]) -> None:
    places = np.linspace(0, 20_000, len(altitudes)).tolist()
    level = level_metres(a_race(profile=CourseProfile(tuple(places), tuple(altitudes))))
    assert level[0] == 0
    assert all(np.diff(level) > 0)
