"""The game state: one unit that has to get to one goal, and the throttles that take it there."""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot, isfinite

from domain.shared.errors import BadUserInput
from domain.throttle.flight import Flight, Floats

MOST_UNITS = 1_000
FARTHEST = 1e9
OUTERMOST = 1e12  # coordinates: past that a float no longer tells a thousandth of a unit apart
FASTEST = 1e9
LIGHTEST, HEAVIEST = 1e-6, 1e9
LEAST_SEED, GREATEST_SEED = -(2**31), 2**31 - 1


class StateRefused(BadUserInput):
    """A game state in which there is nothing to solve."""

    def __init__(self, path: tuple[str, ...], says: str) -> None:
        super().__init__(f"`{'.'.join(path)}` {says}", field=path)
        self.says = says


class ThrottleStrategy(StrEnum):
    """How the throttles are looked for."""

    OPTIMAL = "OPTIMAL"
    GENETIC = "GENETIC"
    RANDOM = "RANDOM"

    @property
    def takes_chances(self) -> bool:
        """Whether a seed decides what comes of it."""
        return self is not ThrottleStrategy.OPTIMAL


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A place on the plane."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: where it is, how fast (distance per tick), its mass, and the share of its speed lost in a tick."""

    coordinate: Coordinate
    speed: float
    mass: float
    friction: float


@dataclass(frozen=True, slots=True)
class GameState:
    """The player's units and the enemy's. The first of each counts: it flies, and it is flown to."""

    player_units: tuple[Unit, ...]
    enemy_units: tuple[Unit, ...]

    def flight(self) -> Flight:
        """What there is to solve. Raises StateRefused, which names the field."""
        check_count(len(self.player_units), "playerUnits")
        check_count(len(self.enemy_units), "enemyUnits")
        player, enemy = self.player_units[0], self.enemy_units[0]
        check_unit(player, "playerUnits")
        check_unit(enemy, "enemyUnits")
        start, goal = player.coordinate, enemy.coordinate
        distance = hypot(goal.x - start.x, goal.y - start.y)
        if distance > FARTHEST:
            says = f"is {_told(distance)} away from the player's first unit; at most {_told(FARTHEST)} can be solved."
            raise StateRefused(("enemyUnits", "0", "coordinate"), says)
        return Flight(distance, player.speed, player.mass, player.friction)

    @property
    def goal(self) -> Coordinate:
        """Where the unit aims."""
        return self.enemy_units[0].coordinate


def check_count(count: int, units: str) -> None:
    """Raise StateRefused unless a list of units has a first one, and is no longer than a game's."""
    if not count:
        raise StateRefused((units,), "has no unit; one of the player's and one of the enemy's are needed.")
    if count > MOST_UNITS:
        raise StateRefused((units,), f"has {count:,} units, and at most {MOST_UNITS:,} are taken.")


def check_unit(unit: Unit, units: str) -> None:
    """Raise StateRefused, naming the field within the first of `units`, for a unit that cannot be."""
    _require(unit.coordinate.x, (units, "0", "coordinate", "x"), least=-OUTERMOST, most=OUTERMOST)
    _require(unit.coordinate.y, (units, "0", "coordinate", "y"), least=-OUTERMOST, most=OUTERMOST)
    _require(unit.speed, (units, "0", "speed"), least=0, most=FASTEST)
    _require(unit.mass, (units, "0", "mass"), least=LIGHTEST, most=HEAVIEST)
    path = (units, "0", "friction")
    if not 0 <= unit.friction < 1:  # which NaN is not either
        raise StateRefused(path, f"is {_told(unit.friction)}; friction is 0 or more and less than 1.")


def check_seed(seed: int) -> None:
    """Raise StateRefused for a seed that is no whole number of 32 bits."""
    if not LEAST_SEED <= seed <= GREATEST_SEED:
        raise StateRefused(("seed",), "is past 32 bits; a seed is a whole number of -2,147,483,648 to 2,147,483,647.")


@dataclass(frozen=True, slots=True)
class Found:
    """What a strategy found; the bound where it knows one, and how a search by generations went."""

    throttles: tuple[int, ...]
    bound: float | None = None
    generations: int | None = None
    fuse_blown: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """The throttles, tick by tick, and how good they are. `seed` is None where no chance was in it."""

    throttles: tuple[int, ...]
    remaining: Floats
    strategy: ThrottleStrategy
    score: float
    bound: float
    within_reach: bool
    seed: int | None
    generations: int | None
    fuse_blown: bool


def _require(value: float, path: tuple[str, ...], *, least: float, most: float) -> None:
    if not (isfinite(value) and least <= value <= most):
        says = f"is {_told(value)}; it must be a number from {_told(least)} to {_told(most)}."
        raise StateRefused(path, says)


def _told(value: float) -> str:
    """To its last digit: what is hardly past a limit shall not read like the limit."""
    return f"{value:,}".removesuffix(".0")
