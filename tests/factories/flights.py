"""Game states and flights, of which a test says only what matters to it, and an exhaustive search for small ones."""

from typing import Any

import numpy as np

from domain.throttle.flight import FULL, LANDING_SPEED, Flight
from domain.throttle.model import Coordinate, GameState, Unit

REST_STATE = {
    "player_units": [{"coordinate": {"x": 0, "y": 0}, "speed": 0, "mass": 10, "friction": 0.01}],
    "enemy_units": [{"coordinate": {"x": 30, "y": 40}, "speed": 0, "mass": 10, "friction": 0.01}],
}


def a_flight(distance: float = 500.0, speed: float = 0.0, mass: float = 10.0, friction: float = 0.01) -> Flight:
    return Flight(distance, speed, mass, friction)


def a_unit(x: float = 0.0, y: float = 0.0, speed: float = 0.0, mass: float = 10.0, friction: float = 0.01) -> Unit:
    return Unit(Coordinate(x, y), speed, mass, friction)


def a_state(player: Unit | None = None, enemy: Unit | None = None) -> GameState:
    return GameState((player or a_unit(),), (enemy or a_unit(30, 40),))


def a_graphql_unit(**more: Any) -> dict[str, Any]:
    return {"coordinate": {"x": 0, "y": 0}, "speed": 0, "mass": 10, "friction": 0.01} | more


def a_graphql_state(**more: Any) -> dict[str, Any]:
    goal = a_graphql_unit(coordinate={"x": 30, "y": 40})
    return {"playerUnits": [a_graphql_unit()], "enemyUnits": [goal]} | more


def reachable(share: float, speed: float, mass: float, friction: float, ticks: int = 100) -> Flight:
    """A flight over a share of what full throttle covers in so many ticks."""
    still = Flight(0.0, speed, mass, friction)
    reach = speed * still.carried[ticks] + FULL * still.carried[: ticks + 1].sum() / mass
    return Flight(float(share * reach), speed, mass, friction)


def seeded_flights(seed: int, count: int) -> list[Flight]:
    """Reachable flights of masses from 1 to 100, half of them near."""
    rng = np.random.default_rng(seed)
    flights = []
    for _ in range(count):
        mass, speed = 10 ** rng.uniform(0, 2), rng.choice([0.0, rng.uniform(0, 20)])
        friction = rng.choice([0.0, rng.uniform(0, 0.1), rng.uniform(0, 0.9)])
        flight = reachable(rng.uniform(), float(speed), float(mass), float(friction))
        near = min(flight.distance, float(10 ** rng.uniform(0, 3)))
        flights.append(flight if rng.uniform() < 0.5 else Flight(near, flight.speed, flight.mass, flight.friction))
    return flights


def least_score(flight: Flight, ticks: int) -> float:
    """Of all throttles there are for at most three ticks; the last one is at one of its bends, or 0."""
    return min(_least_of(flight, n) for n in range(1, ticks + 1))


def _least_of(flight: Flight, n: int) -> float:
    begun = np.indices((FULL + 1,) * (n - 1)).reshape(n - 1, -1).T if n > 1 else np.zeros((1, 0), dtype=np.int64)
    speed, place, left = np.full(len(begun), flight.speed), np.zeros(len(begun)), 1 - flight.friction
    for throttles in begun.T:
        speed = (speed + throttles / flight.mass) * left
        place = place + speed
    hits = ((flight.distance - place) / left - speed) * flight.mass
    slow = (LANDING_SPEED / left - speed) * flight.mass
    least = np.inf
    for bend in (np.floor(hits), np.ceil(hits), np.floor(slow), np.ceil(slow), np.zeros(len(begun))):
        last = np.clip(bend, 0, FULL)
        end = (speed + last / flight.mass) * left
        thrusts = np.count_nonzero(begun, axis=1) + (last > 0)
        costs = np.abs(flight.distance - place - end) + 0.5 * np.maximum(0, end - 5) + 0.01 * (n + thrusts)
        least = min(least, float(costs.min()))
    return least
