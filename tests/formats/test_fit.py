"""FIT: sessions of running, pauses of the timer, and what can be saved of damaged files."""

from datetime import timedelta

import fitfast
import numpy as np
import pytest

from domain.runs.facts import facts_of
from domain.runs.refusals import NoPoints, NotARun, NothingReadable, NoTimes, PlannedNotRun
from infrastructure.formats.fit import decode_fit
from tests.factories.fit_writer import CYCLING, GENERIC, RUNNING, WALKING, FitWriter
from tests.factories.recordings import STARTED_AT, a_hilly_course, fit_bytes, multisport_fit_bytes


def test_a_stopped_timer_is_a_pause() -> None:
    (recording,) = decode_fit(fit_bytes(pauses=[(600, 700), (900, 1000)]))
    assert recording.active == ((0, 600), (700, 900), (1000, 1800))
    assert facts_of(recording).moving_time_s == 1600


def test_without_timer_events_the_file_says_nothing_about_pauses() -> None:
    (recording,) = decode_fit(fit_bytes(timer_events=False))
    assert recording.active is None


def test_the_devices_own_totals_and_laps_are_kept() -> None:
    course = a_hilly_course(600)
    (recording,) = decode_fit(fit_bytes(course, pauses=[(100, 160)]))
    assert recording.device.distance_m == pytest.approx(course.distance_m[-1])
    assert (recording.device.timer_s, recording.device.elapsed_s) == (540, 600)
    (lap,) = recording.laps
    assert (lap.start_s, lap.elapsed_s, lap.timer_s) == (0, 600, 540)


def test_the_watch_and_the_second_it_made_the_file_name_the_run() -> None:
    (recording,) = decode_fit(fit_bytes())
    assert recording.external_id == f"fit:12345:{STARTED_AT.timestamp():.0f}"


@pytest.mark.parametrize(
    ("sub_sport", "said"), [(0, "running"), (1, "treadmill running"), (3, "trail running"), (45, "indoor running")]
)
def test_every_kind_of_running_is_a_run(sub_sport: int, said: str) -> None:
    (recording,) = decode_fit(fit_bytes(a_hilly_course(60), sub_sport=sub_sport))
    assert recording.sport == said


@pytest.mark.parametrize("sport", [GENERIC, 255])
def test_an_unknown_sport_is_taken_as_a_run(sport: int) -> None:
    assert len(decode_fit(fit_bytes(a_hilly_course(60), sport=sport))) == 1


def test_a_file_without_a_session_is_taken_as_one_run() -> None:
    assert len(decode_fit(fit_bytes(a_hilly_course(60), session=False))) == 1


@pytest.mark.parametrize(("sport", "said"), [(CYCLING, "cycling"), (WALKING, "walking"), (17, "hiking")])
def test_another_sport_is_refused_by_its_name(sport: int, said: str) -> None:
    with pytest.raises(NotARun, match=said):
        decode_fit(fit_bytes(a_hilly_course(60), sport=sport))


def a_duathlon() -> bytes:
    ride = a_hilly_course(900)
    run = a_hilly_course(600, STARTED_AT + timedelta(seconds=1000))
    again = a_hilly_course(300, STARTED_AT + timedelta(seconds=2000))
    counted_on = run.distance_m + ride.distance_m[-1]
    run = type(run)(**{**vars(run), "distance_m": counted_on})
    return multisport_fit_bytes([(CYCLING, ride), (RUNNING, run), (RUNNING, again)])


def test_a_file_of_several_sports_gives_its_running_sessions() -> None:
    first, second = decode_fit(a_duathlon())
    assert first.first_second == STARTED_AT + timedelta(seconds=1000)
    assert first.last_second == STARTED_AT + timedelta(seconds=1600)
    assert second.first_second == STARTED_AT + timedelta(seconds=2000)


def test_beside_a_run_a_session_of_unknown_sport_is_none() -> None:
    run = a_hilly_course(60, STARTED_AT + timedelta(seconds=100))
    (recording,) = decode_fit(multisport_fit_bytes([(GENERIC, a_hilly_course(60)), (RUNNING, run)]))
    assert recording.first_second == run.started_at


def test_metres_of_the_sport_before_are_not_the_runs() -> None:
    first, second = decode_fit(a_duathlon())
    assert facts_of(first).distance_m == pytest.approx(a_hilly_course(600).distance_m[-1], abs=0.02)
    assert facts_of(second).distance_m == pytest.approx(a_hilly_course(300).distance_m[-1], abs=0.02)


