"""Waypoints put on a course: by their distance, or where the course passes by them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.courses.model import BEYOND_FINISH_M, CourseGround, Waypoint, WaypointKind
from domain.courses.places import FARTHEST_OFF_M, NoPositionsOnCourse, OffCourse, Places, PositionBad, as_far
from domain.courses.refusals import MOST_WAYPOINTS, TooManyWaypoints, WaypointBad
from domain.runs.recording import Floats

# Of several passes those count that are as near as the nearest, give or take what two recordings of one path differ by.
AS_NEAR_M = 25.0
# A position is taken again that was told of the course itself, whose places are those of its grid.
GRID_M = 5.0
# Passes that are closer along the course are one place, and two waypoints there may stand in either order.
SAME_PLACE_M = 200.0
TREADMILL = NoPositionsOnCourse().message.rstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenWaypoint:
    """A waypoint as somebody gives it: where it stands is told by `distance_m`, else by both degrees (WGS 84).

    Degrees beside a distance tell the same place, within 250 m. Of several passes by the degrees, `pass_near_m` says
    which is meant: the one that is nearest to so many metres.
    """

    name: str
    kind: WaypointKind = WaypointKind.OTHER
    stop_s: float = 0.0
    cutoff_s: float | None = None
    distance_m: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    pass_near_m: float | None = None


@dataclass(frozen=True, slots=True)
class PlacedWaypoints:
    """Waypoints on their course. `far_off` are the names of those that it does not come by; each of `notes` is a
    sentence about a choice that was made."""

    waypoints: tuple[Waypoint, ...] = ()
    far_off: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def placed(given: Sequence[GivenWaypoint], ground: CourseGround) -> PlacedWaypoints:
    """Where on the course each waypoint stands.

    One that is given by degrees stands where the course passes nearest, within 250 m. Where it passes there several
    times (laps, out and back, a start that is the finish), the order in which the waypoints are given decides: each
    stands at the first pass behind the one before it. When they cannot be in the order of the course, each stands at
    its first pass. Raises TooManyWaypoints and WaypointBad.
    """
    if len(given) > MOST_WAYPOINTS:
        raise TooManyWaypoints(len(given))
    passes = _passes_of(given, ground)
    near = [(one, at) for one, at in zip(given, passes, strict=True) if at]
    chosen = _in_order([at for _, at in near])
    ordered = chosen is not None
    distances = chosen if chosen is not None else [at[0] for _, at in near]
    return PlacedWaypoints(
        tuple(_waypoint(one, at, ground) for (one, _), at in zip(near, distances, strict=True)),
        tuple(one.name for one, at in zip(given, passes, strict=True) if not at),
        tuple(_note(one, at, here, ordered) for (one, at), here in zip(near, distances, strict=True) if len(at) > 1),
    )


def placed_all(given: Sequence[GivenWaypoint], ground: CourseGround) -> PlacedWaypoints:
    """As `placed`, but for waypoints that must all be on the course. Raises WaypointBad for one that is not, too."""
    found = placed(given, ground)
    if found.far_off:
        raise WaypointBad(
            found.far_off[0],
            f"it is more than {FARTHEST_OFF_M:.0f} m from the course. Give the distanceM where the course is nearest",
        )
    return found


def _passes_of(given: Sequence[GivenWaypoint], ground: CourseGround) -> list[list[float]]:
    """For each waypoint, where it may stand, metres from the start, rising; empty for one far from the course."""
    by_position = any(one.distance_m is None or one.latitude is not None for one in given)
    places = Places(ground) if ground.latitude is not None and by_position else None
    return [
        _passes(one, places) if one.distance_m is None else [_inside(one, one.distance_m, places, ground.length_m)]
        for one in given
    ]


def _inside(given: GivenWaypoint, distance_m: float, places: Places | None, length_m: float) -> float:
    if not 0 <= distance_m <= length_m + BEYOND_FINISH_M:
        raise WaypointBad(given.name, f"distanceM is from 0 to {length_m:,.0f}, where the finish is")
    at_m = min(distance_m, length_m)
    if given.latitude is None or given.longitude is None:
        return at_m
    if places is None:
        raise WaypointBad(given.name, f"{TREADMILL}, and no latitude and longitude")
    try:
        off_m = places.off_m(given.latitude, given.longitude, at_m)
    except PositionBad as refusal:
        raise WaypointBad(given.name, refusal.message.rstrip(".")) from None
    if off_m > FARTHEST_OFF_M + GRID_M:
        raise WaypointBad(
            given.name,
            f"its position is {as_far(off_m)} from where the course is at its distanceM; at most {FARTHEST_OFF_M:.0f} "
            "m are taken. Give only one of the two, or mend the other",
        )
    return at_m


def _passes(given: GivenWaypoint, places: Places | None) -> list[float]:
    if given.latitude is None or given.longitude is None:
        raise WaypointBad(given.name, "say where it stands: distanceM, or latitude and longitude")
    if places is None:
        raise WaypointBad(given.name, TREADMILL)
    try:
        passes_m, off_m = places.passes(given.latitude, given.longitude)
    except PositionBad as refusal:
        raise WaypointBad(given.name, refusal.message.rstrip(".")) from None
    except OffCourse:
        return []
    near_m = passes_m[off_m <= off_m.min() + AS_NEAR_M]
    if given.pass_near_m is not None:
        return [float(near_m[np.argmin(np.abs(near_m - given.pass_near_m))])]
    passed: list[float] = near_m[np.diff(near_m, prepend=-np.inf) > SAME_PLACE_M].tolist()
    return passed


def _in_order(passes: Sequence[Sequence[float]]) -> list[float] | None:
    """The first pass of each that is not before the one chosen for the waypoint before it; None if there is none."""
    chosen: list[float] = []
    behind_m = 0.0
    for at in passes:
        later = next((one for one in at if one >= behind_m - SAME_PLACE_M), None)
        if later is None:
            return None
        chosen.append(later)
        behind_m = max(behind_m, later)
    return chosen


def _note(given: GivenWaypoint, passes: Sequence[float], here_m: float, ordered: bool) -> str:
    told = " and ".join(f"{at / 1_000:.1f}" for at in passes[:5])
    why = "by the order in which the waypoints stand" if ordered else "which is the first"
    return (
        f"The course passes {given.name!r} {len(passes)} times (kilometres {told}); the pass at {here_m / 1_000:.1f} "
        f"was taken, {why}. setWaypoints with its distanceM puts it elsewhere."
    )


def _waypoint(given: GivenWaypoint, distance_m: float, ground: CourseGround) -> Waypoint:
    latitude, longitude = given.latitude, given.longitude
    if latitude is None and longitude is None and ground.latitude is not None and ground.longitude is not None:
        latitude, longitude = _at(ground.latitude, distance_m, ground), _at(ground.longitude, distance_m, ground)
    return Waypoint(
        name=given.name,
        distance_m=distance_m,
        kind=given.kind,
        stop_s=given.stop_s,
        cutoff_s=given.cutoff_s,
        latitude=latitude,
        longitude=longitude,
    )


def _at(values: Floats, distance_m: float, ground: CourseGround) -> float:
    """The value at the point of the grid that is nearest along the course: within 2.5 m."""
    return float(values[int(np.clip(round(distance_m / ground.profile.step_m), 0, values.size - 1))])
