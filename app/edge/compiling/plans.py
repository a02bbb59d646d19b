"""The plans of all compiled queries, in one bounded store: those not used for longest go first."""

from collections import OrderedDict
from collections.abc import Hashable

from app.edge.compiling.plan import Plan

# Of SQL, and of the variables that it was written for. What is kept takes some three times that.
MOST_CHARACTERS = 5_000_000
LEAST_CHARACTERS = 500  # so much a plan counts at least, and one that could not be made too


class Plans:
    """Plans by their operation and its shaping variables; None is kept for those that cannot be made."""

    def __init__(self, *, most_characters: int = MOST_CHARACTERS) -> None:
        self._most, self._characters = most_characters, 0
        self._plans: OrderedDict[Hashable, tuple[Plan | None, int]] = OrderedDict()

    def find(self, key: Hashable) -> tuple[Plan | None, int] | None:
        """What is kept under the key, and how much it counts; None when nothing is."""
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
        return found

    def keep(self, key: Hashable, plan: Plan | None, characters: int) -> None:
        """Keep a plan, and let others go for it."""
        counted = LEAST_CHARACTERS + characters + (plan.characters if plan else 0)
        self._plans[key] = plan, counted
        self._characters += counted
        while self._characters > self._most:
            _, (_, gone) = self._plans.popitem(last=False)
            self._characters -= gone
