"""What recorded runs tell, as clients see it: totals by named models, and the segments that tile a run."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import Entries, declared, object_type, says
from app.edge.declaring.relay import Node
from domain.analysis.model import GradeModel, LoadMethod, Movement
from domain.zones.model import NEAREST, ZoneMethod, ZoneReason

if TYPE_CHECKING:
    from app.runs.types import Run
    from app.zones.types import SegmentZone, SimilarSegment

LazyRun = Annotated["Run", strawberry.lazy("app.runs.types")]
LazySegmentZone = Annotated["SegmentZone", strawberry.lazy("app.zones.types")]
LazySimilarSegment = Annotated["SimilarSegment", strawberry.lazy("app.zones.types")]
SIMILAR = Entries(arguments=("first",), default=5, most=NEAREST)

enum_type(
    "What makes running on a slope comparable to running on the level.",
    HEART_RATE="The slope's effect on heart rate, as many runs showed it (Robb 2017); the usual one.",
    MINETTI="The energy that a slope costs (Minetti et al. 2002).",
)(GradeModel)
enum_type(
    "What a training load stands on; one hour at threshold is 100 in both.",
    RTSS="Graded speed against threshold speed.",
    TRIMP="Heart rate, by Banister's training impulse, scaled.",
)(LoadMethod)
enum_type(
    "How the runner got along.",
    RUNNING="Running.",
    WALKING="Walking, by cadence and speed.",
    STANDING="Standing, mostly.",
)(Movement)
enum_type(
    "Why a segment has no zone, or not both.",
    NOT_ENOUGH_DATA="Too few to compare with: NATIVE takes 20, itself included; TRAILMETRICS another of its category.",
    NO_HEART_RATE="No heart rate that can be used.",
    NO_ALTITUDE="No altitudes, so nobody knows how steep it was.",
    HEART_RATE_DOES_NOT_FOLLOW="The heart rate does not tell the effort. In the whole run it does not follow, as with "
    "a sensor that slips or an even effort, or movement is under 15 minutes; or in this segment the runner stood, or "
    "the heart was within 10 bpm of rest.",
    TOO_ONE_SIDED="The run climbs or falls nearly only: steepness and efficiency cannot be told apart.",
    WARM_UP="It begins in the first five minutes, when the heart rate still rises.",
)(ZoneReason)
enum_type(
    "Which score is judged, and among whom.",
    NATIVE="Cairn's own: level metres per heartbeat above rest, among the segments of a year.",
    TRAILMETRICS="The method of that system, for those who come from there; kept once recomputeZones asked for it.",
)(ZoneMethod)


@object_type
class Position:
    """A place on the earth."""

    latitude: float = says("Degrees, WGS 84.")
    longitude: float = says("Degrees, WGS 84.")


@object_type
class HeartRateZoneTime:
    """How long the heart beat in one zone, by the zones that held on the day of each run."""

    number: int = says("The zone, counted from 1.")
    time_s: float = says("How long.")


@object_type
class RunAnalysis:
    """What a recorded run tells, and by which models: gradedPace by HEART_RATE unless another is named."""

    analysed_at: datetime = says("When this was worked out.")
    version: int = says("Of Cairn's analysis.")
    physiology_from: date | None = says("Since when the physiology held that the run is judged by; null without one.")
    moving_time_s: float = says(
        "The moving time that all of this stands on; what is told by speed leaves out leaps of the position."
    )
    graded_pace_s_per_km: float | None = says("Grade-adjusted pace by the model HEART_RATE.")
    graded_pace_minetti_s_per_km: float | None = says("Grade-adjusted pace by the model MINETTI.")
    normalized_graded_speed_m_per_s: float | None = says(
        "Grade-adjusted speed, its 30 s means averaged by their 4th powers, in m/s.",
        name="normalizedGradedSpeedMPerS",
    )
    intensity_factor: float | None = says("That speed over threshold speed, as a ratio; null without a threshold.")
    load: float | None = says("Training load, without a unit: one hour at threshold is 100.")
    load_method: LoadMethod | None = says("What the load stands on.")
    efficiency_factor: float | None = says("Normalized graded speed in m/min over mean heart rate in bpm.")
    decoupling_percent: float | None = says(
        "How much efficiency the second half lost, by time; null under 20 minutes of steady running."
    )
    energy_j_per_kg: float | None = says("What the run cost by Minetti's curve, in J per kg of body mass.")
    half_hour_heart_rate: float | None = says("The highest mean heart rate over 30 minutes, in bpm.")
    lowest_d_prime_m: float | None = says("The least that was left of D′: an estimate. Null without critical speed.")
    heart_rate_zones: list[HeartRateZoneTime] = says("Time in each heart-rate zone.", entries=5)
    scored: bool = says("Whether its segments are scored for efficiency.")
    zone_reason: ZoneReason | None = says("Why they are not.")
    heart_rate_correlation: float | None = says(
        "How far heart rate followed graded speed, as a ratio: 1 all the way, 0 or less not at all."
    )
    notes: list[str] = says("What was assumed or is missing, in sentences.", entries=3)


@object_type
class Segment(Node):
    """A stretch of one slope. Segments tile their run: lengths, times, ascents and descents add up to the run's."""

    run: LazyRun = says("The run.")
    ordinal: int = says("Its place in the run, counted from 1.")
    start_m: float = says("Where in the run it begins.")
    end_m: float = says("Where it ends.")
    length_m: float = says("How long it is.")
    start_s: float = says("When it begins, from the run's first point.")
    duration_s: float = says("How long it took, pauses included.")
    moving_time_s: float = says("How long in motion.")
    ascent_m: float = says("Height gained in it, its share of the run's; 0 without altitudes.")
    descent_m: float = says("Height lost in it, likewise.")
    mean_grade: float = says("Rise over run, as a ratio; 0 without altitudes.")
    grade_category: float = says("The middle of the band, 0.025 wide, that the mean grade lies in: a ratio, -3 to 3.")
    movement: Movement = says("Running, walking or standing.")
    speed_m_per_s: float = says("Length over moving time.", name="speedMPerS")
    grade_adjusted_speed_m_per_s: float = says(
        "The speed on the level that is as hard, by the model HEART_RATE.", name="gradeAdjustedSpeedMPerS"
    )
    average_heart_rate: float | None = says("Mean over moving time, in bpm.")
    end_heart_rate: float | None = says("At its end, in bpm.")
    cadence: float | None = says("Steps of both legs a minute, mean over moving time.")
    efficiency: float | None = says(
        "The native score: level metres over beats above rest, heart rate taken 20 s later; null with a reason."
    )
    calibrated_efficiency: float | None = says(
        "The score that is judged, in the same unit: adjusted to what slopes cost this athlete, once 200 segments of "
        "3 runs are there."
    )
    detrended_efficiency: float | None = says(
        "That score, in the same unit, without what a run's length alone does to it."
    )
    start: Position | None = says("Where it begins on the earth.")
    end: Position | None = says("Where it ends on the earth.")

    @declared(cost=2)
    def zone(
        self,
        method: Annotated[ZoneMethod, strawberry.argument(description="Which score, among whom.")] = ZoneMethod.NATIVE,
    ) -> LazySegmentZone | None:
        """Where it stands among its like; null until that was worked out. A reason against it is told at once."""

    @declared(cost=3, entries=SIMILAR)
    def similar(  # type: ignore[empty-body]
        self,
        first: Annotated[int, strawberry.argument(description=f"At most so many, nearest first; 0 to {NEAREST}.")] = 5,
    ) -> list[LazySimilarSegment]:
        """The athlete's most similar segments, of those that it is judged among."""
