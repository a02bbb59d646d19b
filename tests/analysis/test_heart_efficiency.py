"""What the heart paid for a run: graded metres a beat, and how they fade in the second half."""

import numpy as np
import pytest

from tests.factories.even_runs import a_run, understood

NAN = float("nan")


def test_the_efficiency_factor_is_graded_metres_a_heartbeat() -> None:
    assert understood(a_run(speed=4.0, heart_rate=160)).efficiency_factor == pytest.approx(4 * 60 / 160)


def test_the_heart_rate_counts_only_while_moving() -> None:
    speed = np.concatenate((np.full(1800, 4.0), np.zeros(600), np.full(1800, 4.0)))
    beats = np.where(speed > 0, 160.0, 90.0)
    paused = understood(a_run(4200, speed, heart_rate=beats, active=[(0, 1800), (2401, 4200)]))
    assert paused.efficiency_factor == pytest.approx(1.5, rel=1e-3)


def test_heart_rates_of_zero_and_255_are_none() -> None:
    beats = np.full(3600, 160.0)
    beats[100:200], beats[300:400] = 0.0, 255.0
    assert understood(a_run(heart_rate=beats)).efficiency_factor == pytest.approx(1.5)


def test_a_heart_rate_known_for_less_than_four_fifths_gives_no_efficiency_factor() -> None:
    beats = np.full(3600, 160.0)
    beats[2800:] = NAN
    intensity = understood(a_run(heart_rate=beats))
    assert intensity.efficiency_factor is None
    assert any("less than 80 %" in note for note in intensity.notes)


def test_a_heart_that_rises_by_a_tenth_decouples_by_a_tenth_of_its_end() -> None:
    beats = np.where(np.arange(3600) < 1950, 150.0, 165.0)
    assert understood(a_run(heart_rate=beats)).decoupling_percent == pytest.approx(100 * (1 - 150 / 165), rel=1e-3)


def test_the_first_five_minutes_do_not_decouple() -> None:
    beats = np.where(np.arange(3600) < 299, 100.0, 150.0)
    assert understood(a_run(heart_rate=beats)).decoupling_percent == pytest.approx(0, abs=0.01)


def test_halves_are_of_time_not_of_distance() -> None:
    speed = np.where(np.arange(3600) < 1950, 4.0, 2.0)
    beats = np.where(np.arange(3600) < 1950, 160.0, 80.0)
    assert understood(a_run(speed=speed, heart_rate=beats)).decoupling_percent == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("seconds", "told"), [(1199, False), (1200, True)])
def test_decoupling_is_told_from_twenty_minutes_on(seconds: int, told: bool) -> None:
    assert (understood(a_run(seconds)).decoupling_percent is not None) is told


def test_an_even_run_is_not_called_unsteady() -> None:
    assert not any("unsteady" in note for note in understood(a_run()).notes)


def test_intervals_are_called_unsteady() -> None:
    speed = np.where(np.arange(3600) % 600 < 300, 2.5, 5.0)
    assert any("unsteady" in note for note in understood(a_run(speed=speed)).notes)


def test_a_half_without_heart_rate_gives_no_decoupling() -> None:
    beats = np.full(3600, 150.0)
    beats[3000:] = NAN
    intensity = understood(a_run(heart_rate=beats))
    assert intensity.efficiency_factor is not None
    assert intensity.decoupling_percent is None


def test_standing_through_the_first_half_gives_no_decoupling() -> None:
    speed = np.where(np.arange(3600) < 2000, 0.0, 4.0)
    intensity = understood(a_run(speed=speed, active=[(0, 3600)]))
    assert intensity.decoupling_percent is None
    assert any("stood" in note for note in intensity.notes)
