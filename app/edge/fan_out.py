"""One event told to many: what a subscription gives that need not be executed for each of its subscribers.

A subscription's resolver may give a Broadcast instead of an async generator. Then there is no task, no context and no
execution per subscriber: whoever makes the answers puts the same bytes into every subscriber's sink.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, runtime_checkable

from app.edge.operation import Answer
from app.edge.refusals import RequestRefused


class Sink(Protocol):
    """Where the answers of one subscriber go. Nothing here raises, and only `room` waits."""

    def put(self, answers: Sequence[Answer]) -> bool:
        """Take answers in their order; they are shared with others, so they are not changed.

        False: this subscriber gets nothing more (it was too slow, was told so, and left), and is to be forgotten.
        """
        ...

    @property
    def is_filling(self) -> bool:
        """Whether many answers wait already: whoever can hold back, and go on when there is `room`, should."""
        ...

    async def room(self) -> None:
        """Wait until few answers wait: for whoever catches up on a long history."""
        ...

    @property
    def read(self) -> int:
        """How many bytes its client has read, counted from anywhere: it grows for as long as the client reads."""
        ...

    def give_up(self) -> None:
        """The client has read nothing for too long: forget what waits, and tell it so, and from where to go on."""
        ...

    def end(self, refused: RequestRefused | None = None) -> None:
        """Nothing more comes: of itself, or because of what `refused` tells."""
        ...


@runtime_checkable
class Broadcast(Protocol):
    """Answers that many share. It is an async iterable as well, because graphql-core wants one of a subscription; that
    gives the same answers, one by one, to whoever cannot be a sink."""

    def join(self, sink: Sink) -> Callable[[], None]:
        """Give a subscriber its answers from now on; what this returns makes it leave (more than once is harmless)."""
        ...

    def __aiter__(self) -> AsyncIterator[Answer]: ...
