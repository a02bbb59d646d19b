"""The game state and its throttle steps, as clients see them."""

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import input_type, object_type, says
from domain.throttle import model
from domain.throttle.model import Solution, ThrottleStrategy

enum_type(
    "How the throttles are looked for.",
    OPTIMAL="The best, or nearly so: `solution.bound` tells how much better any others could be at most.",
    GENETIC="Bred over 300 generations of 600; the same seed breeds the same.",
    RANDOM="By chance alone, for demonstrations; the same seed throws the same.",
)(ThrottleStrategy)


@input_type
class CoordinateInput:
    """A place on the plane."""

    x: float = says("To the right, in any unit of length: a number without a unit, of at most 10¹² either way.")
    y: float = says("Upwards, in the same unit.")


@input_type
class UnitInput:
    """A unit: it flies straight at its goal, and each tick `speed ← (speed + throttle / mass) · (1 − friction)`."""

    coordinate: CoordinateInput = says("Where it is.")
    speed: float = says("How far it moves in a tick towards the goal: 0 to 10⁹, a number without a unit.")
    mass: float = says("How much throttle it takes to be faster by 1: a number without a unit, 10⁻⁶ to 10⁹.")
    friction: float = says("The share of its speed that it loses in each tick: a ratio, 0 or more and less than 1.")


@input_type
class GameStateInput:
    """Who flies to whom. The first unit of each list counts; all others change nothing."""

    player_units: list[UnitInput] = says("The player's units, 1 to 1,000: the first one flies.")
    enemy_units: list[UnitInput] = says("The enemy's units, 1 to 1,000: the first one is the goal, and stays there.")

    def state(self) -> model.GameState:
        """As the domain has it."""
        return model.GameState(_units(self.player_units), _units(self.enemy_units))


@object_type
class Coordinate:
    """A place on the plane."""

    x: float = says("To the right, in the unit of the game state's coordinates: a number without a unit.")
    y: float = says("Upwards, in the same unit.")


@object_type
class ThrottleSolution:
    """What was found as a whole, the same on each of its steps."""

    strategy: ThrottleStrategy = says("How it was looked for.")
    score: float = says(
        "What it costs, a number without a unit; less is better: how far from the goal it ends, half of what its speed "
        "then exceeds 5 by, 0.01 for each tick and 0.01 for each throttle but 0."
    )
    bound: float = says("What no throttles whatever can cost less than, without a unit like the score.")
    within_reach: bool = says("Whether full throttle for 100 ticks covers the distance; else it is what is answered.")
    seed: int | None = says("The seed, given or made, that makes the same steps again; null for OPTIMAL.")
    generations: int | None = says("How many generations were bred; null but for GENETIC.")
    fuse_blown: bool = says(
        "Whether breeding was cut off after a second; then the same seed may come to something else."
    )


@object_type
class UnitGoal:
    """What to do in one tick."""

    coordinate: Coordinate = says("Where the unit aims: the goal's coordinate.")
    throttle: float = says("The throttle of this tick: a whole number, 0 to 300, without a unit.")
    remaining: float = says(
        "How far it is to the goal after this tick, in the same unit as the coordinates; negative: so far past it."
    )
    solution: ThrottleSolution = says("What this step is part of.")


def unit_goals(solution: Solution, goal: model.Coordinate) -> list[UnitGoal]:
    """The steps of a solution, one a tick."""
    aim = Coordinate(x=goal.x, y=goal.y)
    told = ThrottleSolution(
        strategy=solution.strategy,
        score=solution.score,
        bound=solution.bound,
        within_reach=solution.within_reach,
        seed=solution.seed,
        generations=solution.generations,
        fuse_blown=solution.fuse_blown,
    )
    return [
        UnitGoal(coordinate=aim, throttle=throttle, remaining=remaining, solution=told)
        for throttle, remaining in zip(solution.throttles, solution.remaining.tolist(), strict=True)
    ]


def _units(units: list[UnitInput]) -> tuple[model.Unit, ...]:
    return tuple(
        model.Unit(model.Coordinate(unit.coordinate.x, unit.coordinate.y), unit.speed, unit.mass, unit.friction)
        for unit in units
    )
