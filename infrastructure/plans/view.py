"""What may be read of plans and workouts; progress and weeks are counted where the rows are."""

from typing import Any

from domain.shared.node_ids import id_of
from infrastructure.plans.tables import PlanRow, WorkoutRow
from infrastructure.reading.columns import column, key, node_id, word
from infrastructure.reading.compiler import derived, document, elements, listing, many, one, part
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Order, View, owned_by

NOT_RUN = "('REST', 'STRENGTH', 'CROSS_TRAINING')"
MOST_WEEKS = 54  # a plan has at most 365 days


def _progress(plan: Scope, _: Args) -> str:
    """REST does not count. A workout is due from its day on, by the athlete's own calendar."""
    return f"""
        select count(*)::int as total, (count(*) filter (where due))::int as due,
            count(run)::int as completed, (count(*) - count(run))::int as pending,
            coalesce(sum(planned_distance_m), 0) as planned_m, coalesce(sum(distance_m), 0) as actual_m,
            case when bool_or(due) then 100.0 * (count(run) filter (where due)) / (count(*) filter (where due))
                else 100.0 end as adherence
        from (select w.planned_distance_m, r.id as run, r.distance_m,
                coalesce(w.scheduled_date <= {plan.today}, false) as due
            from workout w left join run r on r.workout = w.id
            where w.plan = {plan.column("id")} and w.type <> 'REST') each"""


def _week(plan: Scope, args: Args) -> str:
    """Weeks run Monday to Sunday; number 1 holds the plan's first day. No row for a week outside the plan.

    What was run is every run of the athlete that began in the week, by the athlete's own calendar.
    """
    number = plan.param(args["number"] if 1 <= args["number"] <= MOST_WEEKS else 0, "int")
    monday = f"(date_trunc('week', {plan.column('start_date')})::date + ({number} - 1) * 7)"
    in_week = "between span.monday and span.monday + 6"
    return f"""
        select {number} as number, span.monday, span.monday + 6 as sunday, {plan.column("id")} as plan,
            {plan.column("athlete")} as athlete, span.zone, coalesce(planned.distance_m, 0) as planned_m,
            coalesce(actual.distance_m, 0) as actual_m, planned.runs as planned_runs, planned.done as completed_runs
        from (select {monday} as monday, {plan.timezone} as zone
            where {number} > 0 and {monday} <= {plan.column("end_date")}) span,
        lateral (select sum(w.planned_distance_m) filter (where w.type <> 'REST') as distance_m,
                (count(*) filter (where w.type not in {NOT_RUN}))::int as runs,
                (count(r.id) filter (where w.type not in {NOT_RUN}))::int as done
            from workout w left join run r on r.workout = w.id
            where w.plan = {plan.column("id")} and w.scheduled_date {in_week}) planned,
        lateral (select sum(r.distance_m) as distance_m from run r
            where r.athlete = {plan.column("athlete")} and {_about("r.started_at", "span.monday")}
                and (r.started_at at time zone span.zone)::date {in_week}) actual
        """


def _workouts_of_week(week: Scope, workout: Scope) -> str:
    days = f"{week.column('monday')} and {week.column('sunday')}"
    return f"{workout.column('plan')} = {week.column('plan')} and {workout.column('scheduled_date')} between {days}"


def _runs_of_week(week: Scope, run: Scope) -> str:
    day = f"({run.column('started_at')} at time zone {week.column('zone')})::date"
    about = _about(run.column("started_at"), week.column("monday"))
    return f"{about} and {day} between {week.column('monday')} and {week.column('sunday')}"


def _about(instant: str, monday: str) -> str:
    """The week wherever one is on earth: wider than any zone's, but what an index can find."""
    ends = (f"(({monday} {days})::timestamp at time zone 'UTC')" for days in ("- 1", "+ 8"))
    return f"{instant} between {' and '.join(ends)}"


def _done(row: Scope, wanted: Any) -> str:
    return f"{'' if wanted else 'not '}exists (select from run where run.workout = {row.column('id')})"


