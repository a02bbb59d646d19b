"""Watching the throttles of a game state, tick by tick."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.context import Info
from app.edge.declaring.fields import subscription
from app.throttle.queries import Seed, State, Strategy, calculated
from app.throttle.types import UnitGoal
from domain.shared.viewer import Scope
from domain.throttle.model import StateRefused, ThrottleStrategy

USUAL_MS, LONGEST_MS = 500, 60_000
Interval = Annotated[
    int,
    strawberry.argument(description="Milliseconds from one step to the next, 0 to 60,000; the first comes at once."),
]


def check_interval(interval_ms: int) -> None:
    """Raise StateRefused for an interval that is none."""
    if not 0 <= interval_ms <= LONGEST_MS:
        raise StateRefused(("intervalMs",), f"is {interval_ms}; it is a number of milliseconds, 0 to {LONGEST_MS:,}.")


@strawberry.type
class ThrottleSubscriptions:
    """Root fields about the game state as it goes on."""

    @subscription
    async def generate_steps(
        self,
        info: Info,
        game_state_input: State,
        strategy: Strategy = ThrottleStrategy.OPTIMAL,
        seed: Seed = None,
        interval_ms: Interval = USUAL_MS,
    ) -> AsyncGenerator[UnitGoal, None]:
        """The steps of `calculateThrottleSteps`, one each interval; it ends after the last."""
        info.context.viewer.require(Scope.TRAINING_READ)
        check_interval(interval_ms)
        goals = await calculated(info, game_state_input, strategy, seed)
        for number, goal in enumerate(goals):
            if number:
                await asyncio.sleep(interval_ms / 1000)
            yield goal
