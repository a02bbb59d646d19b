"""Runs as clients see them."""

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.analysis.types import RunAnalysis, Segment
from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import Entries, declared, input_type, object_type, says
from app.edge.declaring.relay import Connection, Node
from domain.analysis.model import GradeModel, LoadMethod
from domain.runs.model import RunSource
from domain.runs.states import AnalysisState

if TYPE_CHECKING:
    from app.plans.types import Plan, Workout

LazyPlan = Annotated["Plan", strawberry.lazy("app.plans.types")]
LazyWorkout = Annotated["Workout", strawberry.lazy("app.plans.types")]
POINTS = Entries(arguments=("points",), default=500, most=10_000, as_one=10)  # numbers side by side, no objects

enum_type(
    "Where a run came from.",
    MANUAL="Written down by hand.",
    FILE="Read from a recording.",
    STRAVA="Taken over from Strava.",
    API="Sent by another program.",
)(RunSource)
enum_type(
    "How far the analysis of a recorded run has come.",
    PENDING="It waits for a worker.",
    DONE="It is there.",
    FAILED="It could not be done; the job that tried says why.",
)(AnalysisState)


@enum_type(
    "How runs are sorted.",
    STARTED_AT_DESC="Newest first.",
    STARTED_AT_ASC="Oldest first.",
    DISTANCE_DESC="Longest first.",
    DISTANCE_ASC="Shortest first.",
)
class RunOrder(Enum):
    """See infrastructure's view of runs."""

    STARTED_AT_DESC = "STARTED_AT_DESC"
    STARTED_AT_ASC = "STARTED_AT_ASC"
    DISTANCE_DESC = "DISTANCE_DESC"
    DISTANCE_ASC = "DISTANCE_ASC"


@input_type
class RunFilter:
    """Which runs: all conditions hold at once. Days are the athlete's own."""

    from_: date | None = says("Only runs begun on this day or later.", name="from", default=None)
    to: date | None = says("Only runs begun on this day or earlier.", default=None)
    source: RunSource | None = says("Only runs from there.", default=None)
    min_distance_m: float | None = says("Only runs of at least this distance.", default=None)
    max_distance_m: float | None = says("Only runs of at most this distance.", default=None)
    linked: bool | None = says("Only runs that were a workout, or that were none.", default=None)


@object_type
class Lap:
    """A lap as the watch closed it; its figures are the watch's own."""

    number: int = says("Counted from 1.")
    start_s: float = says("When it began, from the run's first point.")
    elapsed_s: float | None = says("How long it took.")
    timer_s: float | None = says("How long the timer ran in it.")
    distance_m: float | None = says("How far it went.")
    ascent_m: float | None = says("Height gained.")
    descent_m: float | None = says("Height lost.")
    average_heart_rate: float | None = says("Mean heart rate, in bpm.")
    max_heart_rate: float | None = says("Highest heart rate, in bpm.")


@object_type
class BestEffort:
    """The fastest stretch of one distance inside a run; pauses in it count."""

    distance_m: float = says("400 m, 1 km, 1 mile, 5 km, 10 km, half or full marathon.")
    time_s: float = says("How long it took.")
    start_m: float = says("Where in the run it began.")
    pace_s_per_km: float = says("Its pace.")
    run: "Run" = says("The run.")


@object_type
class Track:
    """A recording's points as parallel arrays, evenly thinned; a channel that was not recorded is null."""

    time_s: list[float] = says("From the first point on.")
    distance_m: list[float | None] | None = says("From the start.")
    latitude: list[float | None] | None = says("Degrees, WGS 84.")
    longitude: list[float | None] | None = says("Degrees, WGS 84.")
    altitude_m: list[float | None] | None = says("Above sea level.")
    speed_m_per_s: list[float | None] | None = says("As recorded.", name="speedMPerS")
    heart_rate: list[int | None] | None = says("In bpm.")
    cadence: list[int | None] | None = says("Steps of both legs a minute.")
    grade: list[float | None] | None = says(
        "Rise over run, as a ratio, smoothed over 50 m; null until the run is analysed. Entries beyond ±3, which no "
        "ground is, are null."
    )
    grade_adjusted_speed_m_per_s: list[float | None] | None = says(
        "The speed on the level that is as hard, by the model HEART_RATE; null until the run is analysed.",
        name="gradeAdjustedSpeedMPerS",
    )
    d_prime_balance_m: list[float | None] | None = says(
        "What is left of D′: an estimate; null without a critical speed."
    )