PLAN = View(
    "Plan",
    table="plan",
    visible_to=owned_by(PlanRow.athlete),
    fields={
        "id": node_id("Plan"),
        "name": column(PlanRow.name),
        "description": column(PlanRow.description),
        "status": word(PlanRow.status),
        "startDate": column(PlanRow.start_date),
        "endDate": column(PlanRow.end_date),
        "goalRaceDate": column(PlanRow.goal_race_date),
        "version": column(PlanRow.version),
        "createdAt": column(PlanRow.created_at),
        "updatedAt": column(PlanRow.updated_at),
        "workouts": many("Workout", on="plan"),
        "progress": derived("PlanProgress", _progress),
        "week": derived("PlanWeek", _week),
    },
    filters={
        "status": lambda row, status: f"{row.column('status')} = {row.param(status, 'text')}",
        "from": lambda row, day: f"{row.column('end_date')} >= {row.param(day, 'date')}",
        "to": lambda row, day: f"{row.column('start_date')} <= {row.param(day, 'date')}",
    },
    orders={
        "START_DATE_DESC": Order(lambda row: row.column("start_date"), "date", descending=True),
        "START_DATE_ASC": Order(lambda row: row.column("start_date"), "date"),
        "CREATED_AT_DESC": Order(lambda row: row.column("created_at"), "timestamptz", descending=True),
        "CREATED_AT_ASC": Order(lambda row: row.column("created_at"), "timestamptz"),
    },
)

PLAN_PROGRESS = View(
    "PlanProgress",
    fields={
        "totalWorkouts": column("total"),
        "dueWorkouts": column("due"),
        "completedWorkouts": column("completed"),
        "pendingWorkouts": column("pending"),
        "plannedDistanceM": column("planned_m"),
        "actualDistanceM": column("actual_m"),
        "adherencePercent": column("adherence"),
    },
)

PLAN_WEEK = View(
    "PlanWeek",
    fields={
        "number": column("number"),
        "startDate": column("monday"),
        "endDate": column("sunday"),
        "plannedDistanceM": column("planned_m"),
        "actualDistanceM": column("actual_m"),
        "plannedRuns": column("planned_runs"),
        "completedRuns": column("completed_runs"),
        "workouts": listing("Workout", where=_workouts_of_week, order_by="{0}.scheduled_date, {0}.id"),
        "runs": listing("Run", where=_runs_of_week, order_by="{0}.started_at, {0}.id"),
    },
)

WORKOUT = View(
    "Workout",
    table="workout",
    visible_to=owned_by(WorkoutRow.athlete),
    fields={
        "id": node_id("Workout"),
        "plan": one("Plan", on=WorkoutRow.plan),
        "name": column(WorkoutRow.name),
        "type": column(WorkoutRow.type),
        "description": column(WorkoutRow.description),
        "scheduledDate": column(WorkoutRow.scheduled_date),
        "plannedDistanceM": column(WorkoutRow.planned_distance_m),
        "plannedDurationS": column(WorkoutRow.planned_duration_s),
        "targetPace": part("PaceRange", when="{}.pace_min_s_per_km is not null"),
        "steps": elements("WorkoutStep", WorkoutRow.steps),
        "run": one("Run", on="id", key="workout"),
    },
    filters={
        "planId": lambda row, plan: f"{row.column('plan')} = {row.param(id_of('Plan', plan), 'uuid')}",
        "type": lambda row, kind: f"{row.column('type')} = {row.param(kind, 'text')}",
        "from": lambda row, day: f"{row.column('scheduled_date')} >= {row.param(day, 'date')}",
        "to": lambda row, day: f"{row.column('scheduled_date')} <= {row.param(day, 'date')}",
        "done": _done,
    },
    orders={
        "SCHEDULED_DATE_ASC": Order(lambda row: f"coalesce({row.column('scheduled_date')}, 'infinity'::date)", "date"),
        "SCHEDULED_DATE_DESC": Order(
            lambda row: f"coalesce({row.column('scheduled_date')}, 'infinity'::date)", "date", descending=True
        ),
    },
)

PACE_RANGE = View(
    "PaceRange",
    fields={
        "minSPerKm": column(WorkoutRow.pace_min_s_per_km),
        "maxSPerKm": column(WorkoutRow.pace_max_s_per_km),
    },
)

WORKOUT_STEP = View(
    "WorkoutStep",
    fields={
        "kind": key("kind"),
        "repetitions": key("repetitions"),
        "distanceM": key("distanceM"),
        "durationS": key("durationS"),
        "note": key("note"),
        "target": document("StepTarget", "target"),
        "steps": elements("WorkoutStep", "steps"),
    },
)

STEP_TARGET = View(
    "StepTarget",
    fields={"kind": key("kind"), "minimum": key("minimum"), "maximum": key("maximum")},
)

VIEWS = (PLAN, PLAN_PROGRESS, PLAN_WEEK, WORKOUT, PACE_RANGE, WORKOUT_STEP, STEP_TARGET)
