"""One run is the same run in every format."""

import numpy as np
import pytest

from domain.runs.facts import facts_of
from domain.runs.recording import Recording
from infrastructure.formats.decode import decode
from tests.factories.recordings import STARTED_AT, a_hilly_course, fit_bytes, gpx_bytes, tcx_bytes

FORMATS = {"fit": fit_bytes, "gpx": gpx_bytes, "tcx": tcx_bytes}


@pytest.fixture(params=FORMATS)
def recording(request: pytest.FixtureRequest) -> Recording:
    (recording,) = decode(f"run.{request.param}", FORMATS[request.param](a_hilly_course(1800)))
    return recording


def test_it_starts_and_ends_in_the_same_second(recording: Recording) -> None:
    assert recording.first_second == STARTED_AT
    assert (recording.last_second - STARTED_AT).total_seconds() == 1800


def test_its_points_are_those_that_were_run(recording: Recording) -> None:
    course, samples = a_hilly_course(1800), recording.samples
    np.testing.assert_array_equal(samples.time_s, course.time_s)
    np.testing.assert_allclose(samples.latitude, course.latitude, atol=1e-6)
    np.testing.assert_allclose(samples.longitude, course.longitude, atol=1e-6)
    np.testing.assert_allclose(samples.altitude_m, course.altitude_m, atol=1e-6)
    np.testing.assert_array_equal(samples.heart_rate_bpm, course.heart_rate_bpm)


def test_its_cadence_counts_both_legs(recording: Recording) -> None:
    np.testing.assert_allclose(recording.samples.cadence_spm, a_hilly_course(1800).cadence_spm, atol=1)


def test_its_distance_is_the_same_within_a_few_metres(recording: Recording) -> None:
    np.testing.assert_allclose(recording.samples.distance_m, a_hilly_course(1800).distance_m, atol=3)


def test_its_facts_are_the_same(recording: Recording) -> None:
    facts = facts_of(recording)
    assert facts.moving_time_s == facts.elapsed_time_s == 1800
    assert facts.average_heart_rate == 150
    assert facts.ascent_m == pytest.approx(91.4)
    assert recording.set_aside == ()


def test_the_content_decides_not_the_name() -> None:
    for name, write in FORMATS.items():
        assert len(decode("holiday.jpg", write(a_hilly_course(60)))) == 1, name
