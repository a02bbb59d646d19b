"""A bound in time around a block. asyncio.timeout does the same, and takes a twentieth of a small read for it."""

import asyncio
from types import TracebackType


class Deadline:
    """Cancels the block after `seconds`, and says TimeoutError behind it."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._passed = seconds, False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelled_before = task, task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._pass)

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        # Somebody else may have cancelled too, a client that hung up or the server at its end: that goes on.
        if self._passed and self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise TimeoutError from wrong

    def _pass(self) -> None:
        self._passed = True
        self._task.cancel()
