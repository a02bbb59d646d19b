"""What each field, order and filter of the contract means, said over plain rows."""

from collections.abc import Mapping
from typing import Any

from domain.shared.node_ids import node_id
from tests.reading import courses, feeds, throttle_plans, understood
from tests.reading.columns import columns, thing, things
from tests.reading.plan_figures import progress, week
from tests.reading.tables import Row
from tests.reading.things import List, Read, Thing, by_id, run_of, workouts_of
from tests.reading.world import World


def _pace(run: Row) -> float:
    return float(run["moving_time_s"] * 1000 / run["distance_m"])


def _within_target(world: World, run: Row, _: Mapping[str, Any]) -> bool | None:
    workout = next((row for row in world.of("workout") if row["id"] == run["workout"]), None)
    if workout is None or (workout["planned_distance_m"] is None and workout["pace_min_s_per_km"] is None):
        return None
    planned, low, high = (workout[n] for n in ("planned_distance_m", "pace_min_s_per_km", "pace_max_s_per_km"))
    far_enough = planned is None or abs(run["distance_m"] - planned) <= 0.1 * planned
    return bool(far_enough and (low is None or low - 20 <= _pace(run) <= high + 20))


def _plan_of(world: World, run: Row, _: Mapping[str, Any]) -> Thing | None:
    workout = by_id(world, "Workout", run["workout"])
    return workout and by_id(world, "Plan", workout.row["plan"])


def _duplicates(world: World, run: Row, _: Mapping[str, Any]) -> list[Thing]:
    others = [other for other in world.of("run") if other["id"] != run["id"]]
    at_once = [o for o in others if o["started_at"] < run["ended_at"] and run["started_at"] < o["ended_at"]]
    return [Thing("Run", row) for row in sorted(at_once, key=lambda row: (row["started_at"], row["id"].int))]