@object_type
class SetAside:
    """What of a file was not used."""

    reason: str = says("Why.")
    count: int = says("How many points; 0 when nobody can know.")


@object_type
class ImportReport:
    """How a run's figures came out of its file."""

    file_name: str = says("The file.")
    points: int = says("Points used.")
    moving_time_method: str = says("DEVICE_TIMER, or STILLNESS: below 0.5 m/s for over 10 s.")
    ascent_method: str = says("TURNING_POINTS_3_M: a rise counts once the track has turned back by 3 m.")
    device_distance_m: float | None = says("The device's own total, for comparison.")
    device_timer_s: float | None = says("The device's own total, for comparison.")
    device_ascent_m: float | None = says("The device's own total, for comparison.")
    device_descent_m: float | None = says("The device's own total, for comparison.")
    set_aside: list[SetAside] = says("What was not used, and why.", entries=9)


@object_type
class Run(Node):
    """A run that was run."""

    name: str = says("Its name.")
    started_at: datetime = says("Its first moment.")
    source: RunSource = says("Where it came from.")
    sport: str | None = says("The sport as the file names it.")
    external_id: str | None = says("Its id where it came from.")
    workout: LazyWorkout | None = says("The workout it was.")
    plan: LazyPlan | None = says("The plan of that workout.")
    notes: str | None = says("The athlete's own words.")
    distance_m: float = says("How far; of a recording, the last value of its distance stream.")
    moving_time_s: int = says("How long in motion; `importReport` says how that was told.")
    elapsed_time_s: int = says("From the first moment to the last.")
    ascent_m: float | None = says("Height gained, by turning points at 3 m; null without altitudes.")
    descent_m: float | None = says("Height lost, likewise.")
    average_pace_s_per_km: float | None = says("Moving time over distance.")
    average_heart_rate: int | None = says("Mean over moving time, in bpm.")
    max_heart_rate: int | None = says("Highest, in bpm.")
    average_cadence: float | None = says("Steps of both legs a minute, mean over moving time.")
    within_target: bool | None = says(
        "Whether pace (± 20 s/km) and distance (± 10 %) kept to the workout's; null where it sets neither."
    )
    possible_duplicates: list["Run"] = says(
        "The athlete's other runs at the same time: perhaps a second watch.", cost=5, entries=3
    )
    analysis_state: AnalysisState | None = says("How far its analysis has come; null for runs by hand.")
    analysis: RunAnalysis | None = says("What it tells; null for runs by hand, and until it is analysed.")
    load: float | None = says("Training load, without a unit: one hour at threshold is 100.")
    load_method: LoadMethod | None = says("What the load stands on.")
    efficiency_factor: float | None = says("Normalized graded speed in m/min over mean heart rate in bpm.")
    decoupling_percent: float | None = says(
        "How much efficiency the second half lost, by time; null under 20 minutes of steady running."
    )
    laps: list[Lap] = says("As the watch closed them.", entries=20)
    best_efforts: list[BestEffort] = says("The fastest stretches inside it, by distance.", entries=7)
    import_report: ImportReport | None = says("How it came out of its file; null for runs by hand.")

    @declared(cost=10, entries=POINTS)
    def track(self, points: int | None = 500) -> Track | None:
        """Its points, evenly thinned to at most `points` (2 to 10,000); null for runs by hand."""

    @declared
    def grade_adjusted_pace_s_per_km(
        self,
        model: Annotated[
            GradeModel, strawberry.argument(description="What makes slopes comparable.")
        ] = GradeModel.HEART_RATE,
    ) -> float | None:
        """The pace on the level that is as hard; null until the run is analysed."""

    @declared
    def segments(  # type: ignore[empty-body]
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[Segment]:
        """The stretches of one slope that tile it, in order; none until it is analysed."""
