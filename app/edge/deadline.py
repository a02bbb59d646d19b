"""A bound in time around a block. asyncio.timeout does the same, and takes a twentieth of a small read for it."""

import asyncio
from types import TracebackType

from domain.shared.deadline import ENDS_AT


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
        self._before = ENDS_AT.set(ends_at)

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        ENDS_AT.reset(self._before)
        # Somebody else may have cancelled too, a client that hung up or the server at its end: that goes on.
        if self._passed and self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise TimeoutError from wrong

    def _pass(self) -> None:
        self._passed = True
        self._task.cancel()
