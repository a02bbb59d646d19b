"""Which solver stands behind each throttle strategy."""

from functools import partial

from svcs import Registry

from domain.shared.ports import Clock
from domain.throttle.by_chance import by_chance
from domain.throttle.genetic import genetic
from domain.throttle.model import ThrottleStrategy
from domain.throttle.optimal import optimal
from domain.throttle.ports import Solver, Strategies


def register_throttle(registry: Registry, clock: Clock) -> None:
    """Fill in what the game state needs."""
    solvers: dict[ThrottleStrategy, Solver] = {
        ThrottleStrategy.OPTIMAL: optimal,
        ThrottleStrategy.GENETIC: partial(genetic, clock=clock),
        ThrottleStrategy.RANDOM: by_chance,
    }
    registry.register_value(Strategies, Strategies(solvers))
