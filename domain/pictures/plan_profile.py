"""A throttle plan along its course: the ground coloured by throttle, its steps, and the places with their cut-offs."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.analysis.model import Movement
from domain.pacing.model import ThrottleStep
from domain.pacing.take_along import Passage, PlanToTake
from domain.pictures.look import Theme
from domain.pictures.plan_legend import plan_legend
from domain.pictures.plan_look import ThrottleBands, bands_of, goal_words, in_hand, plan_style, step_words
from domain.pictures.plan_places import Label, labels
from domain.pictures.scale import Scale, around, as_distance, as_duration, as_number, round_step
from domain.pictures.svg import curve, document, dot, line, polygon, rectangle, shortened, text
from domain.runs.recording import Floats

WIDTH = 960
LEFT = 62.0
MARGIN = 34.0
PANEL_PX = 220.0
ROW_PX = 17.0
STRIP_PX = 10.0
LEAST_CLIMB_M = 40.0  # a flat course is drawn flat, not as its own noise
CORNERS = 800
NAME_LETTERS = 28
MOST_NAMES = 24  # more of them would tower above the profile; the others are dots that tell when pointed at
REASON_LINES = 3
NUMBER_PX = 16.0  # nearer to one another the numbers of steps could not be read


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What every part of the picture is laid out by; `altitude_m` (n,) stands at `metres` (n,)."""

    taken: PlanToTake
    metres: Floats
    altitude_m: Floats
    along: Scale
    up: Scale
    bands: ThrottleBands

    def ridge_at(self, distance_m: float) -> float:
        """The pixel of the ground's height at a place."""
        return self.up.at(float(np.interp(distance_m, self.metres, self.altitude_m)))


def plan_profile(taken: PlanToTake, theme: Theme | None = None, *, width: int = WIDTH, headed: bool = True) -> str:
    """The SVG of a plan's profile; without `theme` it looks as the reader's system does.

    Without its heading it is for a page that says who it is of.
    """
    head, top = _heading(taken, width) if headed else ([], 20.0)
    along = Scale(0.0, max(taken.ground.length_m, 1.0), LEFT, width - MARGIN)
    weighty = foremost(taken.passages)
    named = labels([(along.at(one.waypoint.distance_m), _told(one)) for one in weighty], MARGIN, width - MARGIN)
    top += ROW_PX * (1 + max((label.row for label in named), default=-1))
    drawing = _drawing(taken, along, top + 14)
    panel = [*_rules(drawing), *_ground(drawing), *_strip(drawing)]
    key, height = plan_legend(taken.steps, drawing.bands, drawing.up.start_px + 78, width)
    parts = [*head, *panel, *_places(drawing, weighty, named, top - 4), *key]
    told = f"Profile of a throttle plan: {totals(taken)}. {_in_words(taken)}"
    return document((width, height), taken.course.name, told, plan_style(theme), parts)


def foremost(passages: Sequence[Passage]) -> list[Passage]:
    """The places that are named, at most 24, in their order: first those with a cut-off, then those with a stay."""

    def weight(number: int) -> tuple[bool, bool]:
        place = passages[number].waypoint
        return place.cutoff_s is None, place.stop_s == 0

    return [passages[number] for number in sorted(sorted(range(len(passages)), key=weight)[:MOST_NAMES])]


def totals(taken: PlanToTake) -> str:
    """The goal, the way and the time of a plan on one line."""
    now, ground = taken.plan.now, taken.ground
    told = [goal_words(taken.plan.goal), as_distance(ground.length_m)]
    if ground.profile.has_altitude:
        told.append(f"{ground.ascent_m:,.0f} m up, {ground.descent_m:,.0f} m down")
    return " · ".join([*told, f"{as_duration(now.predicted_time_s)} ± {as_duration(now.uncertainty_s)}"])


