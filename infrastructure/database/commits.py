"""The COMMITs that are under way: one that takes long waits for a standby that is gone."""

import asyncio

LONG_S = 2.0


class Commits:
    """Those of one process."""

    def __init__(self) -> None:
        self._begun: dict[object, float] = {}  # the longest under way first

    @property
    def wait(self) -> bool:
        """Whether one has been waiting for long."""
        first = next(iter(self._begun.values()), None)
        return first is not None and asyncio.get_running_loop().time() - first > LONG_S

    def begin(self, commit: object) -> None:
        """One is sent."""
        self._begun[commit] = asyncio.get_running_loop().time()

    def end(self, commit: object) -> None:
        """It has ended, in whatever way."""
        self._begun.pop(commit, None)
