"""Rows of throttle plans: one as it was made, one that was made anew on the way and follows a topic."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.reading.tables import Row

GOALS = (("LEAST_TIME", None, None), ("TARGET_TIME", 7200.5, None), ("EVEN_EFFORT", None, 0.85))


def throttle_plan(id: UUID, athlete: UUID, name: str, course: UUID, topic: UUID, at: int) -> Row:
    """The plan of this number: every other one is on the way."""
    made, (kind, target_time_s, throttle) = datetime(2024, 3, 1, 9, 0, at, 4500, UTC), GOALS[at % 3]
    on_the_way = at % 2 == 1
    return {
        "id": id,
        "athlete": athlete,
        "course": course,
        "goal_kind": kind,
        "target_time_s": target_time_s,
        "goal_throttle": throttle,
        "terrain_factor": 1.0 + 0.1 * at,
        "starts_at": made.replace(year=2150) if on_the_way else None,  # else a worker might take it for over
        "predicted_time_s": 7300.25,
        "uncertainty_s": 361.0,
        "feasible": not on_the_way,
        "reason": f"{name} is late" if on_the_way else None,
        "model": f'{name} "runs" by Minetti',
        "runner": {"critical_speed_m_per_s": 4.0},
        "basis": {"runs": 3, "held_out_runs": 2, "spread": 0.05, "error": 0.04 if on_the_way else None}
        | {"table_error": None, "figures": [{"name": "cost", "text": f"{name}'s own"}] * at},
        "planned_steps": [_step(number, on_the_way) for number in (1, 2, 3)],
        "steps": [_step(3, on_the_way)] if on_the_way else [],
        "replanned_at": made if on_the_way else None,
        "replan": {"distance_m": 812.5, "at": "2024-03-01T09:10:00.250Z", "heart_rate": 151.0, "behind_s": -4.5}
        | {"today": None}
        if on_the_way
        else None,
        "version": 1 + at,
        "follow_topic": topic if on_the_way else None,
        "follow_source": "12" if on_the_way else None,
        "followed_offset": 3 if on_the_way else None,
        "created_at": made,
    }


def _step(number: int, on_the_way: bool) -> dict[str, Any]:
    return {
        "ordinal": number,
        "start_m": 400.0 * number,
        "end_m": 400.0 * number + 400,
        "ascent_m": 12.25,
        "descent_m": 0.0,
        "mean_grade": 0.030625,
        "movement": "WALKING" if number == 2 else "RUNNING",
        "throttle": 0.9,
        "speed_m_per_s": 2.1,
        "pace_s_per_km": 476.19,
        "expected_heart_rate": 150 if on_the_way else None,
        "start_s": 190.1 * number,
        "end_s": 190.1 * number + 190.3,
        "arrive_at": "2024-03-01T09:09:30.700Z" if on_the_way else None,
        "d_prime_left_m": 199.5,
        "cutoff_margin_s": -12.5 if number == 3 else None,
        "waypoint": 'The "Hut"' if number == 3 else None,
        "stop_s": 60.0 if number == 3 else 0.0,
    }
