"""What the contract says of throttle plans, said over plain rows."""

from collections.abc import Mapping
from typing import Any

from domain.shared.node_ids import node_id
from tests.reading.columns import columns, thing, things
from tests.reading.tables import Row
from tests.reading.things import Read, Thing, by_id
from tests.reading.world import World


def _following(world: World, row: Row, _: Mapping[str, Any]) -> Thing | None:
    topic = next((one for one in world.rows["topic"] if one["id"] == row["follow_topic"]), None)
    return topic and Thing("ThrottleFollowing", {"topic": topic["name"], "source": row["follow_source"]})


FIELDS: dict[str, dict[str, Read]] = {
    "ThrottlePlan": {
        "id": lambda _, row, __: node_id("ThrottlePlan", row["id"]),
        "course": lambda world, row, _: by_id(world, "Course", row["course"]),
        "goal": lambda _, row, __: Thing("ThrottleGoal", row),
        **columns("feasible", "reason", "model", "version", startsAt="starts_at", terrainFactor="terrain_factor"),
        **columns(predictedTimeS="predicted_time_s", uncertaintyS="uncertainty_s", replannedAt="replanned_at"),
        **columns(createdAt="created_at"),
        "basis": thing("ThrottleBasis", "basis"),
        "steps": things("ThrottleStep", "steps"),
        "plannedSteps": things("ThrottleStep", "planned_steps"),
        "replan": thing("ThrottleReplan", "replan"),
        "following": _following,
    },
    "ThrottleGoal": columns(kind="goal_kind", targetTimeS="target_time_s", throttle="goal_throttle"),
    "ThrottleStep": {
        **columns("ordinal", "movement", "throttle", "waypoint", startM="start_m", endM="end_m", ascentM="ascent_m"),
        **columns(descentM="descent_m", meanGrade="mean_grade", speedMPerS="speed_m_per_s", stopS="stop_s"),
        **columns(paceSPerKm="pace_s_per_km", expectedHeartRate="expected_heart_rate", arriveAt="arrive_at"),
        **columns(startS="start_s", endS="end_s", dPrimeLeft="d_prime_left_m", cutoffMarginS="cutoff_margin_s"),
        "durationS": lambda _, row, __: row["end_s"] - row["start_s"],
    },
    "ThrottleReplan": columns("at", "today", distanceM="distance_m", heartRate="heart_rate", behindS="behind_s"),
    "ThrottleBasis": {
        **columns("runs", "spread", "error", heldOutRuns="held_out_runs", tableError="table_error"),
        "figures": things("ThrottleFigure", "figures"),
    },
    "ThrottleFigure": columns("name", "text"),
    "ThrottleFollowing": columns("topic", "source"),
}
