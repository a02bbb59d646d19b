"""Where the names of places stand above a profile, so that none covers another or a line that leads to one."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

LETTER_PX = 7.0
GAP_PX = 8.0


@dataclass(frozen=True, slots=True)
class Label:
    """Words between the pixels `left` and `right` for the place at `x`, in a row counted from the lowest.

    They begin at the place, or end there if `to_left`.
    """

    words: str
    x: float
    left: float
    right: float
    row: int
    to_left: bool

    @classmethod
    def at(cls, x: float, words: str, row: int, *, to_left: bool) -> Self:
        """Words beside their place."""
        width = width_of(words)
        return cls(words, x, x - width if to_left else x, x if to_left else x + width, row, to_left)

    def collides(self, other: "Label") -> bool:
        """Whether the words of both would touch."""
        return self.row == other.row and self.left < other.right + GAP_PX and other.left < self.right + GAP_PX

    def meets(self, other: "Label") -> bool:
        """Whether the words or lines of both would touch."""
        return self.collides(other) or self.crosses(other) or other.crosses(self)

    def crosses(self, other: "Label") -> bool:
        """Whether the line that leads down to the other's place goes through these words."""
        return self.row < other.row and self.left < other.x < self.right


def labels(places: Sequence[tuple[float, str]], left: float, right: float) -> tuple[Label, ...]:
    """The labels of places (x, words) in their order, between the pixels `left` and `right` as far as there is room.

    Words go to the right of their place; to its left where they would leave the picture, or lie across the line to a
    place whose own words go to the left. From the right edge to the left the former, then from the left to the right
    the latter, each takes the lowest row where no words and no lines meet; if there is none, where no words do.
    """
    from_right = sorted(range(len(places)), key=lambda number: -places[number][0])
    to_left: list[int] = []
    room = right
    for number in from_right:
        x, words = places[number]
        if x + width_of(words) > room and x - width_of(words) >= left:
            to_left.insert(0, number)
            room = x - GAP_PX
    placed: dict[int, Label] = {}
    for number in (*(number for number in from_right if number not in to_left), *to_left):
        lowest = Label.at(*places[number], 0, to_left=number in to_left)
        rows = [replace(lowest, row=row) for row in range(len(placed) + 1)]
        clear = (one for one in rows if not any(one.meets(other) for other in placed.values()))
        apart = (one for one in rows if not any(one.collides(other) for other in placed.values()))
        placed[number] = next(clear, None) or next(apart)
    return tuple(placed[number] for number in range(len(places)))


def width_of(words: str) -> float:
    """About how many pixels words of 12 px take; more rather than less."""
    return sum(LETTER_PX * (2 if unicodedata.east_asian_width(letter) in "WF" else 1) for letter in words)
