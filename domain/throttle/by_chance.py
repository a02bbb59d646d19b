"""Throttles by chance alone, for demonstrations: how bad a flight can be."""

import numpy as np

from domain.throttle.flight import FULL, MOST_TICKS, Flight
from domain.throttle.model import Found


def by_chance(flight: Flight, seed: int) -> Found:
    """A number of ticks and a throttle for each, by chance; the flight has no say in it."""
    del flight
    rng = np.random.default_rng(seed % 2**32)
    ticks = int(rng.integers(1, MOST_TICKS + 1))
    return Found(tuple(rng.integers(0, FULL + 1, ticks).tolist()))
