"""Until when whoever asked waits for an answer: what is tried again on the way is not tried for longer."""

from contextvars import ContextVar


class Bound:
    """The end of an operation, in seconds of the event loop's clock.

    None once the operation has ended: a feed that it began, and that goes on for others, has inherited its context.
    """

    __slots__ = ("ends_at",)

    def __init__(self, ends_at: float) -> None:
        self.ends_at: float | None = ends_at


_bound: ContextVar[Bound | None] = ContextVar("bound", default=None)
set_bound, reset_bound = _bound.set, _bound.reset


def ends_at() -> float | None:
    """When the operation under way must be answered; None where nobody waits: in a sweep, a job or a feed."""
    bound = _bound.get()
    return None if bound is None else bound.ends_at
