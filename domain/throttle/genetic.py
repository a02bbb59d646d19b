"""Throttles bred over generations: the way of the systems that came before, seeded and repeatable.

A population of 600 flights over 300 generations; the 20 best and 10 of the others, by chance, survive and are the
parents of the next one. A child has its mother's throttles up to a cut and its father's from another, independent cut
on; one in ten has one throttle changed and one deleted.
"""

from dataclasses import dataclass

import numpy as np

from domain.shared.ports import Clock
from domain.throttle.flight import (
    FULL,
    LANDING_SPEED,
    MOST_TICKS,
    SPEED_COST,
    THRUST_COST,
    TICK_COST,
    Flight,
    Floats,
    Whole,
)
from domain.throttle.model import Found

POPULATION, GENERATIONS = 600, 300
BEST, CHANCES = 20, 10
PARENTS = BEST + CHANCES
MUTATED = 0.1
FUSE_S = 1.0
PLACES = np.arange(MOST_TICKS)


@dataclass(frozen=True, slots=True)
class _Flights:
    """Many flights: throttles by ticks to go, [flight, q − 1], 0 past the flight's own number of ticks."""

    throttles: Whole
    ticks: Whole

    def taken(self, which: Whole) -> "_Flights":
        """Some of them."""
        return _Flights(self.throttles[which], self.ticks[which])


def genetic(flight: Flight, seed: int, *, clock: Clock) -> Found:
    """What 300 generations come to, the best flight ever met.

    Generations decide when it ends; one second by `clock` is a fuse, and whether it blew is told.
    """
    rng = np.random.default_rng(seed % 2**32)
    began, generations = clock.now(), 0
    ticks = rng.integers(1, MOST_TICKS + 1, POPULATION)
    throttles = rng.integers(0, FULL + 1, (POPULATION, MOST_TICKS)) * (ticks[:, None] > PLACES)
    flights = _Flights(throttles, ticks)
    while generations < GENERATIONS and (clock.now() - began).total_seconds() < FUSE_S:
        flights = _next(flights.taken(_parents(_scores(flight, flights), rng)), rng)
        generations += 1
    best = int(_scores(flight, flights).argmin())
    found = flights.throttles[best, : flights.ticks[best]][::-1]
    return Found(tuple(found.tolist()), generations=generations, fuse_blown=generations < GENERATIONS)


def _scores(flight: Flight, flights: _Flights) -> Floats:
    """See Flight.score."""
    ticks = flights.ticks
    push = flights.throttles / flight.mass
    covered = flight.speed * flight.carried[ticks] + push @ flight.carried[1:]
    too_fast = np.maximum(0.0, flight.speed * flight.kept[ticks] + push @ flight.kept[1:] - LANDING_SPEED)
    thrusts = np.count_nonzero(flights.throttles, axis=1)
    missed = np.abs(flight.distance - covered)
    scores: Floats = missed + SPEED_COST * too_fast + TICK_COST * ticks + THRUST_COST * thrusts
    return scores


def _parents(scores: Floats, rng: np.random.Generator) -> Whole:
    order = np.argsort(scores, kind="stable")
    return np.concatenate((order[:BEST], rng.choice(order[BEST:], CHANCES, replace=False)))


def _next(parents: _Flights, rng: np.random.Generator) -> _Flights:
    """The parents and their children; by ticks to go, a father's end comes first and a mother's beginning after it."""
    count = POPULATION - PARENTS
    father, mother = parents.taken(rng.integers(0, PARENTS, count)), parents.taken(rng.integers(0, PARENTS, count))
    end = rng.integers(0, father.ticks + 1)
    cut = rng.integers(0, mother.ticks + 1)  # where the mother's part begins, by ticks to go
    ticks = np.clip(end + mother.ticks - cut, 1, MOST_TICKS)
    of_mother = np.clip(PLACES - end[:, None] + cut[:, None], 0, MOST_TICKS - 1)
    throttles = np.where(
        end[:, None] > PLACES, father.throttles, np.take_along_axis(mother.throttles, of_mother, axis=1)
    )
    children = _mutated(_Flights(throttles * (ticks[:, None] > PLACES), ticks), rng)
    return _Flights(
        np.concatenate((parents.throttles, children.throttles)), np.concatenate((parents.ticks, children.ticks))
    )


def _mutated(children: _Flights, rng: np.random.Generator) -> _Flights:
    throttles, ticks = children.throttles, children.ticks
    which = np.flatnonzero(rng.random(len(ticks)) < MUTATED)
    throttles[which, rng.integers(0, ticks[which])] = rng.integers(0, FULL + 1, len(which))
    shorter = which[ticks[which] > 1]
    deleted = rng.integers(0, ticks[shorter])
    kept = np.minimum(PLACES + (deleted[:, None] <= PLACES), MOST_TICKS - 1)
    throttles[shorter] = np.take_along_axis(throttles[shorter], kept, axis=1)
    ticks[shorter] -= 1
    throttles[shorter] *= ticks[shorter, None] > PLACES
    return children
