"""A few of many reports about a runner: the earliest or the latest, whatever order they came in."""

from bisect import bisect_left
from typing import Any, Generic, Protocol, TypeVar

SPARE = 4  # that many of the few may be marked wrong before those that were dropped are missed


class Told(Protocol):
    """What sorts by when it was recorded and tells under which event."""

    @property
    def event_id(self) -> str:
        """The event that told of it."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether it was recorded earlier."""


T = TypeVar("T", bound=Told)


class Few(Generic[T]):
    """The `most` earliest (or latest) of those that are not marked wrong.

    Some more than `most` are kept, so that others follow when one is marked. `_limit` is the best that was dropped:
    of what comes before it nothing is missing, and behind it nothing is kept.
    """

    __slots__ = ("_kept", "_latest", "_limit", "_marked", "_most")

    def __init__(self, most: int, *, latest: bool = False) -> None:
        self._most, self._latest = most, latest
        self._kept: list[T] = []
        self._marked: dict[str, T] | None = None
        self._limit: T | None = None

    def add(self, one: T, *, wrong: bool) -> T | None:
        """Take it in; returns what is not kept any more, or not at all."""
        if wrong:
            return self._set_aside(one)
        at = bisect_left(self._kept, one)
        is_beyond = self._limit is not None and not self._is_before(one, self._limit)
        if is_beyond or (at < len(self._kept) and self._kept[at] == one):
            return one
        self._kept.insert(at, one)
        if len(self._kept) <= self._most + SPARE:
            return None
        self._limit = self._kept.pop(0 if self._latest else -1)
        return self._limit

    def mark(self, event_id: str, *, wrong: bool) -> T | None:
        """The event is wrong, or right after all; returns what is not kept any more."""
        if not wrong:
            one = (self._marked or {}).pop(event_id, None)
            return None if one is None else self.add(one, wrong=False)
        for one in self._kept:
            if one.event_id == event_id:
                self._kept.remove(one)
                return self._set_aside(one)
        return None

    @property
    def told(self) -> list[T]:
        """The few, the earliest first."""
        return self._kept[-self._most :] if self._latest else self._kept[: self._most]

    @property
    def misses_some(self) -> bool:
        """Whether one that was dropped would be among the few now."""
        return self._limit is not None and len(self._kept) < self._most

    @property
    def all(self) -> list[T]:
        """All that are kept, those that are marked too."""
        return [*self._kept, *(self._marked or {}).values()]

    def _set_aside(self, one: T) -> T | None:
        if self._marked is None:
            self._marked = {}
        if one.event_id in self._marked:
            return one
        self._marked[one.event_id] = one
        return None

    def _is_before(self, one: T, other: T) -> bool:
        return other < one if self._latest else one < other
