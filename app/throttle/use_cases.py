"""Working out throttles, for GraphQL and for plain HTTP alike."""

from functools import partial

from domain.shared.ports import Computing, Ids
from domain.shared.viewer import Scope, Viewer
from domain.throttle.model import GameState, Solution, ThrottleStrategy, check_seed
from domain.throttle.ports import Strategies
from domain.throttle.solving import solve

SEEDS = 2**31


async def calculate_throttle_steps(
    state: GameState,
    strategy: ThrottleStrategy,
    seed: int | None,
    *,
    viewer: Viewer,
    strategies: Strategies,
    computing: Computing,
    ids: Ids,
) -> Solution:
    """The throttles that take the first player unit to the first enemy unit; a seed is made where none is given.

    Raises StateRefused, Unavailable.
    """
    viewer.require(Scope.TRAINING_READ)
    flight = state.flight()
    if seed is None:
        seed = ids.new().int % SEEDS  # the end of an id is chance
    check_seed(seed)
    work = partial(solve, flight, strategy, strategies.solvers[strategy], seed)
    return await computing.run(work, of=viewer.athlete_id, urgent=strategy is not ThrottleStrategy.GENETIC)
