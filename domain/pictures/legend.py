"""What the colours of a profile stand for, with the share of the way that has each."""

from domain.pictures.drawn_run import DrawnRun
from domain.pictures.heading import RIGHT
from domain.pictures.look import METHOD_WORDS, colour_class, words_for
from domain.pictures.shares import Share
from domain.pictures.svg import rectangle, text

LETTER_PX = 6.6
ROW_PX = 24


def legend(zones: list[Share], reasons: list[Share], top: float, run: DrawnRun) -> tuple[list[str], int]:
    """The shapes of a legend that begins at `top`, and where the picture ends below it."""
    missing = run.missing()
    if missing is not None:
        return [text(24, top, missing, "head")], round(top + 24)
    words = f"Efficiency among similar stretches by {METHOD_WORDS[run.method]}, and its share of the distance"
    shapes = [text(24, top, words, "head")]
    x, y = 24.0, top + ROW_PX
    for row in (zones, reasons):
        for share in row:
            told = f"{words_for(share.standing)} {share.percent}"
            if x > 24 and x + 24 + len(told) * LETTER_PX > RIGHT:
                x, y = 24.0, y + ROW_PX
            shapes += [rectangle(x, y - 11, 18, 13, f"bar {colour_class(share.standing)}"), text(x + 24, y, told)]
            x += 24 + len(told) * LETTER_PX + 26
        x, y = 24.0, y + (ROW_PX if row else 0)
    return shapes, round(y)
