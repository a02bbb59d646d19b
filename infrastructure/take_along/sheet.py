"""What stands on the page of a plan, line by line, as words."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.courses.model import Waypoint
from domain.courses.refusals import LONGEST_NAME
from domain.pacing.model import ThrottleStep
from domain.pacing.take_along import AT_AN_END_M, Passage, PlanToTake
from domain.pictures.plan_look import MOVEMENT_WORDS, as_percent, as_slope, goal_words, in_hand
from domain.pictures.scale import as_distance, as_duration, as_pace
from infrastructure.take_along.words import printable

# What the figures of a model are called on paper.
FIGURES = {
    "criticalSpeed": "Critical speed",
    "dPrime": "D′",
    "endurance": "Endurance",
    "ownCost": "Cost of slopes",
    "downhill": "Downhill",
    "walking": "Walking",
    "heartRate": "Heart rate",
    "uncertainty": "Uncertainty",
}


def sheet(taken: PlanToTake, zone: str) -> dict[str, Any]:
    """The page as texts, lists and tables; no text in it is ever read as markup."""
    now, starts_at = taken.plan.now, taken.plan.starts_at
    clock = Clock(starts_at, zone)
    return {
        "name": printable(taken.course.name, "Course", LONGEST_NAME),
        "facts": [goal_words(taken.plan.goal), *_ground(taken), *clock.start()],
        "time": as_duration(now.predicted_time_s),
        "uncertainty": as_duration(now.uncertainty_s),
        "finish": clock.at(now.predicted_time_s),
        "warning": printable(now.reason or "This plan cannot be met.", "") if not now.feasible else "",
        "basis": [printable(sentence, "") for sentence in _basis(taken)],
        "replanned": _replanned(taken),
        "rows": _rows(taken, clock),
        "band": _band(taken, clock),
        "clocked": starts_at is not None,
    }


def place_name(place: Waypoint) -> str:
    """What a place is called on paper."""
    return printable(place.name, f"Place at {place.distance_m / 1000:.1f} km", LONGEST_NAME)


class Clock:
    """The time of day on a plan's way, by the runner's own clock; nothing where the plan has no start."""

    def __init__(self, starts_at: datetime | None, zone: str) -> None:
        self._starts_at, self._zone = starts_at, ZoneInfo(zone)

    def at(self, seconds: float) -> str:
        """Hours and minutes, with the days since that of the start."""
        if self._starts_at is None:
            return ""
        # Added to the instant, not to what the clock shows: an hour may be skipped meanwhile.
        then = (self._starts_at + timedelta(seconds=round(seconds))).astimezone(self._zone)
        days = (then.date() - self._starts_at.astimezone(self._zone).date()).days
        return f"{then:%H:%M}" + (f" +{days}" if days else "")

    def start(self) -> list[str]:
        """The day and time of the start, and whose clock that is."""
        if self._starts_at is None:
            return []
        start = self._starts_at.astimezone(self._zone)
        return [f"starts {start.day} {start:%B} {start.year}, {start:%H:%M} ({self._zone.key})"]


def _ground(taken: PlanToTake) -> list[str]:
    ground = taken.ground
    climb = [f"{ground.ascent_m:,.0f} m up", f"{ground.descent_m:,.0f} m down"]
    return [as_distance(ground.length_m), *(climb if ground.profile.has_altitude else ["no altitudes"])]


def _basis(taken: PlanToTake) -> list[str]:
    """What the prediction stands on, and how far it is to be believed."""
    basis = taken.plan.basis
    told = [taken.plan.now.model, *(f"{FIGURES.get(name, name)}: {text}." for name, text in basis.figures.items())]
    if basis.table_error is not None:
        told.append(f"A table of your mean speeds by grade foretold the same runs to {basis.table_error * 100:.1f} %.")
    return [*told, f"The ± of the time is one standard deviation: {basis.spread * 100:.1f} % of the time on foot."]


def _replanned(taken: PlanToTake) -> str:
    replan = taken.plan.replan
    if replan is None:
        return ""
    behind = (
        f"{as_duration(abs(replan.behind_s))} {'behind' if replan.behind_s >= 0 else 'ahead of'} the first schedule"
    )
    if not taken.steps:
        return f"Arrived, {behind}."
    return f"Replanned at {replan.distance_m / 1000:.1f} km, {behind}: the steps go on from there."


def _rows(taken: PlanToTake, clock: Clock) -> list[dict[str, Any]]:
    """The table of steps, each followed by the places at its end."""
    rows: list[dict[str, Any]] = []
    for step, passages in _with_passages(taken):
        rows.append({"cells": _cells(step, clock), "walk": step.movement.value == "WALKING"})
        rows += [{"place": _place(one, clock)} for one in passages]
    return rows


def _cells(step: ThrottleStep, clock: Clock) -> list[str]:
    margin = step.cutoff_margin_s
    return [
        str(step.ordinal),
        f"{step.start_m / 1000:.1f}–{step.end_m / 1000:.1f}",
        " ".join(
            f"{sign}{metres:.0f}" for sign, metres in (("+", step.ascent_m), ("−", step.descent_m)) if metres >= 0.5
        ),
        as_slope(step.mean_grade),
        MOVEMENT_WORDS[step.movement],
        as_percent(step.throttle),
        as_pace(step.pace_s_per_km),
        "" if step.expected_heart_rate is None else str(step.expected_heart_rate),
        as_duration(step.end_s),
        clock.at(step.end_s),
        "" if margin is None else ("" if margin >= 0 else "−") + as_duration(abs(margin)),
    ]


def _band(taken: PlanToTake, clock: Clock) -> list[dict[str, Any]]:
    """The narrow strip: where a step ends, how hard it is, and when."""
    rows: list[dict[str, Any]] = []
    for step, passages in _with_passages(taken):
        effort = as_percent(step.throttle) + (" walk" if step.movement.value == "WALKING" else "")
        rows.append({"cells": [f"{step.end_m / 1000:.1f}", effort, as_duration(step.end_s), clock.at(step.end_s)]})
        rows += [{"place": _brief(one, clock)} for one in passages]
    return rows


def _with_passages(taken: PlanToTake) -> list[tuple[ThrottleStep, list[Passage]]]:
    """Each step that is still to be run with the places that are reached on it, the last ones at its end."""
    ahead = [one for one in taken.passages if one.arrival_s is not None]
    told: list[tuple[ThrottleStep, list[Passage]]] = []
    for number, step in enumerate(taken.steps):
        last = number == len(taken.steps) - 1
        here = [one for one in ahead if last or one.waypoint.distance_m <= step.end_m + AT_AN_END_M]
        ahead = ahead[len(here) :]
        told.append((step, here))
    return told


def _place(passage: Passage, clock: Clock) -> list[str]:
    """A place's name, and what there is to know there."""
    place = passage.waypoint
    assert passage.arrival_s is not None
    told = [f"{place.distance_m / 1000:.1f} km", f"there after {as_duration(passage.arrival_s)}"]
    if place.stop_s > 0:
        told.append(f"stay {as_duration(place.stop_s)}")
    if place.cutoff_s is not None and passage.margin_s is not None:
        told.append(f"cut-off {_by(place.cutoff_s, clock)}, {in_hand(passage.margin_s)}")
    return [place_name(passage.waypoint), " · ".join(told), _late(passage)]


def _brief(passage: Passage, clock: Clock) -> list[str]:
    place = passage.waypoint
    told = [f"stay {as_duration(place.stop_s)}"] if place.stop_s > 0 else []
    told += [f"cut-off {_by(place.cutoff_s, clock)}"] if place.cutoff_s is not None else []
    return [place_name(passage.waypoint), " · ".join(told), _late(passage)]


def _by(cutoff_s: float, clock: Clock) -> str:
    at = clock.at(cutoff_s)
    return as_duration(cutoff_s) + (f" ({at})" if at else "")


def _late(passage: Passage) -> str:
    return "late" if passage.margin_s is not None and passage.margin_s < 0 else ""
