"""The ground of a course as a plan takes it: short cells of one slope, grouped into steps that a runner can follow."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.analysis.profile import grid_m
from domain.courses.model import CourseGround, Waypoint
from domain.pacing.cuts import step_borders
from domain.pacing.model import Legs, Stop
from domain.runs.recording import Floats

# Half of what the altitude is smoothed over: mountain trails cost 0.1 % more by cells of 5 m, and 0.2 % less by 50 m.
CELL_M = 25.0
MOST_CELLS = 3_400
# Places so near to one another are one: a cell between them would be nothing but a source of rounding.
SAME_PLACE_M = 1.0
# Waypoints so near to one another, to the start or to the finish are one place: nobody paces a step of a few metres.
ONE_PLACE_M = 10.0


def legs_of(ground: CourseGround, waypoints: Sequence[Waypoint], terrain_factor: float, from_m: float = 0.0) -> Legs:
    """The ground from `from_m` to the finish (0 ≤ from_m < length), cut into cells and steps.

    Cells are even between one waypoint and the next, and at most 25 m long (a 3,400th of a course beyond 85 km); their
    slope is that of the smoothed altitude from end to end. Steps end at every waypoint and where the terrain changes
    (`step_borders`), and depend on nothing else: not on the runner, and not on `from_m` either, but that the first cell
    and the first step are shortened. Every cell costs `terrain_factor` times what smooth ground does. A waypoint within
    10 m of another, of the start or of the finish stands there.
    """
    places_m = np.array([waypoint.distance_m for waypoint in waypoints], dtype=np.float64)
    marks_m = _marks(places_m, ground.length_m)
    edges_m = _edges(marks_m, ground.length_m)
    height_m = np.interp(edges_m, grid_m(ground.profile), ground.profile.altitude_m)
    at = np.searchsorted(edges_m, marks_m)[np.abs(np.array(marks_m)[:, None] - places_m).argmin(axis=0)]
    inner = {int(edge) for edge in at if 0 < edge < edges_m.size - 1}
    borders = step_borders(edges_m, height_m, inner)
    whole = Legs(
        start_m=0.0,
        length_m=np.diff(edges_m),
        grade=np.diff(height_m) / np.diff(edges_m),
        terrain=np.full(edges_m.size - 1, terrain_factor),
        step=np.repeat(np.arange(borders.size - 1), np.diff(borders)),
        stops=_stops(waypoints, at),
    )
    return parted(whole, from_m)[1] if from_m > 0 else whole


def edges_of(legs: Legs) -> Floats:
    """Where the cells begin and end, metres from the start of the course: shape (n + 1,)."""
    return legs.start_m + np.concatenate(([0.0], np.cumsum(legs.length_m)))


def step_ends_of(legs: Legs) -> Floats:
    """Where the steps end, metres from the start of the course: shape (m,)."""
    return edges_of(legs)[1:][np.diff(legs.step, append=legs.step[-1] + 1) > 0]


def between(legs: Legs, from_m: float, to_m: float) -> Legs:
    """What lies between two places, as `parted` has them: no cells where the second is not beyond the first."""
    return parted(parted(legs, from_m)[1], to_m)[0]


def parted(legs: Legs, at_m: float) -> tuple[Legs, Legs]:
    """What lies behind a place and what lies ahead of it; either may have no cells.

    A waypoint at the place itself lies ahead: who is there has arrived, and may stay. A place within a metre of a
    cell's end is that end.
    """
    edges_m = edges_of(legs)
    nearest_m = float(edges_m[np.abs(edges_m - at_m).argmin()])
    at_m = nearest_m if abs(nearest_m - at_m) <= SAME_PLACE_M else at_m
    first = int(np.searchsorted(edges_m[1:], at_m, side="right"))
    last = int(np.searchsorted(edges_m[:-1], at_m, side="left"))
    placed = [(float(edges_m[stop.after_cell + 1]), stop) for stop in legs.stops]
    behind = _slice(legs, 0, last, tuple(stop for place_m, stop in placed if place_m < at_m))
    if last:
        behind.length_m[-1] = at_m - edges_m[last - 1]
    ahead = _slice(legs, first, legs.step.size, tuple(stop for place_m, stop in placed if place_m >= at_m))
    if ahead.step.size:
        ahead.length_m[0] = edges_m[first + 1] - at_m
    return behind, replace(ahead, start_m=at_m)


def _slice(legs: Legs, first: int, last: int, stops: tuple[Stop, ...]) -> Legs:
    step = legs.step[first:last]
    return Legs(
        start_m=legs.start_m,
        length_m=legs.length_m[first:last].copy(),
        grade=legs.grade[first:last],
        terrain=legs.terrain[first:last],
        step=step - step[0] if step.size else step,
        stops=tuple(replace(stop, after_cell=stop.after_cell - first) for stop in stops),
    )


def _marks(places_m: Floats, length_m: float) -> list[float]:
    """The start, the places that are places of their own, and the finish."""
    marks_m = [0.0]
    for place_m in sorted(places_m.tolist()):
        if marks_m[-1] + ONE_PLACE_M < place_m < length_m - ONE_PLACE_M:
            marks_m.append(place_m)
    return [*marks_m, length_m]


def _edges(marks_m: Sequence[float], length_m: float) -> Floats:
    cell_m = max(CELL_M, length_m / MOST_CELLS)
    sections = [
        np.linspace(start_m, end_m, max(1, math.ceil((end_m - start_m) / cell_m - 1e-9)), endpoint=False)
        for start_m, end_m in pairwise(marks_m)
    ]
    return np.concatenate((*sections, [length_m]))


def _stops(waypoints: Sequence[Waypoint], at: NDArray[np.int64]) -> tuple[Stop, ...]:
    """The waypoints in the order of the course; `at` counts the edge that each stands at."""
    stops = [
        Stop(
            name=waypoint.name,
            after_cell=int(edge) - 1,
            distance_m=waypoint.distance_m,
            stop_s=waypoint.stop_s,
            cutoff_s=waypoint.cutoff_s,
        )
        for waypoint, edge in zip(waypoints, at, strict=True)
    ]
    return tuple(sorted(stops, key=lambda stop: (stop.after_cell, stop.distance_m)))
