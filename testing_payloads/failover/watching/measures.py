"""How often something is acknowledged, and for how long nothing was."""

from bisect import bisect_right
from collections import deque

WINDOW_S = 3.0


class Silences:
    """The times between acknowledged writes. Every moment is in seconds, and they come in order.

    Before the first, the time since the beginning is a silence; behind it, it is none: things had to be set up.
    """

    def __init__(self, begun: float) -> None:
        self.last = begun  # when a write was last acknowledged
        self._has_begun = False
        # Only those that no later one is as long as: (when it ended, how long it was), ever shorter, so that the first
        # one that ended behind a moment is the longest of all that did.
        self._notable: list[tuple[float, float]] = []

    def acknowledged(self, at: float) -> None:
        """A write was acknowledged."""
        silence, self.last = at - self.last, at
        if not self._has_begun:
            self._has_begun = True
            return
        while self._notable and self._notable[-1][1] <= silence:
            self._notable.pop()
        self._notable.append((at, silence))

    def longest(self, now: float) -> float:
        """The longest silence so far, the one that lasts included."""
        return self.longest_since(float("-inf"), now)

    def longest_since(self, moment: float, now: float) -> float:
        """The longest of those that lasted at `moment` or began after it, each in its whole length."""
        first = bisect_right(self._notable, moment, key=lambda silence: silence[0])
        ended = self._notable[first][1] if first < len(self._notable) else 0.0
        return max(ended, now - self.last)


class Rate:
    """How many there were per second, of late."""

    def __init__(self, begun: float) -> None:
        self._begun = begun
        self._moments: deque[float] = deque()

    def count(self, at: float) -> None:
        """There was one."""
        self._moments.append(at)
        self._forget(at)

    def per_second(self, now: float) -> float:
        """How many a second, over the last seconds."""
        self._forget(now)
        return len(self._moments) / max(min(WINDOW_S, now - self._begun), 1.0)

    def _forget(self, now: float) -> None:
        while self._moments and self._moments[0] <= now - WINDOW_S:
            self._moments.popleft()


class Tally:
    """What became of the requests of one kind."""

    def __init__(self, begun: float) -> None:
        self.rate = Rate(begun)
        self.answered = 0
        self.failed = 0
        self.latest_s: float | None = None
        self.longest_s = 0.0

    def answer(self, at: float, *, sent: float) -> None:
        """One was answered."""
        self.rate.count(at)
        self.answered += 1
        self.latest_s = at - sent
        self.longest_s = max(self.longest_s, self.latest_s)

    def fail(self) -> None:
        """One was refused, broke off or took too long."""
        self.failed += 1
