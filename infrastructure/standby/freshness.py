"""How far a standby must have come before it may answer a query of an athlete's.

Positions are those of the writer's log: who has replayed up to one has all that stands before it. Times are of one
clock, in seconds.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from uuid import UUID

LONGEST_BEHIND_S = 2.0  # older than that is no answer, whoever asks
HEARD_WITHIN_S = 1.0
MOST_ATHLETES = 100_000
NEVER = float("-inf")


@dataclass(slots=True)
class _Known:
    """What is remembered of one athlete, until no standby can lack it any more."""

    seen: int = 0  # at most what stands before this position was shown to them
    changed_at: float = NEVER  # when something of theirs was changed that nobody has read from the writer since
    changing: int = 0  # changes that are under way


class Freshness:
    """Compares what the writer has told of its log with what each athlete has changed and seen.

    A `mark` is the writer's position and when it was asked for: whatever could be seen on the writer at that time
    stands before it.
    """

    def __init__(self) -> None:
        self._times, self._positions = deque[float](), deque[int]()  # of the marks; both only rise
        self._athletes: dict[UUID, _Known] = {}
        self._whole_since = self._heard_at = NEVER

    def needed(self, athlete: UUID, now: float) -> int | None:
        """The position that a standby must have passed to answer; None when the writer must."""
        if now - self._heard_at > HEARD_WITHIN_S:
            return None
        since, seen = max(now - LONGEST_BEHIND_S, self._whole_since), 0
        known = self._athletes.get(athlete)
        if known is not None:
            if known.changing:
                return None
            since, seen = max(since, known.changed_at), known.seen
        at = bisect_right(self._times, since)
        return None if at == len(self._times) else max(self._positions[at], seen)

    def mark(self, asked_at: float, position: int) -> None:
        """The writer, asked then, told this position."""
        self._times.append(asked_at)
        self._positions.append(position)
        while self._times[0] <= asked_at - LONGEST_BEHIND_S:
            self._times.popleft()
            self._positions.popleft()
        self._forget_what_all_have()

    def saw(self, athlete: UUID, position: int) -> None:
        """They were shown a state in which nothing stands behind this position."""
        known = self._of(athlete)
        known.seen = max(known.seen, position)

    def saw_on_writer(self, athlete: UUID, position: int, asked_at: float) -> None:
        """The same by the writer, asked then: what was changed before is counted in."""
        self.saw(athlete, position)
        known = self._athletes[athlete]
        if asked_at > known.changed_at and not known.changing:
            known.changed_at = NEVER

    def began_change(self, athlete: UUID) -> None:
        """Something of theirs is being changed: a standby may show it before the writer does."""
        self._of(athlete).changing += 1

    def ended_change(self, athlete: UUID, now: float) -> None:
        """It has been, or has not."""
        self._of(athlete).changing -= 1
        self.changed(athlete, now)

    def changed(self, athlete: UUID, now: float) -> None:
        """Something of theirs was changed, here or elsewhere."""
        self._of(athlete).changed_at = now

    def hear(self, sent_at: float) -> None:
        """All has been told here that was changed elsewhere, and told, until then."""
        self._heard_at = max(self._heard_at, sent_at)

    def missed(self, now: float) -> None:
        """Nobody knows what was changed before now, nor by whom: a standby must have all of it."""
        self._whole_since = now

    def begin_history(self, now: float) -> None:
        """There is another writer: what was known of the log of the one before is worth nothing."""
        self._times.clear()
        self._positions.clear()
        self._forget_all_but_changing()
        self.missed(now)

    def _of(self, athlete: UUID) -> _Known:
        known = self._athletes.get(athlete)
        if known is None:
            known = self._athletes[athlete] = _Known()
        return known

    def _forget_what_all_have(self) -> None:
        """Of whoever may answer at all it is known that they have passed the oldest mark."""
        oldest, position = self._times[0], self._positions[0]
        for athlete, known in list(self._athletes.items()):
            if known.seen <= position and known.changed_at < oldest and not known.changing:
                del self._athletes[athlete]
        if len(self._athletes) > MOST_ATHLETES:
            self._forget_all_but_changing()
            self.missed(self._times[-1])

    def _forget_all_but_changing(self) -> None:
        self._athletes = {
            athlete: _Known(changing=known.changing) for athlete, known in self._athletes.items() if known.changing
        }
