"""Which game states can be solved, and what a solution tells."""

from math import inf, nan

import pytest

from domain.shared.errors import BadUserInput
from domain.throttle.by_chance import by_chance
from domain.throttle.model import GameState, StateRefused, ThrottleStrategy, Unit, check_seed
from domain.throttle.optimal import optimal
from domain.throttle.solving import solve
from tests.factories.flights import a_flight, a_state, a_unit

OPTIMAL, RANDOM = ThrottleStrategy.OPTIMAL, ThrottleStrategy.RANDOM


def refused(state: GameState) -> StateRefused:
    with pytest.raises(StateRefused) as told:
        state.flight()
    return told.value


def test_a_flight_goes_straight_from_the_first_player_unit_to_the_first_enemy_unit() -> None:
    state = GameState((a_unit(1, 2, speed=3), a_unit(9, 9)), (a_unit(4, 6, mass=7), a_unit(8, 8)))

    flight = state.flight()

    assert (flight.distance, flight.speed, flight.mass) == (5, 3, 10)
    assert (state.goal.x, state.goal.y) == (4, 6)


@pytest.mark.parametrize(
    ("state", "field"),
    [(GameState((), (a_unit(),)), "playerUnits"), (GameState((a_unit(),), ()), "enemyUnits")],
)
def test_without_a_unit_there_is_nothing_to_solve(state: GameState, field: str) -> None:
    assert refused(state).message.startswith(f"`{field}` has no unit")


@pytest.mark.parametrize(
    ("unit", "field"),
    [
        (a_unit(mass=0), "mass"),
        (a_unit(mass=-1), "mass"),
        (a_unit(mass=nan), "mass"),
        (a_unit(mass=inf), "mass"),
        (a_unit(mass=1e-7), "mass"),
        (a_unit(mass=1e10), "mass"),
        (a_unit(friction=1), "friction"),
        (a_unit(friction=-0.1), "friction"),
        (a_unit(friction=nan), "friction"),
        (a_unit(speed=-1), "speed"),
        (a_unit(speed=nan), "speed"),
        (a_unit(speed=inf), "speed"),
        (a_unit(speed=1e10), "speed"),
        (a_unit(x=nan), "coordinate.x"),
        (a_unit(x=-inf), "coordinate.x"),
        (a_unit(y=1e300), "coordinate.y"),
    ],
)
@pytest.mark.parametrize("side", ["playerUnits", "enemyUnits"])
def test_a_unit_that_cannot_be_is_refused_by_field(unit: Unit, field: str, side: str) -> None:
    state = GameState((unit,), (a_unit(),)) if side == "playerUnits" else GameState((a_unit(),), (unit,))

    refusal = refused(state)

    assert refusal.message.startswith(f"`{side}.0.{field}` is ")
    assert refusal.code == BadUserInput.code


def test_units_behind_the_first_are_not_looked_at() -> None:
    assert GameState((a_unit(), a_unit(mass=nan)), (a_unit(30, 40), a_unit(x=inf))).flight().distance == 50


def test_no_list_has_more_than_a_thousand_units() -> None:
    assert "at most 1,000" in refused(GameState((a_unit(),) * 1001, (a_unit(),))).message


@pytest.mark.parametrize(("x", "is_taken"), [(1e9, True), (1.001e9, False)])
def test_a_goal_is_at_most_a_thousand_million_away(x: float, is_taken: bool) -> None:
    state = a_state(enemy=a_unit(x, 0))
    if is_taken:
        assert state.flight().distance == x
    else:
        assert refused(state).field == ("enemyUnits", "0", "coordinate")


@pytest.mark.parametrize(
    ("state", "told", "limit"),
    [
        (a_state(enemy=a_unit(1e9 + 0.5, 0)), "is 1,000,000,000.5 away", "at most 1,000,000,000 can"),
        (a_state(player=a_unit(mass=1e9 + 1)), "is 1,000,000,001;", "to 1,000,000,000."),
        (a_state(player=a_unit(friction=1 + 1e-9)), "is 1.000000001;", "less than 1."),
    ],
)
def test_what_is_hardly_past_a_limit_is_told_to_its_last_digit(state: GameState, told: str, limit: str) -> None:
    message = refused(state).message
    assert told in message
    assert limit in message


@pytest.mark.parametrize("seed", [2**31, -(2**31) - 1])
def test_a_seed_has_32_bits(seed: int) -> None:
    with pytest.raises(StateRefused, match="`seed`"):
        check_seed(seed)


def test_what_remains_is_told_after_each_tick_and_is_negative_past_the_goal() -> None:
    solution = solve(a_flight(distance=15, speed=10, friction=0), RANDOM, lambda *_: optimal(a_flight(0)), 1)

    assert solution.remaining.tolist() == [5]
    assert solve(a_flight(distance=5, speed=10, friction=0), OPTIMAL, optimal, 1).remaining.tolist() == [-5]


@pytest.mark.parametrize("strategy", ThrottleStrategy)
def test_a_goal_out_of_reach_has_full_throttle_to_the_end(strategy: ThrottleStrategy) -> None:
    flight = a_flight(distance=2000, mass=1000, friction=0)

    solution = solve(flight, strategy, by_chance, 1)

    assert solution.throttles == (300,) * 100
    assert solution.remaining[-1] == pytest.approx(2000 - 1515)
    assert not solution.within_reach


def test_a_solution_tells_the_seed_only_where_chance_was_in_it() -> None:
    assert solve(a_flight(), OPTIMAL, optimal, 7).seed is None
    assert solve(a_flight(), RANDOM, by_chance, 7).seed == 7


def test_a_solution_by_chance_has_a_bound_too() -> None:
    assert solve(a_flight(), RANDOM, by_chance, 7).bound == pytest.approx(
        solve(a_flight(), OPTIMAL, optimal, 7).bound, abs=0.05
    )


def test_a_score_is_never_below_the_bound() -> None:
    solution = solve(a_flight(), OPTIMAL, optimal, 7)

    assert solution.bound <= solution.score == a_flight().score(solution.throttles)
