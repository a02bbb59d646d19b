"""What may be read of runs: figures as they are stored, and what follows from them in SQL."""

from collections.abc import Callable

from domain.analysis.model import GradeModel
from domain.runs.model import MAX_DURATION_S
from infrastructure.reading.columns import column, expression, json_column, key, node_id, word
from infrastructure.reading.compiler import derived, document, elements, listing, many, one, one_where
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Listing, Order, View, owned_by
from infrastructure.runs import streams
from infrastructure.runs.tables import BestEffortRow, RunRow

PACE_TOLERANCE_S_PER_KM = 20
DISTANCE_TOLERANCE = 0.10


def _pace(run: str) -> str:
    """Null under 10 m or without movement, where it would say nothing. Floating point: 25 days of ms pass an int4."""
    told = f"{run}.distance_m >= 10 and {run}.moving_time_s > 0"
    return f"(case when {told} then {run}.moving_time_s::float8 * 1000 / {run}.distance_m end)"


def _within_target(run: Scope, _: Args) -> str:
    """Null where no workout is linked, or the workout sets neither a distance nor a pace."""
    pace = _pace(run.row)
    return f"""(
        select case when coalesce(w.planned_distance_m, w.pace_min_s_per_km) is not null then
            coalesce(abs({run.row}.distance_m - w.planned_distance_m) <= {DISTANCE_TOLERANCE} * w.planned_distance_m,
                true)
            and (w.pace_min_s_per_km is null or coalesce({pace} between
                w.pace_min_s_per_km - {PACE_TOLERANCE_S_PER_KM} and w.pace_max_s_per_km + {PACE_TOLERANCE_S_PER_KM},
                false)) end
        from workout w where w.id = {run.row}.workout)"""


def _plan_of(run: Scope, plan: Scope) -> str:
    return f"{plan.column('id')} = (select w.plan from workout w where w.id = {run.column('workout')})"


def _overlapping(run: Scope, other: Scope) -> str:
    """Nobody runs two runs at once: whatever overlaps may be the same run twice."""
    return (
        f"{other.column('id')} <> {run.column('id')} and {other.column('athlete')} = {run.column('athlete')}"
        f" and {other.column('started_at')} < {run.column('ended_at')}"
        f" and {run.column('started_at')} < {other.column('ended_at')}"
        # No run is longer: with this an index finds the few that can overlap.
        f" and {other.column('started_at')} > {run.column('started_at')} - interval '{MAX_DURATION_S} s'"
    )


def _efforts_of(run: Scope, effort: Scope) -> str:
    return f"{effort.column('run')} = {run.column('id')}"


def _analysis_of(run: Scope, analysis: Scope) -> str:
    return f"{analysis.column('run')} = {run.column('id')}"


ANALYSED = {
    "load": "load",
    "loadMethod": "load_method",
    "efficiencyFactor": "efficiency_factor",
    "decouplingPercent": "decoupling_percent",
}


def _analysed(name: str) -> Callable[[Scope, Args], str]:
    """One figure of the run's analysis."""
    return lambda run, _: f"(select a.{name} from run_analysis a where a.run = {run.column('id')})"


def _graded_pace(run: Scope, args: Args) -> str:
    minetti = args.get("model") == GradeModel.MINETTI
    return _analysed("graded_pace_minetti_s_per_km" if minetti else "graded_pace_s_per_km")(run, args)


def _local_day(row: Scope) -> str:
    return f"({row.column('started_at')} at time zone {row.timezone})::date"


def _effort_on(effort: Scope, days: str) -> str:
    return f"exists (select from run where run.id = {effort.column('run')} and {_local_day(effort.at('run'))} {days})"


