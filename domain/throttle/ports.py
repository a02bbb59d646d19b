"""What solves a game state, so that one strategy can be put in another's place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.throttle.flight import Flight
from domain.throttle.model import Found, ThrottleStrategy


class Solver(Protocol):
    """One way of looking for throttles."""

    def __call__(self, flight: Flight, seed: int) -> Found:
        """Throttles for a goal within reach; the same flight and seed have the same found, unless a fuse blows."""
        ...


@dataclass(frozen=True, slots=True)
class Strategies:
    """Which solver stands behind each strategy."""

    solvers: Mapping[ThrottleStrategy, Solver]