def _heading(taken: PlanToTake, width: int) -> tuple[list[str], float]:
    told = [text(24, 38, shortened(taken.course.name, (width - 48) // 14), "name"), text(24, 60, totals(taken))]
    reason = taken.plan.now.reason or ""
    lines = textwrap.wrap(reason, (width - 48) // 7, max_lines=REASON_LINES, placeholder=" …")
    told += [text(24, 80 + ROW_PX * row, words, "place late") for row, words in enumerate(lines)]
    return told, 76 + ROW_PX * len(lines)


def _drawing(taken: PlanToTake, along: Scale, top: float) -> Drawing:
    profile = taken.ground.profile
    grid = np.linspace(0.0, taken.ground.length_m, profile.altitude_m.size)
    metres = np.linspace(0.0, taken.ground.length_m, min(CORNERS, grid.size))
    altitude = np.interp(metres, grid, profile.altitude_m)
    low, high, _ = around(altitude, least_span=LEAST_CLIMB_M) or (0.0, LEAST_CLIMB_M, 10.0)
    up = Scale(low, high, top + PANEL_PX, top)
    return Drawing(taken, metres, altitude, along, up, bands_of([step.throttle for step in taken.steps]))


def _rules(drawing: Drawing) -> list[str]:
    """Level lines with their altitudes, and upright ones with their kilometres."""
    foot, told = drawing.up.start_px, []
    if drawing.taken.ground.profile.has_altitude:
        step = round_step(drawing.up.high - drawing.up.low, 5)
        for metres in drawing.up.ticks(step):
            y = drawing.up.at(metres)
            told += [line(LEFT, y, drawing.along.end_px, y), text(LEFT - 8, y + 4, as_number(metres), anchor="end")]
    step = round_step(drawing.along.high / 1000, 10)
    for km in Scale(0.0, drawing.along.high / 1000, 0.0, 1.0).ticks(step):
        x = drawing.along.at(km * 1000)
        told += [line(x, drawing.up.end_px, x, foot), text(x, foot + 46, f"{as_number(km, step)} km", anchor="middle")]
    return told


def _ground(drawing: Drawing) -> list[str]:
    """The ground under each step in the colour of its throttle, and plain where the runner has been."""
    taken = drawing.taken
    shapes = [_under(drawing, 0.0, taken.behind_m, "plain", "Behind the runner")] if taken.behind_m > 0 else []
    for step in taken.steps:
        shapes.append(_under(drawing, step.start_m, step.end_m, drawing.bands.style(step.throttle), step_words(step)))
    for step in taken.steps[:-1]:
        x = drawing.along.at(step.end_m)
        shapes.append(line(x, drawing.ridge_at(step.end_m), x, drawing.up.start_px, "edge"))
    shapes.append(curve(drawing.along.place(drawing.metres), drawing.up.place(drawing.altitude_m), "ridge"))
    if not taken.ground.profile.has_altitude:
        shapes.append(text(LEFT + 8, drawing.up.end_px + 20, "The course has no altitude.", "said"))
    return shapes


def _under(drawing: Drawing, start_m: float, end_m: float, style: str, told: str) -> str:
    """The ground from one place to another, down to the panel's foot."""
    inside = (drawing.metres > start_m) & (drawing.metres < end_m)
    x = np.concatenate(([start_m], drawing.metres[inside], [end_m]))
    top = drawing.up.place(np.interp(x, drawing.metres, drawing.altitude_m))
    corners = drawing.along.place(np.concatenate((x, x[[-1, 0]])))
    return polygon(corners, np.concatenate((top, np.full(2, drawing.up.start_px))), style, told)


def _strip(drawing: Drawing) -> list[str]:
    """Below the ground, where to walk, and the numbers of the steps as far as there is room."""
    shapes: list[str] = []
    top, numbered = drawing.up.start_px + 5, 0.0
    for step in drawing.taken.steps:
        left, right = drawing.along.at(step.start_m), drawing.along.at(step.end_m)
        style, middle = "none" if step.movement is Movement.WALKING else "plain", (left + right) / 2
        shapes.append(rectangle(left, top, right - left - 1, STRIP_PX, f"bar {style}", step_words(step)))
        if middle - numbered >= NUMBER_PX:
            shapes.append(text(middle, top + STRIP_PX + 11, str(step.ordinal), "number", anchor="middle"))
            numbered = middle
    return shapes


def _places(drawing: Drawing, weighty: list[Passage], named: tuple[Label, ...], lowest: float) -> list[str]:
    """All places on the ridge, and above the panel the names that are shown; `lowest` is their lowest baseline."""
    lines, words = [], []
    for passage, label in zip(weighty, named, strict=True):
        baseline = lowest - ROW_PX * label.row
        lines.append(line(label.x, baseline + 3, label.x, drawing.ridge_at(passage.waypoint.distance_m), "lead"))
        late = passage.margin_s is not None and passage.margin_s < 0
        style, anchor = "place late" if late else "place", "end" if label.to_left else "start"
        words.append(text(label.x, baseline, label.words, style, anchor=anchor))
    places = [(one.waypoint.distance_m, _told(one)) for one in drawing.taken.passages]
    dots = [dot(drawing.along.at(metres), drawing.ridge_at(metres), "dot", told) for metres, told in places]
    return [*lines, *dots, *words]


def _told(passage: Passage) -> str:
    name = shortened(passage.waypoint.name, NAME_LETTERS)
    if passage.waypoint.cutoff_s is None:
        return name
    late = " late" if passage.margin_s is not None and passage.margin_s < 0 else ""
    return f"{name}, cut-off {as_duration(passage.waypoint.cutoff_s)}{late}"


def _in_words(taken: PlanToTake) -> str:
    """The steps and the cut-offs for who does not see the picture."""
    walked = sum(step.end_m - step.start_m for step in taken.steps if step.movement is Movement.WALKING)
    parts = [f"{len(taken.steps)} steps at {_range(taken.steps)} of the power at threshold"]
    parts.append(f"{as_distance(walked)} of it walking" if walked > 0 else "all of it running")
    parts += [f"{one.waypoint.name}: {in_hand(one.margin_s)}" for one in taken.passages if one.margin_s is not None]
    return "; ".join(parts) + "." + (f" {taken.plan.now.reason}" if taken.plan.now.reason else "")


def _range(steps: tuple[ThrottleStep, ...]) -> str:
    low, high = (round(end([step.throttle for step in steps], default=0.0) * 100) for end in (min, max))
    return f"{low} %" if low == high else f"{low} to {high} %"
