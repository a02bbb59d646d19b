"""How much of a plan is done, and what a week of it holds, counted by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.reading.tables import Row
from tests.reading.things import Thing, local_day, run_of, workouts_of
from tests.reading.world import World

NOT_RUN = ("REST", "STRENGTH", "CROSS_TRAINING")


def progress(world: World, plan: Row, _: Mapping[str, Any]) -> Thing:
    """REST does not count; due is what has its day behind it."""
    counted = [workout for workout in workouts_of(world, plan) if workout["type"] != "REST"]
    runs = [run_of(world, workout) for workout in counted]
    due = [day is not None and day < date(2090, 1, 1) for day in (workout["scheduled_date"] for workout in counted)]
    done_in_time = sum(1 for run, is_due in zip(runs, due, strict=True) if run and is_due)
    done = [run for run in runs if run]
    return Thing(
        "PlanProgress",
        {
            "totalWorkouts": len(counted),
            "dueWorkouts": sum(due),
            "completedWorkouts": len(done),
            "pendingWorkouts": len(counted) - len(done),
            "plannedDistanceM": sum(workout["planned_distance_m"] or 0 for workout in counted),
            "actualDistanceM": sum(run["distance_m"] for run in done),
            "adherencePercent": 100 * done_in_time / sum(due) if any(due) else 100,
        },
    )


def week(world: World, plan: Row, args: Mapping[str, Any]) -> Thing | None:
    """Monday to Sunday, the first holding the plan's first day."""
    number, first = args["number"], plan["start_date"]
    if not 1 <= number <= 54:
        return None
    monday = first - timedelta(days=first.weekday()) + timedelta(days=7 * (number - 1))
    sunday = monday + timedelta(days=6)
    if monday > plan["end_date"]:
        return None
    workouts = [w for w in workouts_of(world, plan) if w["scheduled_date"] and monday <= w["scheduled_date"] <= sunday]
    runs = [run for run in world.of("run") if monday <= local_day(run) <= sunday]
    to_run = [workout for workout in workouts if workout["type"] not in NOT_RUN]
    planned = [workout["planned_distance_m"] or 0 for workout in workouts if workout["type"] != "REST"]
    workouts.sort(key=lambda row: (row["scheduled_date"], row["id"].int))
    runs.sort(key=lambda row: (row["started_at"], row["id"].int))
    return Thing(
        "PlanWeek",
        {
            "number": number,
            "startDate": str(monday),
            "endDate": str(sunday),
            "plannedDistanceM": sum(planned),
            "actualDistanceM": sum(run["distance_m"] for run in runs),
            "plannedRuns": len(to_run),
            "completedRuns": sum(1 for workout in to_run if run_of(world, workout)),
            "workouts": [Thing("Workout", row) for row in workouts],
            "runs": [Thing("Run", row) for row in runs],
        },
    )