RUN = View(
    "Run",
    table="run",
    visible_to=owned_by(RunRow.athlete),
    fields={
        "id": node_id("Run"),
        "name": column(RunRow.name),
        "startedAt": column(RunRow.started_at),
        "source": word(RunRow.source),
        "sport": column(RunRow.sport),
        "externalId": column(RunRow.external_id),
        "workout": one("Workout", on=RunRow.workout),
        "plan": one_where("Plan", _plan_of),
        "notes": column(RunRow.notes),
        "distanceM": column(RunRow.distance_m),
        "movingTimeS": column(RunRow.moving_time_s),
        "elapsedTimeS": column(RunRow.elapsed_time_s),
        "ascentM": column(RunRow.ascent_m),
        "descentM": column(RunRow.descent_m),
        "averagePaceSPerKm": expression(lambda run, _: _pace(run.row)),
        "averageHeartRate": column(RunRow.average_heart_rate),
        "maxHeartRate": column(RunRow.max_heart_rate),
        "averageCadence": column(RunRow.average_cadence),
        "withinTarget": expression(_within_target),
        "possibleDuplicates": listing("Run", where=_overlapping, order_by="{0}.started_at, {0}.id"),
        "analysisState": column(RunRow.analysis_state),
        "analysis": one_where("RunAnalysis", _analysis_of),
        "gradeAdjustedPaceSPerKm": expression(_graded_pace),
        **{field: expression(_analysed(name)) for field, name in ANALYSED.items()},
        "segments": many("Segment", on="run"),
        "laps": elements("Lap", RunRow.laps),
        "bestEfforts": listing("BestEffort", where=_efforts_of, order_by="{0}.distance_m"),
        "track": derived("Track", streams.thinned_track),
        "importReport": document("ImportReport", RunRow.import_report),
    },
    filters={
        "from": lambda row, day: f"{_local_day(row)} >= {row.param(day, 'date')}",
        "to": lambda row, day: f"{_local_day(row)} <= {row.param(day, 'date')}",
        "source": lambda row, source: f"{row.column('source')} = {row.param(source, 'text')}",
        "minDistanceM": lambda row, distance: f"{row.column('distance_m')} >= {row.param(distance, 'float8')}",
        "maxDistanceM": lambda row, distance: f"{row.column('distance_m')} <= {row.param(distance, 'float8')}",
        "linked": lambda row, linked: f"({row.column('workout')} is not null) = {row.param(linked, 'bool')}",
    },
    orders={
        "STARTED_AT_DESC": Order(lambda row: row.column("started_at"), "timestamptz", descending=True),
        "STARTED_AT_ASC": Order(lambda row: row.column("started_at"), "timestamptz"),
        "DISTANCE_DESC": Order(lambda row: row.column("distance_m"), "double precision", descending=True),
        "DISTANCE_ASC": Order(lambda row: row.column("distance_m"), "double precision"),
    },
)

LAP = View(
    "Lap",
    fields={
        name: key(name)
        for name in (
            "number",
            "startS",
            "elapsedS",
            "timerS",
            "distanceM",
            "ascentM",
            "descentM",
            "averageHeartRate",
            "maxHeartRate",
        )
    },
)

BEST_EFFORT = View(
    "BestEffort",
    table="best_effort",
    visible_to=owned_by(BestEffortRow.athlete),
    fields={
        "distanceM": column(BestEffortRow.distance_m),
        "timeS": column(BestEffortRow.time_s),
        "startM": column(BestEffortRow.start_m),
        "paceSPerKm": expression(lambda effort, _: f"{effort.row}.time_s * 1000 / {effort.row}.distance_m"),
        "run": one("Run", on=BestEffortRow.run),
    },
    filters={
        "from": lambda effort, day: _effort_on(effort, f">= {effort.param(day, 'date')}"),
        "to": lambda effort, day: _effort_on(effort, f"<= {effort.param(day, 'date')}"),
    },
    listing=Listing("{0}.distance_m, {0}.time_s, {0}.run", one_of_each="{0}.distance_m"),
)

TRACK = View("Track", fields={channel.track: json_column(channel.column) for channel in streams.TRACK})

IMPORT_REPORT = View(
    "ImportReport",
    fields={
        **{
            name: key(name)
            for name in (
                "fileName",
                "points",
                "movingTimeMethod",
                "ascentMethod",
                "deviceDistanceM",
                "deviceTimerS",
                "deviceAscentM",
                "deviceDescentM",
            )
        },
        "setAside": elements("SetAside", "setAside"),
    },
)

SET_ASIDE = View("SetAside", fields={"reason": key("reason"), "count": key("count")})

VIEWS = (RUN, LAP, BEST_EFFORT, TRACK, IMPORT_REPORT, SET_ASIDE)