def test_two_runs_of_one_file_have_ids_of_their_own() -> None:
    first, second = decode_fit(a_duathlon())
    assert first.external_id != second.external_id


def test_a_file_of_other_sports_names_them_all() -> None:
    legs = [
        (WALKING, a_hilly_course(60)),
        (CYCLING, a_hilly_course(60, STARTED_AT + timedelta(seconds=100))),
    ]
    with pytest.raises(NotARun, match="cycling and walking"):
        decode_fit(multisport_fit_bytes(legs))


def test_files_chained_into_one_are_read_to_the_end() -> None:
    first, second = a_hilly_course(60), a_hilly_course(60, STARTED_AT + timedelta(seconds=100))
    recordings = decode_fit(fit_bytes(first) + fit_bytes(second))
    assert [recording.first_second for recording in recordings] == [STARTED_AT, second.started_at]


def test_of_a_file_that_is_cut_off_the_points_before_are_kept() -> None:
    whole = fit_bytes(a_hilly_course(600))
    (recording,) = decode_fit(whole[: len(whole) // 2])
    assert 200 < len(recording.samples) < 400
    np.testing.assert_array_equal(recording.samples.time_s, np.arange(len(recording.samples)))
    (lost,) = recording.set_aside
    assert "ends in the middle" in lost.reason
    assert str(len(recording.samples)) in lost.reason


def test_a_salvaged_file_has_the_same_values_as_the_whole_one() -> None:
    whole = fit_bytes(a_hilly_course(600), pauses=[(20, 60)])
    (salvaged,), (read,) = decode_fit(whole[: len(whole) // 2]), decode_fit(whole)
    n = len(salvaged.samples)
    for channel in salvaged.samples.__dataclass_fields__:
        np.testing.assert_allclose(getattr(salvaged.samples, channel), getattr(read.samples, channel)[:n], atol=1e-9)
    assert salvaged.active is not None
    assert salvaged.active[:1] == ((0, 20),)


def test_a_wrong_checksum_alone_loses_nothing() -> None:
    whole = fit_bytes(a_hilly_course(300))
    (recording,) = decode_fit(whole[:-2] + b"\0\0")
    assert len(recording.samples) == 301
    assert recording.set_aside == ()


def test_a_file_cut_off_before_its_first_point_says_so() -> None:
    with pytest.raises(NothingReadable, match="before its first point"):
        decode_fit(fit_bytes(a_hilly_course(60))[:60])


def test_a_file_with_no_records_has_no_run() -> None:
    fit = FitWriter()
    fit.file_id(4, STARTED_AT)
    with pytest.raises(NoPoints):
        decode_fit(fit.finished())


def test_a_course_is_not_a_run() -> None:
    with pytest.raises(PlannedNotRun, match="course"):
        decode_fit(fit_bytes(a_hilly_course(60), file_type=6))


def test_a_watch_that_never_knew_the_time_gives_no_run() -> None:
    just_switched_on = STARTED_AT.replace(year=1990)
    with pytest.raises(NoTimes):
        decode_fit(fit_bytes(a_hilly_course(60, just_switched_on)))


def test_a_file_on_which_the_fast_decoder_panics_is_salvaged() -> None:
    fit = FitWriter()
    fit.file_id(4, STARTED_AT)
    fit.records(a_hilly_course(60))
    altitude_of_two_bytes, altitude_of_none = bytes([2, 2, 0x84]), bytes([2, 0, 0x84])
    fit.raw(fit_bytes(a_hilly_course(60))[14:-2].replace(altitude_of_two_bytes, altitude_of_none, 1))
    with pytest.raises(BaseException, match="divisor of zero"):
        fitfast.records(fit.finished())
    (recording,) = decode_fit(fit.finished())
    assert len(recording.samples) >= 61
    assert "damaged" in recording.set_aside[0].reason


@pytest.mark.parametrize("missing", [0, 255])
def test_a_heart_rate_of_0_or_255_is_missing(missing: int) -> None:
    course = a_hilly_course(60)
    course.heart_rate_bpm[10] = missing
    (recording,) = decode_fit(fit_bytes(course))
    assert np.isnan(recording.samples.heart_rate_bpm[10])
    assert np.isfinite(recording.samples.heart_rate_bpm[9])
