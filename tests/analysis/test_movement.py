"""Running, walking and standing, told by cadence and speed; and whose steps a cadence counts."""

import numpy as np
import pytest

from domain.analysis.model import Movement
from domain.analysis.movement import both_legs, movement_of

UNKNOWN = np.nan


@pytest.mark.parametrize(
    ("speed", "cadence", "movement"),
    [
        (3.2, 172.0, Movement.RUNNING),
        (1.2, 155.0, Movement.RUNNING),
        (2.3, 118.0, Movement.WALKING),
        (1.2, 110.0, Movement.WALKING),
        (3.5, 120.0, Movement.RUNNING),
        (0.4, 160.0, Movement.STANDING),
        (0.0, UNKNOWN, Movement.STANDING),
        (2.4, UNKNOWN, Movement.RUNNING),
        (1.5, UNKNOWN, Movement.WALKING),
    ],
)
def test_cadence_and_speed_tell_how_a_runner_got_along(speed: float, cadence: float, movement: Movement) -> None:
    assert movement_of(np.array([speed]), np.array([cadence])) == (movement,)


def points(value: float, n: int = 20) -> np.ndarray:
    return np.full(n, value)


def test_a_cadence_of_one_leg_is_doubled() -> None:
    assert both_legs(points(86.0), points(3.0)).tolist() == [172.0] * 20


def test_a_cadence_of_one_leg_is_known_in_walking_too() -> None:
    assert both_legs(points(55.0), points(1.4)).tolist() == [110.0] * 20


def test_a_cadence_of_both_legs_stays() -> None:
    assert both_legs(points(172.0), points(3.0)).tolist() == [172.0] * 20


def test_a_quick_walker_is_not_taken_for_one_leg() -> None:
    assert both_legs(points(115.0), points(2.2)).tolist() == [115.0] * 20


def test_feet_that_stand_still_do_not_hide_which_legs_were_counted() -> None:
    cadence = np.concatenate((points(172.0), points(0.0, 40)))
    assert both_legs(cadence, points(3.0, 60)).tolist() == cadence.tolist()


def test_a_few_points_tell_nothing_of_legs() -> None:
    assert both_legs(points(86.0, 9), points(3.0, 9)).tolist() == [86.0] * 9


def test_a_cadence_that_is_not_known_stays_unknown() -> None:
    assert np.isnan(both_legs(points(UNKNOWN), points(3.0))).all()
