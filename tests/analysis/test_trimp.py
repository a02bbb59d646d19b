"""Load by the heart alone: Banister's numbers, and a scale on which an hour at threshold is 100."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import RecordedTrack
from domain.analysis.trimp import TrimpLoad, banister_trimp, trimp_load
from domain.physiology.model import Physiology, Sex
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording
from tests.factories.even_runs import HEART_ONLY, a_run
from tests.factories.recordings import a_recording

ONLY_MAXIMUM = Physiology(valid_from=date(2024, 1, 1), max_heart_rate=190)


def load_of(recording: Recording, physiology: Physiology = HEART_ONLY) -> TrimpLoad:
    return trimp_load(RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording)), physiology)


@pytest.mark.parametrize(("sex", "impulse"), [(Sex.MALE, 31.80), (Sex.FEMALE, 37.13)])
def test_half_an_hour_at_130_is_banister_s_own_number(sex: Sex, impulse: float) -> None:
    trimp = banister_trimp(np.array([130.0]), np.array([30.0]), resting=40, maximum=200, sex=sex)
    assert trimp == pytest.approx(impulse, abs=0.005)


def test_the_impulse_is_worked_out_sample_by_sample_and_never_on_the_mean() -> None:
    minutes = np.array([15.0, 15.0])
    uneven = banister_trimp(np.array([100.0, 160.0]), minutes, resting=40, maximum=200, sex=Sex.MALE)
    even = banister_trimp(np.array([130.0, 130.0]), minutes, resting=40, maximum=200, sex=Sex.MALE)
    assert uneven > even * 1.05


def test_a_heart_below_rest_or_above_maximum_counts_as_at_them() -> None:
    def trimp(bpm: float) -> float:
        return banister_trimp(np.array([bpm]), np.array([30.0]), resting=40, maximum=200, sex=Sex.MALE)

    assert trimp(35) == 0
    assert trimp(230) == trimp(200)


@pytest.mark.parametrize("sex", list(Sex))
def test_an_hour_at_threshold_is_100(sex: Sex) -> None:
    assert load_of(a_run(3600, heart_rate=170), replace(HEART_ONLY, sex=sex)).load == pytest.approx(100)


def test_women_s_and_men_s_curves_give_different_loads() -> None:
    easy = a_run(3600, heart_rate=130)
    women, men = (load_of(easy, replace(HEART_ONLY, sex=sex)).load for sex in (Sex.FEMALE, Sex.MALE))
    assert women == pytest.approx(41.37, abs=0.01)
    assert men == pytest.approx(38.52, abs=0.01)


def test_without_a_maximum_there_is_no_load_and_a_reason() -> None:
    load = load_of(a_run(), Physiology(valid_from=date(2024, 1, 1), resting_heart_rate=50))
    assert load.load is None
    assert "maximum heart rate" in load.notes[0]


def test_what_is_not_set_is_assumed_and_said() -> None:
    at_threshold = 50 + 0.85 * (190 - 50)
    load = load_of(a_run(3600, heart_rate=at_threshold), ONLY_MAXIMUM)
    assert load.load == pytest.approx(100)
    told = " ".join(load.notes)
    assert "169 bpm" in told
    assert "85 % of the heart-rate reserve" in told
    assert "resting heart rate of 50 bpm" in told
    assert "men's curve" in told


def test_nothing_is_assumed_where_all_is_set() -> None:
    (note,) = load_of(a_run()).notes
    assert note == "Load is TRIMP by heart rate: an hour at 170 bpm is 100, the threshold heart rate."


def test_only_moving_time_counts() -> None:
    whole = a_run(3600, heart_rate=170)
    assert load_of(replace(whole, active=((0, 1800),))).load == pytest.approx(50)


def test_a_lost_strap_counts_as_the_mean_of_the_rest_and_is_said() -> None:
    beats = np.full(3600, 170.0)
    beats[1800:2160] = np.nan
    load = load_of(a_run(3600, heart_rate=beats))
    assert load.load == pytest.approx(100)
    assert "90 % of the moving time" in load.notes[-1]


def test_a_strap_lost_for_long_gives_no_load() -> None:
    beats = np.full(3600, 170.0)
    beats[:900] = np.nan
    load = load_of(a_run(3600, heart_rate=beats))
    assert load.load is None
    assert "80 %" in load.notes[0]


@pytest.mark.parametrize("written", [0.0, 255.0])
def test_a_heart_rate_that_no_heart_has_is_none(written: float) -> None:
    assert load_of(a_run(3600, heart_rate=written)).load is None


def test_a_heart_faster_than_its_maximum_is_said() -> None:
    assert "faster than the maximum" in load_of(a_run(600, heart_rate=200)).notes[-1]


def test_what_the_heart_did_in_a_pause_is_not_said() -> None:
    beats = np.repeat([150.0, 200.0], [600, 600])
    assert load_of(replace(a_run(1200, heart_rate=beats), active=((0, 600),))).notes == load_of(a_run(600)).notes


@pytest.mark.parametrize("seconds", [[0.0], [0.0, 7200.0]])
def test_a_run_without_movement_has_no_load(seconds: list[float]) -> None:
    load = load_of(a_recording(time_s=seconds, heart_rate_bpm=[150.0] * len(seconds), distance_m=[0.0] * len(seconds)))
    assert load.load is None
    assert load.notes == ("There is no movement to work out a TRIMP from.",)


@given(st.integers(60, 3000), st.floats(60, 189), st.floats(0.1, 5))
@settings(max_examples=25, deadline=None)
def test_a_longer_run_and_a_faster_heart_are_more_load(seconds: int, bpm: float, more: float) -> None:
    load = load_of(a_run(seconds, heart_rate=bpm)).load
    longer, faster = (
        load_of(a_run(seconds + 60, heart_rate=bpm)).load,
        load_of(a_run(seconds, heart_rate=bpm + more)).load,
    )
    assert load is not None
    assert longer is not None
    assert faster is not None
    assert 0 < load < longer
    assert faster > load or bpm + more > 190
