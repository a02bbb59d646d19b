"""What was computed from a plan takes its place only while it is the plan that it was computed from."""

from collections.abc import Callable

from domain.pacing.model import ThrottlePlan
from domain.shared.errors import Conflict


class ThrottlePlanChanged(Conflict):
    """The plan was changed while a new one was being computed from it, again and again."""

    def __init__(self) -> None:
        super().__init__("The plan was changed by somebody else in this very moment. Send it again.")


def in_place_of(seen: ThrottlePlan, computed: ThrottlePlan) -> Callable[[ThrottlePlan], ThrottlePlan]:
    """A change that puts `computed` in the place of `seen`; it raises ThrottlePlanChanged where that is not there."""

    def change(stored: ThrottlePlan) -> ThrottlePlan:
        if stored.version != seen.version:
            raise ThrottlePlanChanged
        return computed

    return change
