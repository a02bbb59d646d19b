"""The few shapes that pictures of runs are made of, as SVG text; whatever a runner has typed is escaped here."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from domain.runs.recording import Floats

# Everything but https://www.w3.org/TR/xml/#charsets: a run's name may hold characters that no XML may.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" class="plain"/><line x1="0" y1="0" x2="0" y2="6" class="stripe"/></pattern></defs>'
)


def escaped(words: str) -> str:
    """Text as XML may hold it, on one line, in an element or in a quoted attribute."""
    return " ".join(NO_XML.sub("\ufffd", words).split()).translate(ESCAPES)


def shortened(words: str, room: int) -> str:
    """As much of `words` as takes at most `room` letters' width, with … where something is left out."""
    words, taken = " ".join(words.split()), 0
    for end, letter in enumerate(words):
        taken += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if taken > room:
            return words[: max(end - 1, 0)].rstrip() + "…"
    return words


def text(x: float, y: float, words: str, style: str = "small", *, anchor: str = "start") -> str:
    """One line of words whose baseline is at y."""
    return f'<text x="{px(x)}" y="{px(y)}" class="{style}" text-anchor="{anchor}">{escaped(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str = "grid") -> str:
    """A straight line."""
    return f'<line x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}" class="{style}"/>'


def rectangle(x: float, y: float, width: float, height: float, style: str, told: str = "") -> str:
    """A filled rectangle, with words that browsers show where it is pointed at."""
    shape = f'<rect x="{px(x)}" y="{px(y)}" width="{px(max(width, 0))}" height="{px(max(height, 0))}" class="{style}"'
    return f"{shape}>{title(told)}</rect>" if told else f"{shape}/>"


def dot(x: float, y: float, style: str, told: str) -> str:
    """A small circle, with words that browsers show where it is pointed at."""
    return f'<circle cx="{px(x)}" cy="{px(y)}" r="3.5" class="{style}">{title(told)}</circle>'


def polygon(x: Floats, y: Floats, style: str, told: str = "") -> str:
    """A filled shape through the points (n,), with words that browsers show where it is pointed at."""
    return f'<polygon points="{_points(x, y)}" class="{style}">{title(told)}</polygon>'


def curve(x: Floats, y: Floats, style: str) -> str:
    """A line through the points (n,), broken where a value is not known; a point between two breaks is a dot."""
    known = np.isfinite(x) & np.isfinite(y)
    breaks = np.flatnonzero(np.diff(known.astype(np.int8)) != 0) + 1
    pieces = [piece for piece in np.split(np.arange(known.size), breaks) if piece.size and known[piece[0]]]
    # A line's ends are round, so one to its own beginning is a dot.
    drawn = " ".join(f"M{_points(x[piece], y[piece])}" + ("h0" if piece.size == 1 else "") for piece in pieces)
    return f'<path d="{drawn}" class="{style}"/>' if drawn else ""


def title(told: str) -> str:
    """What an element is, in words."""
    return f"<title>{escaped(told)}</title>"


def document(size: tuple[int, int], name: str, told: str, style: str, parts: Iterable[str]) -> str:
    """A whole picture that scales to the room it gets; `told` says in words what is to be seen."""
    width, height = size
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{escaped(f"{name}. {told}")}">',
            title(name),
            f"<desc>{escaped(told)}</desc>",
            f"<style>{style}</style>",
            HATCH,
            f'<rect width="{width}" height="{height}" rx="8" class="paper"/>',
            *(part for part in parts if part),
            "</svg>\n",
        ]
    )


def px(value: float) -> str:
    """A pixel to a tenth, which is finer than any screen."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def _points(x: Sequence[float] | Floats, y: Sequence[float] | Floats) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True))
