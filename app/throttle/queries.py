"""Asking for the throttles of a game state."""

from typing import Annotated

import strawberry

from app.context import Info
from app.edge.declaring.fields import resolved
from app.throttle import use_cases
from app.throttle.types import GameStateInput, UnitGoal, unit_goals
from domain.shared.ports import Computing, Ids
from domain.throttle.flight import MOST_TICKS
from domain.throttle.model import ThrottleStrategy
from domain.throttle.ports import Strategies

COST = 10_000  # breeding takes up to a second: a document has time and room for four
State = Annotated[GameStateInput, strawberry.argument(description="Who flies to whom.")]
Strategy = Annotated[ThrottleStrategy, strawberry.argument(description="How the throttles are looked for.")]
Seed = Annotated[
    int | None,
    strawberry.argument(description="What GENETIC and RANDOM begin with, any Int; null: one is made, and told."),
]


async def calculated(
    info: Info, game_state_input: GameStateInput, strategy: ThrottleStrategy, seed: int | None
) -> list[UnitGoal]:
    """The steps of a game state, for whoever asks."""
    viewer, state = info.context.viewer, game_state_input.state()
    strategies, computing, ids = await info.context.services.aget(Strategies, Computing, Ids)
    solution = await use_cases.calculate_throttle_steps(
        state, strategy, seed, viewer=viewer, strategies=strategies, computing=computing, ids=ids
    )
    return unit_goals(solution, state.goal)


@strawberry.type
class ThrottleQueries:
    """Root fields about the game state."""

    @resolved(cost=COST, entries=MOST_TICKS)
    async def calculate_throttle_steps(
        self,
        info: Info,
        game_state_input: State,
        strategy: Strategy = ThrottleStrategy.OPTIMAL,
        seed: Seed = None,
    ) -> list[UnitGoal]:
        """The throttles that take the first player unit to the first enemy unit, one for each tick, 1 to 100.

        A goal that is out of reach in 100 ticks: full throttle, and the last `remaining` tells how far it falls short.
        """
        return await calculated(info, game_state_input, strategy, seed)