def _track(world: World, run: Row, args: Mapping[str, Any]) -> Thing | None:
    stream = next((row for row in world.rows["run_stream"] if row["run"] == run["id"]), None)
    if stream is None:
        return None
    count, points = len(stream["time_ds"]), args.get("points", 500)
    reach = [at * (points - 1) // (count - 1) for at in range(count)]
    kept = [at for at in range(count) if at == 0 or reach[at] > reach[at - 1]]
    return Thing("Track", {"stream": stream, "kept": kept})


def _channel(column: str, per_unit: int) -> Read:
    def read(_world: World, row: Row, _args: Mapping[str, Any]) -> list[float | None] | None:
        values = row["stream"][column]
        picked = values and [values[at] for at in row["kept"]]
        return picked and [value if value is None or per_unit == 1 else value / per_unit for value in picked]

    return read


def _id(kind: str) -> Read:
    return lambda _, row, __: node_id(kind, row["id"])


FIELDS: dict[str, dict[str, Read]] = {
    "Viewer": {
        "id": _id("Viewer"),
        "scopes": lambda *_: ["events:publish", "events:read", "training:read", "training:write"],
        **columns("email", "timezone", displayName="display_name"),
        "physiology": understood.physiology,
        "physiologies": understood.physiologies,
    },
    "Plan": {
        "id": _id("Plan"),
        **columns("name", "description", "status", "version", createdAt="created_at", updatedAt="updated_at"),
        **columns(startDate="start_date", endDate="end_date", goalRaceDate="goal_race_date"),
        "workouts": lambda world, row, args: List("Workout", workouts_of(world, row), args),
        "progress": progress,
        "week": week,
    },
    "PlanProgress": columns(
        "totalWorkouts", "dueWorkouts", "completedWorkouts", "pendingWorkouts", "plannedDistanceM", "actualDistanceM"
    )
    | columns("adherencePercent"),
    "PlanWeek": {
        **columns("number", "startDate", "endDate", "plannedDistanceM", "actualDistanceM", "plannedRuns"),
        **columns("completedRuns"),
        "workouts": lambda _, row, __: row["workouts"],
        "runs": lambda _, row, __: row["runs"],
    },
    "Workout": {
        "id": _id("Workout"),
        **columns("name", "type", "description", scheduledDate="scheduled_date"),
        **columns(plannedDistanceM="planned_distance_m", plannedDurationS="planned_duration_s"),
        "plan": lambda world, row, _: by_id(world, "Plan", row["plan"]),
        "run": lambda world, row, _: Thing("Run", run) if (run := run_of(world, row)) else None,
        "targetPace": lambda _, row, __: Thing("PaceRange", row) if row["pace_min_s_per_km"] else None,
        "steps": things("WorkoutStep", "steps"),
    },
    "PaceRange": columns(minSPerKm="pace_min_s_per_km", maxSPerKm="pace_max_s_per_km"),
    "WorkoutStep": {
        **columns("kind", "repetitions", "distanceM", "durationS", "note"),
        "target": thing("StepTarget", "target"),
        "steps": things("WorkoutStep", "steps"),
    },
    "StepTarget": columns("kind", "minimum", "maximum"),
    "Run": {
        "id": _id("Run"),
        **columns("name", "source", "sport", "notes", startedAt="started_at", externalId="external_id"),
        **columns(distanceM="distance_m", movingTimeS="moving_time_s", elapsedTimeS="elapsed_time_s"),
        **columns(ascentM="ascent_m", descentM="descent_m", averageHeartRate="average_heart_rate"),
        **columns(maxHeartRate="max_heart_rate", averageCadence="average_cadence"),
        "averagePaceSPerKm": lambda _, row, __: _pace(row),
        "withinTarget": _within_target,
        "workout": lambda world, row, _: by_id(world, "Workout", row["workout"]),
        "plan": _plan_of,
        "possibleDuplicates": _duplicates,
        **understood.OF_RUNS,
        "laps": things("Lap", "laps"),
        "bestEfforts": lambda world, row, _: [
            Thing("BestEffort", one)
            for one in sorted(world.of("best_effort"), key=lambda one: float(one["distance_m"]))
            if one["run"] == row["id"]
        ],
        "track": _track,
        "importReport": thing("ImportReport", "import_report"),
    },
    "Lap": columns(
        "number", "startS", "elapsedS", "timerS", "distanceM", "ascentM", "descentM", "averageHeartRate", "maxHeartRate"
    ),
    "BestEffort": {
        **columns(distanceM="distance_m", timeS="time_s", startM="start_m"),
        "paceSPerKm": lambda _, row, __: row["time_s"] * 1000 / row["distance_m"],
        "run": lambda world, row, _: by_id(world, "Run", row["run"]),
    },
    "Track": {
        "timeS": _channel("time_ds", 10),
        "distanceM": _channel("distance_dm", 10),
        "heartRate": _channel("heart_rate_bpm", 1),
        "latitude": _channel("latitude_e7", 10_000_000),
        "longitude": _channel("longitude_e7", 10_000_000),
        "altitudeM": _channel("altitude_dm", 10),
        "speedMPerS": _channel("speed_mm_per_s", 1000),
        "cadence": _channel("cadence_spm", 1),
        "grade": _channel("grade_e4", 10_000),
        "gradeAdjustedSpeedMPerS": _channel("graded_speed_mm_per_s", 1000),
        "dPrimeBalanceM": _channel("d_prime_balance_dm", 10),
    },
    "ImportReport": {
        **columns("fileName", "points", "movingTimeMethod", "ascentMethod", "deviceDistanceM", "deviceTimerS"),
        "setAside": things("SetAside", "setAside"),
    },
    "SetAside": columns("reason", "count"),
    "Job": {
        "id": _id("Job"),
        **columns("kind", "status", "message", "error", createdAt="created_at", startedAt="started_at"),
        **columns(finishedAt="finished_at"),
        "progress": lambda _, row, __: 1 if row["finished_at"] else 2 / 3,  # of three items one is pending
        "items": lambda world, row, _: [
            Thing("JobItem", one)
            for one in sorted(world.rows["job_item"], key=lambda one: float(one["ordinal"]))
            if one["job"] == row["id"]
        ],
    },
    "JobItem": {
        **columns("status", "message", fileName="file_name"),
        "run": lambda world, row, _: by_id(world, "Run", row["run"]),
    },
    **understood.FIELDS,
    **courses.FIELDS,
    **throttle_plans.FIELDS,
    **feeds.FIELDS,
}
