"""What stands above a picture of a run, and the words in the place of what cannot be drawn."""

from domain.pictures.drawn_run import DrawnRun
from domain.pictures.scale import as_distance, as_duration
from domain.pictures.svg import shortened, text

WIDTH = 960
LEFT = 62
RIGHT = 926
NAME_LETTERS = 66


def heading(run: DrawnRun) -> list[str]:
    """The run's name, and its day and totals."""
    return [text(24, 38, shortened(run.name, NAME_LETTERS), "name"), text(24, 60, totals(run))]


def totals(run: DrawnRun) -> str:
    """The day, distance, time and ascent of a run on one line."""
    told = [
        f"{run.day.day} {run.day:%B} {run.day.year}",
        as_distance(run.distance_m),
        f"{as_duration(run.moving_time_s)} moving",
    ]
    if run.ascent_m is not None:
        told.append(f"{run.ascent_m:,.0f} m up")
    return " · ".join(told)


def said(y: float, words: str) -> str:
    """A sentence in the middle of a picture, where something would be drawn."""
    return text(WIDTH / 2, y, words, "said", anchor="middle")
