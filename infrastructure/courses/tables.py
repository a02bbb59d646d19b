"""Courses as they are stored: the ground as even arrays, the waypoints as a document."""

from typing import Any

from piccolo.columns import JSONB, UUID, Array, ForeignKey, Integer, LazyTableReference, Text, Timestamptz
from piccolo.table import Table

from infrastructure.database.finite import Finite

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
RUN = LazyTableReference("RunRow", module_path="infrastructure.runs.tables")


class CourseRow(Table, tablename="course"):
    """One athlete's course; the version goes up whenever its name or its waypoints change."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Any] = ForeignKey(ATHLETE, null=False, default=None)
    name = Text()
    source = Text()
    run: ForeignKey[Any] = ForeignKey(RUN, null=True, default=None)
    length_m = Finite()
    ascent_m = Finite()
    descent_m = Finite()
    altitude_cm = Array(Integer())
    latitude_e7 = Array(Integer(), null=True)
    longitude_e7 = Array(Integer(), null=True)
    waypoints = JSONB()
    version = Integer()
    created_at = Timestamptz()
    updated_at = Timestamptz()
