"""Whose work it is, how the seed comes about, and which solver is asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import pytest

from app.throttle.use_cases import calculate_throttle_steps
from domain.shared.errors import Forbidden
from domain.shared.viewer import Viewer
from domain.throttle.by_chance import by_chance
from domain.throttle.flight import Flight
from domain.throttle.model import Found, Solution, StateRefused, ThrottleStrategy
from domain.throttle.ports import Strategies
from tests.factories.flights import a_state, a_unit

T = TypeVar("T")
ADA = UUID(int=1)
OPTIMAL, GENETIC, RANDOM = ThrottleStrategy.OPTIMAL, ThrottleStrategy.GENETIC, ThrottleStrategy.RANDOM


class FakeComputing:
    """The Computing port: at once, and it remembers whose work it was."""

    def __init__(self) -> None:
        self.asked: list[tuple[UUID, bool]] = []

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        self.asked.append((of, urgent))
        return work()


@dataclass
class FakeIds:
    """The Ids port."""

    number: int = 12345

    def new(self) -> UUID:
        return UUID(int=self.number)


@dataclass
class World:
    """A viewer and what the use case needs."""

    scopes: frozenset[str] = frozenset({"training:read"})
    computing: FakeComputing = field(default_factory=FakeComputing)
    ids: FakeIds = field(default_factory=FakeIds)
    solvers: dict[ThrottleStrategy, Any] = field(default_factory=lambda: dict.fromkeys(ThrottleStrategy, by_chance))

    def calculate(self, strategy: ThrottleStrategy = RANDOM, seed: int | None = None, mass: float = 10) -> Solution:
        return asyncio.run(
            calculate_throttle_steps(
                a_state(a_unit(mass=mass)),
                strategy,
                seed,
                viewer=Viewer(ADA, self.scopes),
                strategies=Strategies(self.solvers),
                computing=self.computing,
                ids=self.ids,
            )
        )


def test_it_needs_the_scope_to_read() -> None:
    with pytest.raises(Forbidden):
        World(scopes=frozenset({"events:read"})).calculate()


def test_a_seed_that_is_given_is_told() -> None:
    assert World().calculate(seed=-3).seed == -3


def test_a_seed_is_made_where_none_is_given() -> None:
    assert World().calculate().seed == 12345


def test_a_seed_that_is_made_has_31_bits() -> None:
    assert World(ids=FakeIds(number=2**127 + 2**31 + 5)).calculate().seed == 5


def test_a_made_seed_makes_the_same_again() -> None:
    first = World().calculate()

    assert World(ids=FakeIds(number=7)).calculate(seed=first.seed).throttles == first.throttles


def test_each_strategy_is_the_solver_that_stands_behind_it() -> None:
    def one_push(flight: Flight, seed: int) -> Found:
        return Found((seed,))

    world = World()
    world.solvers[GENETIC] = one_push

    assert world.calculate(GENETIC, seed=42).throttles == (42,)


def test_what_cannot_be_solved_is_not_computed() -> None:
    world = World()

    with pytest.raises(StateRefused):
        world.calculate(mass=0)
    assert world.computing.asked == []


@pytest.mark.parametrize(("strategy", "urgent"), [(OPTIMAL, True), (GENETIC, False), (RANDOM, True)])
def test_only_breeding_waits_in_line_with_long_work(strategy: ThrottleStrategy, urgent: bool) -> None:
    world = World()
    world.calculate(strategy)

    assert world.computing.asked == [(ADA, urgent)]
