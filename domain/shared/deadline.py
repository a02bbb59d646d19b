"""Until when whoever asked waits for an answer: what is tried again on the way is not tried for longer."""

from contextvars import ContextVar

# In seconds of the event loop's clock. None where nobody waits: in a sweep, a job or a feed.
ENDS_AT: ContextVar[float | None] = ContextVar("ends_at", default=None)
