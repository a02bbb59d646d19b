"""Real recordings behave as their description says, and agree with a second decoder."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from garmin_fit_sdk import Decoder, Stream

from domain.runs.ascent import ascent_and_descent
from domain.runs.facts import facts_of
from domain.runs.recording import Recording
from domain.runs.refusals import NoTimes
from infrastructure.formats.decode import decode


def the_run(folder: Path, name: str) -> Recording:
    (recording,) = decode(name, (folder / name).read_bytes())
    return recording


def test_the_trail_race(samples: Path) -> None:
    recording = the_run(samples, "trail-37km-2578m.fit")
    facts = facts_of(recording)
    assert recording.device.ascent_m == 2578
    assert facts.ascent_m == pytest.approx(2590, abs=0.5)
    assert facts.moving_time_s == 16_923
    assert facts.distance_m == pytest.approx(36_975.1)
    assert facts.average_heart_rate == recording.device.average_heart_rate == 158
    assert facts.max_heart_rate == recording.device.max_heart_rate == 176
    assert facts.average_cadence == pytest.approx(recording.device.average_cadence_spm, abs=0.5)
    assert (len(recording.samples), len(facts.laps)) == (7509, 37)
    assert recording.set_aside == ()


def test_the_trail_race_backwards_swaps_ascent_and_descent(samples: Path) -> None:
    altitude_m = the_run(samples, "trail-37km-2578m.fit").samples.altitude_m
    there, back = ascent_and_descent(altitude_m), ascent_and_descent(altitude_m[::-1])
    assert there is not None
    assert back == pytest.approx(there[::-1])


def test_the_hilly_run_climbs_as_much_as_expected(samples: Path) -> None:
    recording = the_run(samples, "hilly-14km.fit")
    assert recording.device.ascent_m == 347
    assert facts_of(recording).ascent_m == pytest.approx(369, abs=0.5)


def test_the_hilly_run_is_the_same_run_in_both_formats(samples: Path) -> None:
    fit, tcx = (the_run(samples, f"hilly-14km.{ending}") for ending in ("fit", "tcx"))
    assert (fit.first_second, fit.last_second) == (tcx.first_second, tcx.last_second)
    assert fit.external_id != tcx.external_id
    np.testing.assert_allclose(fit.samples.distance_m, tcx.samples.distance_m, atol=0.01)
    np.testing.assert_array_equal(fit.samples.heart_rate_bpm, tcx.samples.heart_rate_bpm)


def test_the_treadmill_run_has_no_positions_but_a_distance(samples: Path) -> None:
    recording = the_run(samples, "treadmill.fit")
    facts = facts_of(recording)
    assert recording.sport == "treadmill running"
    assert np.isnan(recording.samples.latitude).all()
    assert facts.distance_m == pytest.approx(10_630.37)
    assert facts.moving_time_s == pytest.approx(3098, abs=1)
    assert facts.ascent_m is None


def test_of_the_damaged_file_what_is_there_is_saved(samples: Path) -> None:
    recording = the_run(samples, "damaged-unexpected-eof.fit")
    assert facts_of(recording).distance_m == pytest.approx(5.73)
    (lost,) = recording.set_aside
    assert "ends in the middle" in lost.reason


def test_the_phone_apps_file_is_read_and_what_is_damaged_is_reported(samples: Path) -> None:
    recording = the_run(samples, "phone-app.fit")
    assert facts_of(recording).distance_m > 900
    assert any("damaged" in lost.reason for lost in recording.set_aside)


def test_the_walk_by_the_lake_is_read(samples: Path) -> None:
    recording = the_run(samples, "lake-walk.gpx")
    facts = facts_of(recording)
    assert recording.active is not None
    assert len(recording.samples) == 296
    assert facts.moving_time_s < facts.elapsed_time_s


def test_the_walk_by_the_lake_has_a_leap_that_does_not_count_and_a_ride_that_makes_no_record(samples: Path) -> None:
    recording = the_run(samples, "lake-walk.gpx")
    assert facts_of(recording).distance_m == pytest.approx(4_391.3, abs=0.1)
    assert facts_of(recording).best_efforts == ()
    assert [(part.reason.partition(":")[0], part.count) for part in recording.set_aside] == [
        ("points reached by a leap faster than anyone runs", 1)
    ]


def test_the_mountain_of_1901_says_that_a_run_needs_times(samples: Path) -> None:
    with pytest.raises(NoTimes, match="a run needs times"):
        the_run(samples, "mountain-1901-timestamp.gpx")


@pytest.mark.parametrize("name", ["trail-37km-2578m.fit", "hilly-14km.fit", "treadmill.fit"])
def test_garmins_own_decoder_reads_the_same(samples: Path, name: str) -> None:
    recording = the_run(samples, name)
    records = garmins_records(samples / name)
    start = recording.started_at.timestamp()

    def column(field: str) -> list[float]:
        return [np.nan if record.get(field) is None else float(record[field]) for record in records]

    ours = recording.samples
    np.testing.assert_array_equal(ours.time_s, [record["timestamp"].timestamp() - start for record in records])
    np.testing.assert_allclose(ours.distance_m, column("distance"), atol=1e-6)
    np.testing.assert_allclose(ours.altitude_m, column("enhanced_altitude"), atol=1e-6)
    np.testing.assert_allclose(ours.speed_m_per_s, column("enhanced_speed"), atol=1.5e-3)
    np.testing.assert_allclose(ours.heart_rate_bpm, column("heart_rate"), atol=1e-6)
    np.testing.assert_allclose(ours.latitude, np.array(column("position_lat")) * 180 / 2**31, atol=1e-9)


def garmins_records(path: Path) -> list[dict[str, Any]]:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(path.read_bytes()))).read()
    assert not errors
    records: list[dict[str, Any]] = messages["record_mesgs"]
    return records
