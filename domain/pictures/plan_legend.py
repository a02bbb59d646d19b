"""What the colours of a plan's profile stand for, with the time that goes into each."""

from collections.abc import Sequence

from domain.analysis.model import Movement
from domain.pacing.model import ThrottleStep
from domain.pictures.plan_look import ThrottleBands
from domain.pictures.plan_places import width_of
from domain.pictures.scale import as_duration
from domain.pictures.svg import rectangle, text

ROW_PX = 24.0
HEAD = "Throttle: power as a share of the power at threshold, from easy to hard, and the time at it"


def plan_legend(steps: Sequence[ThrottleStep], bands: ThrottleBands, top: float, width: int) -> tuple[list[str], int]:
    """The shapes of a legend that begins at `top`, and where the picture ends below it."""
    if not steps:
        return [text(24, top, "There is nothing left to run.", "head")], round(top + 24)
    shapes = [text(24, top, HEAD, "head")]
    rows = [_throttles(steps, bands), _movements(steps)]
    x, y = 24.0, top + ROW_PX
    for row in rows:
        for style, words in row:
            if x > 24 and x + 24 + width_of(words) > width - 24:
                x, y = 24.0, y + ROW_PX
            shapes += [rectangle(x, y - 11, 18, 13, f"bar {style}"), text(x + 24, y, words)]
            x += 24 + width_of(words) + 20
        x, y = 24.0, y + ROW_PX
    return shapes, round(y)


def _throttles(steps: Sequence[ThrottleStep], bands: ThrottleBands) -> list[tuple[str, str]]:
    seconds: dict[int, float] = {}
    for step in steps:
        seconds[bands.of(step.throttle)] = seconds.get(bands.of(step.throttle), 0.0) + step.end_s - step.start_s
    middle = [(band, bands.low + (band + 0.5) * bands.step) for band in sorted(seconds)]
    return [(bands.style(throttle), f"{bands.words(band)}: {as_duration(seconds[band])}") for band, throttle in middle]


def _movements(steps: Sequence[ThrottleStep]) -> list[tuple[str, str]]:
    told = []
    for movement, style, words in ((Movement.RUNNING, "plain", "run"), (Movement.WALKING, "none", "walk")):
        seconds = sum(step.end_s - step.start_s for step in steps if step.movement is movement)
        if seconds > 0:
            told.append((style, f"{words}: {as_duration(seconds)}"))
    return told
