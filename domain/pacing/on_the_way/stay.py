"""Standing at a waypoint: who is there has reached it once, and stays for what is left of their stay."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.pacing.kept import Kept
from domain.pacing.late import Late
from domain.pacing.legs import SAME_PLACE_M, edges_of
from domain.pacing.model import Legs, Stop
from domain.pacing.running.forward import ON_TIME_S

# Positions scatter, and stations are long: so near to a waypoint a runner is at it.
AT_WAYPOINT_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A runner at a waypoint that stands `place_m` along the course, there since `since_s`, s from the start, and
    for `left_s` more if they stay as planned; `stopped_s` of the planned stay is over."""

    place_m: float
    since_s: float
    stopped_s: float
    left_s: float


def waypoint_at(whole: Legs, kept: Kept, distance_m: float) -> float | None:
    """Where the waypoint stands that a runner is at, metres; None where they are under way.

    The nearest within 50 m, of those that were not behind them already. The finish is none: who is there has arrived.
    """
    finish_m = float(edges_of(whole)[-1])
    near = [
        place_m
        for place_m, _ in _placed(whole)
        if abs(place_m - distance_m) <= AT_WAYPOINT_M
        and place_m < finish_m - SAME_PLACE_M
        and (place_m >= kept.distance_m - SAME_PLACE_M or is_place(place_m, kept.waypoint_m))
    ]
    return min(near, key=lambda place_m: abs(place_m - distance_m), default=None)


def is_place(place_m: float, other_m: float | None) -> bool:
    """Whether both are one place."""
    return other_m is not None and abs(place_m - other_m) <= SAME_PLACE_M


def stop_at(legs: Legs, place_m: float | None) -> float:
    """How long the plan has its runner stay at a place, s."""
    return sum(stop.stop_s for here_m, stop in _placed(legs) if is_place(here_m, place_m))


def stops_but_at(legs: Legs, *places_m: float | None) -> float:
    """How long the plan has its runner stay along the legs, the places left out, s."""
    placed = _placed(legs)
    return sum(stop.stop_s for here_m, stop in placed if not any(is_place(here_m, place_m) for place_m in places_m))


def stayed_s(lag_s: float, stop_s: float, unseen_s: float) -> float:
    """How long a runner has stood at a waypoint who is seen there for the first time, `lag_s` after they were due.

    Up to the planned stay they have come when they were due, and stood since; twice as late they have just come, and in
    between it is in proportion. They were not there yet `unseen_s` ago.
    """
    return max(min(lag_s, 2 * stop_s - lag_s, unseen_s), 0.0)


def stay_of(whole: Legs, kept: Kept, elapsed_s: float) -> Stay | None:
    """The stay of a runner who came to a waypoint as `kept` says and is there still."""
    if kept.waypoint_m is None:
        return None
    stop_s = stop_at(whole, kept.waypoint_m)
    left_s = max(stop_s - (elapsed_s - kept.elapsed_s), 0.0)
    return Stay(place_m=kept.waypoint_m, since_s=kept.elapsed_s, stopped_s=stop_s - left_s, left_s=left_s)


def staying(ahead: Legs, stay: Stay | None) -> Legs:
    """The legs ahead of a runner at a waypoint: only the rest of their stay takes time, and they have come there."""
    if stay is None:
        return ahead
    here = [stop for place_m, stop in _placed(ahead) if is_place(place_m, stay.place_m)]
    rest = [replace(stop, stop_s=0.0, cutoff_s=None) for stop in here]
    first = rest.pop(0) if rest else Stop(name="", after_cell=-1, distance_m=stay.place_m)
    others = [stop for stop in ahead.stops if stop not in here]
    stops = [replace(first, stop_s=stay.left_s), *rest, *others]
    return replace(ahead, stops=tuple(sorted(stops, key=lambda stop: (stop.after_cell, stop.distance_m))))


def reached_late(whole: Legs, stay: Stay | None) -> tuple[Late, ...]:
    """The cut-offs of the waypoint that a runner is at which they have missed."""
    if stay is None:
        return ()
    here = [stop for place_m, stop in _placed(whole) if is_place(place_m, stay.place_m)]
    return tuple(
        Late(name=stop.name, cutoff_s=stop.cutoff_s, late_s=stay.since_s - stop.cutoff_s)
        for stop in here
        if stop.cutoff_s is not None and stay.since_s > stop.cutoff_s + ON_TIME_S
    )


def _placed(legs: Legs) -> Iterator[tuple[float, Stop]]:
    """The waypoints, each with the metres at which the legs have it."""
    edges_m = edges_of(legs)
    return ((float(edges_m[stop.after_cell + 1]), stop) for stop in legs.stops)
