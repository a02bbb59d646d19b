"""Breeding and chance: repeatable by their seeds, and no better than the optimal."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.throttle.by_chance import by_chance
from domain.throttle.flight import Flight
from domain.throttle.genetic import genetic
from domain.throttle.optimal import optimal
from tests.factories.flights import a_flight, seeded_flights

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class SteppingClock:
    """The Clock port: each look at it takes so long."""

    def __init__(self, step_s: float = 0.0) -> None:
        self._now, self._step = NOON, timedelta(seconds=step_s)

    def now(self) -> datetime:
        self._now += self._step
        return self._now


def test_the_same_seed_breeds_the_same() -> None:
    assert genetic(a_flight(), 7, clock=SteppingClock()) == genetic(a_flight(), 7, clock=SteppingClock())


def test_another_seed_breeds_something_else() -> None:
    flight = a_flight(distance=5000)

    assert genetic(flight, 7, clock=SteppingClock()).throttles != genetic(flight, -7, clock=SteppingClock()).throttles


def test_generations_decide_when_breeding_ends() -> None:
    found = genetic(a_flight(), 1, clock=SteppingClock())

    assert (found.generations, found.fuse_blown) == (300, False)


def test_after_a_second_the_fuse_blows_and_that_is_told() -> None:
    found = genetic(a_flight(), 1, clock=SteppingClock(step_s=0.25))

    assert (found.generations, found.fuse_blown) == (3, True)


def test_breeding_comes_to_something() -> None:
    flight = a_flight(distance=500)
    bred, begun = (genetic(flight, 3, clock=SteppingClock(step_s=step)) for step in (0, 0.3))

    assert flight.score(bred.throttles) < flight.score(begun.throttles) / 10


def test_what_is_bred_is_a_flight() -> None:
    for flight in seeded_flights(3, 2):
        bred = genetic(flight, 3, clock=SteppingClock(step_s=0.05)).throttles
        assert 1 <= len(bred) <= 100
        assert all(type(throttle) is int and 0 <= throttle <= 300 for throttle in bred)


@pytest.mark.parametrize("flight", seeded_flights(4, 3), ids=lambda flight: f"{flight.distance:.0f} away")
def test_the_optimal_is_never_worse(flight: Flight) -> None:
    bred = genetic(flight, 1, clock=SteppingClock())

    assert flight.score(optimal(flight).throttles) <= flight.score(bred.throttles)


def test_the_same_seed_throws_the_same() -> None:
    assert by_chance(a_flight(), 7) == by_chance(a_flight(), 7)


def test_another_seed_throws_something_else() -> None:
    assert by_chance(a_flight(), 7) != by_chance(a_flight(), 8)


@pytest.mark.parametrize("seed", [0, -1, 2**31 - 1, -(2**31)])
def test_chance_makes_a_flight_of_every_seed(seed: int) -> None:
    thrown = by_chance(a_flight(), seed).throttles

    assert 1 <= len(thrown) <= 100
    assert all(type(throttle) is int and 0 <= throttle <= 300 for throttle in thrown)
