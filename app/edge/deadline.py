"""A bound in time around a block. asyncio.timeout does the same, and takes a twentieth of a small read for it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from domain.shared.deadline import Bound, reset_bound, set_bound
from domain.shared.errors import Unavailable
from domain.shared.ports import HoldUp


class OperationTookTooLong(Unavailable):
    """The deadline has passed."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(
            f"This took longer than {deadline_s:g} s and was given up. Ask for less at once. A mutation may have been "
            "carried out: send it again with the same idempotencyKey to find out."
        )


class DatabaseAwayTooLong(Unavailable):
    """The deadline has passed, and the database is away."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(
            f"The database could not be reached for the {deadline_s:g} s that this may take. A mutation may have been "
            "carried out: send it again with the same idempotencyKey to find out."
        )


class StandbyAwayTooLong(Unavailable):
    """The deadline has passed, and what is stored must wait."""

    def __init__(self, deadline_s: float) -> None:
        super().__init__(
            f"What this would store waits for the second database, which has been away for the {deadline_s:g} s that "
            "this may take. Send it again with the same idempotencyKey: it is stored once."
        )


class Deadline:
    """Cancels the block after `seconds`, and says TimeoutError behind it; within the block all know when it ends."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._passed = seconds, False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelled_before = task, task.cancelling()
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._seconds
        self._timer = loop.call_at(ends_at, self._pass)
        self._bound = Bound(ends_at)
        self._before = set_bound(self._bound)

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._bound.ends_at = None
        reset_bound(self._before)
        # Somebody else may have cancelled too, a client that hung up or the server at its end: that goes on.
        if self._passed and self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise TimeoutError from wrong

    def _pass(self) -> None:
        self._passed = True
        self._task.cancel()


TOLD_OF = {HoldUp.AWAY: DatabaseAwayTooLong, HoldUp.COMMITS_WAIT: StandbyAwayTooLong, None: OperationTookTooLong}


class Deadlines:
    """Until when operations must be answered, and what they are told who are not. `held_up_by` tells what holds up the
    database just now."""

    def __init__(self, seconds: float, held_up_by: Callable[[], HoldUp | None]) -> None:
        self._seconds, self._held_up_by = seconds, held_up_by

    def next(self) -> Deadline:
        """That of an operation that begins now."""
        return Deadline(self._seconds)

    def missed(self) -> Unavailable:
        """What is told when it has passed."""
        return TOLD_OF[self._held_up_by()](self._seconds)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Give the block up in time: for what plain routes ask, too. Raises Unavailable."""
        try:
            with self.next():
                yield
        except TimeoutError:
            raise self.missed() from None
