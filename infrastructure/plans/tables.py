"""Plans and workouts as they are stored."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.table import Table

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")


class PlanRow(Table, tablename="plan"):
    """One athlete's plan."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Any] = ForeignKey(ATHLETE, null=False, default=None)
    name = Text()
    description = Text(null=True)
    status = Text()
    start_date = Date()
    end_date = Date()
    goal_race_date = Date(null=True)
    version = Integer()
    created_at = Timestamptz()
    updated_at = Timestamptz()


class WorkoutRow(Table, tablename="workout"):
    """One day's training in a plan."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Any] = ForeignKey(ATHLETE, null=False, default=None)
    plan = ForeignKey(PlanRow, null=False, default=None)
    name = Text()
    type = Text()
    description = Text(null=True)
    scheduled_date = Date(null=True)
    planned_distance_m = DoublePrecision(null=True)
    planned_duration_s = Integer(null=True)
    pace_min_s_per_km = DoublePrecision(null=True)
    pace_max_s_per_km = DoublePrecision(null=True)
    steps = JSONB()
    created_at = Timestamptz()
    updated_at = Timestamptz()
