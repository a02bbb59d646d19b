"""The game state as plain HTTP has it: JSON in snake case, and refusals that name its fields so."""

import json
import re
from typing import Any

import orjson

from domain.shared.errors import BadUserInput
from domain.throttle.model import Coordinate, GameState, Solution, StateRefused, ThrottleStrategy, Unit, check_count

EXAMPLE = (
    '{"player_units": [{"coordinate": {"x": 0, "y": 0}, "speed": 0, "mass": 10, "friction": 0.01}], "enemy_units": […]}'
)
NO_STATE = f"The body is no game state. Send a JSON object like {EXAMPLE}."


def read_state(body: bytes) -> GameState:
    """The game state in a body, with the first unit of each list, which are those that count.

    Raises StateRefused, in the names of the GraphQL contract, or BadUserInput for what is no JSON object.
    """
    decoded = _decoded(body)
    if not isinstance(decoded, dict):
        raise BadUserInput(NO_STATE)
    return GameState(_units(decoded, "playerUnits"), _units(decoded, "enemyUnits"))


def read_strategy(text: str | None) -> ThrottleStrategy:
    """The strategy that a parameter names; OPTIMAL without one. Raises StateRefused."""
    if text is None:
        return ThrottleStrategy.OPTIMAL
    if text not in list(ThrottleStrategy):
        raise StateRefused(("strategy",), f"must be one of {', '.join(ThrottleStrategy)}.")
    return ThrottleStrategy(text)


def read_seed(text: str | None) -> int | None:
    """The seed that a parameter tells. Raises StateRefused."""
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,10}", text):
        raise StateRefused(("seed",), "must be a whole number of 32 bits.")
    return int(text)


def in_snake_case(refused: StateRefused) -> StateRefused:
    """The same refusal, its fields named as plain HTTP names them."""
    path = refused.field or ()
    return StateRefused(tuple(map(_snake, path)), refused.says)


def steps_json(solution: Solution, goal: Coordinate) -> bytes:
    """The steps, one a tick."""
    aim = {"x": goal.x, "y": goal.y}
    ticks = zip(solution.throttles, solution.remaining.tolist(), strict=True)
    return orjson.dumps(
        [{"coordinate": aim, "throttle": throttle, "remaining": remaining} for throttle, remaining in ticks]
    )


def solution_json(solution: Solution) -> str:
    """What was found as a whole."""
    names = ("strategy", "score", "bound", "within_reach", "seed", "generations", "fuse_blown")
    return orjson.dumps({name: getattr(solution, name) for name in names}).decode()


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _decoded(body: bytes) -> Any:
    """JSON, and what many writers take for it: NaN, infinities and 1e999, so that their field can be named."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body.decode(), parse_int=float)  # an int of 5,000 digits is refused, a float is infinite
    except (ValueError, RecursionError):
        raise BadUserInput(NO_STATE) from None


def _units(state: dict[str, Any], name: str) -> tuple[Unit, ...]:
    units = state.get(_snake(name))
    if not isinstance(units, list):
        raise StateRefused((name,), "must be a list of units.")
    check_count(len(units), name)
    unit = _object(units[0], (name, "0"))
    place = _object(unit.get("coordinate"), (name, "0", "coordinate"))
    x, y = (_number(place.get(axis), (name, "0", "coordinate", axis)) for axis in "xy")
    speed, mass, friction = (_number(unit.get(part), (name, "0", part)) for part in ("speed", "mass", "friction"))
    return (Unit(Coordinate(x, y), speed, mass, friction),)


def _object(value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StateRefused(path, "must be an object.")
    return value


def _number(value: Any, path: tuple[str, ...]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StateRefused(path, "must be a number.")
    return float(value)
