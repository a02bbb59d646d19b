"""Running, walking and standing, told by cadence and speed."""

import numpy as np
import pytest

from domain.analysis.model import Movement
from domain.analysis.movement import movement_of

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
