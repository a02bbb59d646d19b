"""What a runner's body can do, and what their runs suggest of it, as clients see it."""

from datetime import date, datetime
from typing import Any

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, resolved, says
from app.edge.declaring.relay import Node
from domain.physiology.heart_rate_zones import HeartRateZoneMethod
from domain.physiology.model import Sex
from domain.shared.node_ids import node_id

enum_type(
    "The sex whose curve a formula takes; TRIMP has one for each.",
    FEMALE="The women's curve.",
    MALE="The men's curve.",
)(Sex)
enum_type(
    "What heart-rate zones are cut from.",
    THRESHOLD="85, 90, 95 and 100 % of the threshold heart rate (Friel).",
    RESERVE="60, 70, 80 and 90 % of the way from resting to maximum heart rate (Karvonen).",
    MAXIMUM="60, 70, 80 and 90 % of the maximum heart rate.",
)(HeartRateZoneMethod)


@object_type
class HeartRateZone:
    """One of five zones; a heart rate on a border belongs to the zone above."""

    number: int = says("Counted from 1.")
    name: str = says("What it is called.")
    from_bpm: int | None = says("Its lower border, in bpm; null for the first: all below belongs to it.")
    to_bpm: int | None = says("Its upper border, in bpm; null for the last: all above belongs to it.")


@object_type
class Physiology(Node):
    """An athlete's figures from a day on, until the next ones; a figure that is not known is null.

    A run is judged by the figures valid on its day, where the athlete is.
    """

    valid_from: date = says("The first day on which they hold.")
    sex: Sex | None = says("The sex whose curve TRIMP takes.")
    mass_kg: float | None = says("Body mass.")
    resting_heart_rate: int | None = says("Heart rate at rest, in bpm.")
    max_heart_rate: int | None = says("Maximum heart rate, in bpm.")
    threshold_heart_rate: int | None = says("Heart rate that can just be held for an hour or so, in bpm.")
    threshold_pace_s_per_km: float | None = says("Pace that can just be held for an hour or so, on the level.")
    critical_speed_m_per_s: float | None = says(
        "The highest speed without drawing on D′, on the level.", name="criticalSpeedMPerS"
    )
    d_prime_m: float | None = says("D′: how far one can run beyond critical speed before having to ease off.")
    heart_rate_zone_method: HeartRateZoneMethod | None = says(
        "What the zones, in bpm, are cut from: the best that is known; null without zones."
    )
    heart_rate_zones: list[HeartRateZone] = says(
        "The five zones, in bpm, slowest heart first; none while neither threshold nor maximum is known.", entries=5
    )


def _run_id(of_run: Any) -> strawberry.ID:
    return strawberry.ID(node_id("Run", of_run.run_id))


@object_type
class SuggestionEffort:
    """One of the athlete's best efforts, which a suggestion stands on."""

    started_at: datetime = says("When its run began.")
    distance_m: float = says("How far.")
    time_s: float = says("How long it took.")

    @resolved
    def run_id(self) -> strawberry.ID:
        """The run it was part of."""
        return _run_id(self)


@object_type
class HalfHour:
    """The half hour with the highest mean heart rate."""

    started_at: datetime = says("When its run began.")
    heart_rate_bpm: float = says("The mean, in bpm.")

    @resolved
    def run_id(self) -> strawberry.ID:
        """The run it was part of."""
        return _run_id(self)


@object_type
class SuggestedFigure:
    """A figure that the athlete's own runs suggest: an estimate, set by nobody. `setPhysiology` makes it theirs."""

    value: float | None = says("The estimate, in bpm, m, m/s or s/km as the figure has it; null: not told by the runs.")
    method: str = says("How it was told.")
    why: str | None = says("Why there is none, and what to run for it.")
    efforts: list[SuggestionEffort] = says("The best efforts it stands on, the shortest first.", entries=5)
    half_hour: HalfHour | None = says("The half hour it stands on; null for figures of speed.")


@object_type
class PhysiologySuggestions:
    """What the runs of the last 90 days suggest; nothing of it is used until it is set."""

    since: date = says("The first day that counts.")
    to: date = says("The last day that counts: today, where the athlete is.")
    critical_speed_m_per_s: SuggestedFigure = says("Critical speed, in m/s.", name="criticalSpeedMPerS")
    d_prime_m: SuggestedFigure = says("D′, in m.")
    threshold_pace_s_per_km: SuggestedFigure = says("Threshold pace, in s/km.")
    threshold_heart_rate: SuggestedFigure = says("Threshold heart rate, in bpm.")
