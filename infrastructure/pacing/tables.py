"""Throttle plans as they are stored: their steps, and the runner they were made for, as documents."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from infrastructure.database.finite import Finite

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
COURSE = LazyTableReference("CourseRow", module_path="infrastructure.courses.tables")
TOPIC = LazyTableReference("TopicRow", module_path="infrastructure.events.tables")


class ThrottlePlanRow(Table, tablename="throttle_plan"):
    """How hard one athlete is to push along a course; the version goes up with every change."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Any] = ForeignKey(ATHLETE, null=False, default=None)
    course: ForeignKey[Any] = ForeignKey(COURSE, null=False, default=None)
    goal_kind = Text()
    target_time_s = Finite(null=True)
    goal_throttle = Finite(null=True)
    terrain_factor = Finite()
    starts_at = Timestamptz(null=True)
    predicted_time_s = Finite()
    uncertainty_s = Finite()
    feasible = Boolean()
    reason = Text(null=True)
    model = Text()
    runner = JSONB()
    basis = JSONB()
    planned_steps = JSONB()
    steps = JSONB()
    replanned_at = Timestamptz(null=True)
    replan = JSONB(null=True)
    version = Integer()
    follow_topic: ForeignKey[Any] = ForeignKey(TOPIC, null=True, default=None)
    follow_source = Text(null=True)
    followed_offset = BigInt(null=True)
    follow_again_at = Timestamptz()
    created_at = Timestamptz()
