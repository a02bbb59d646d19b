"""What each order and filter of the contract means, said over plain rows."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from domain.shared.node_ids import id_of
from tests.reading.tables import Row
from tests.reading.things import local_day, run_of
from tests.reading.world import World

# How each order sorts, and whether downwards; the id decides between equals.
ORDERS: dict[str, dict[str, tuple[Callable[[Row], Any], bool]]] = {
    "Plan": {
        "START_DATE_DESC": (lambda row: row["start_date"], True),
        "START_DATE_ASC": (lambda row: row["start_date"], False),
        "CREATED_AT_DESC": (lambda row: row["created_at"], True),
        "CREATED_AT_ASC": (lambda row: row["created_at"], False),
    },
    "Workout": {  # one without a day comes after all others
        "SCHEDULED_DATE_ASC": (lambda row: row["scheduled_date"] or date.max, False),
        "SCHEDULED_DATE_DESC": (lambda row: row["scheduled_date"] or date.max, True),
    },
    "Run": {
        "STARTED_AT_DESC": (lambda row: row["started_at"], True),
        "STARTED_AT_ASC": (lambda row: row["started_at"], False),
        "DISTANCE_DESC": (lambda row: row["distance_m"], True),
        "DISTANCE_ASC": (lambda row: row["distance_m"], False),
    },
    "Job": {"CREATED_AT_DESC": (lambda row: row["created_at"], True)},
    "Segment": {"ORDINAL_ASC": (lambda row: row["ordinal"], False)},
    "Physiology": {"VALID_FROM_DESC": (lambda row: row["valid_from"], True)},
    "Course": {"NEWEST": (lambda row: row["id"].int, True)},
    "Topic": {"NAME_ASC": (lambda row: row["name"], False)},
    "Event": {"OFFSET_ASC": (lambda row: row["feed_offset"], False)},
    "Tracker": {"CREATED": (lambda row: row["id"].int, False)},
    "EventConflict": {"NEWEST": (lambda row: row["id"].int, True)},
}
TABLES = {
    "EventConflict": "event_conflict",
    "ThrottlePlan": "throttle_plan",
}  # of other kinds they have the kind's name


def sorted_by(kind: str, order: str) -> str:
    """The argument that asks for an order, where there is more than one to ask for."""
    return f", orderBy: {order}" if len(ORDERS[kind]) > 1 else ""


FILTERS: dict[str, dict[str, Callable[[World, Row, Any], bool]]] = {
    "Plan": {
        "status": lambda _, row, status: row["status"] == status,
        "from": lambda _, row, day: str(row["end_date"]) >= day,
        "to": lambda _, row, day: str(row["start_date"]) <= day,
    },
    "Workout": {
        "planId": lambda _, row, plan: row["plan"] == id_of("Plan", plan),
        "type": lambda _, row, kind: row["type"] == kind,
        "from": lambda _, row, day: row["scheduled_date"] is not None and str(row["scheduled_date"]) >= day,
        "to": lambda _, row, day: row["scheduled_date"] is not None and str(row["scheduled_date"]) <= day,
        "done": lambda world, row, done: (run_of(world, row) is not None) == done,
    },
    "Run": {
        "from": lambda _, row, day: str(local_day(row)) >= day,
        "to": lambda _, row, day: str(local_day(row)) <= day,
        "source": lambda _, row, source: row["source"] == source,
        "minDistanceM": lambda _, row, metres: row["distance_m"] >= metres,
        "maxDistanceM": lambda _, row, metres: row["distance_m"] <= metres,
        "linked": lambda _, row, linked: (row["workout"] is not None) == linked,
    },
    "Job": {
        "kind": lambda _, row, kind: row["kind"] == kind,
        "ended": lambda _, row, ended: (row["finished_at"] is not None) == ended,
    },
    "Event": {
        "sources": lambda _, row, sources: row["source"] in sources,
        "from": lambda _, row, instant: row["occurred_at"] >= datetime.fromisoformat(instant),
        "to": lambda _, row, instant: row["occurred_at"] <= datetime.fromisoformat(instant),
    },
}
