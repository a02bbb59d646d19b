"""What may be read of throttle plans; their steps, and what they stand on, are told as they are stored."""

from domain.shared.node_ids import id_of
from infrastructure.pacing.tables import ThrottlePlanRow
from infrastructure.reading.columns import column, expression, key, node_id, number, word
from infrastructure.reading.compiler import document, elements, one, part
from infrastructure.reading.statement import Scope
from infrastructure.reading.view import Order, View, owned_by


def _duration(step: Scope) -> str:
    """Subtracted as decimals, which leaves no tail of floating point."""
    return f"({step.row} -> 'end_s')::numeric - ({step.row} -> 'start_s')::numeric"


def _followed_topic(plan: Scope) -> str:
    return f"(select name from topic where id = {plan.column('follow_topic')})"


THROTTLE_PLAN = View(
    "ThrottlePlan",
    table="throttle_plan",
    visible_to=owned_by(ThrottlePlanRow.athlete),
    fields={
        "id": node_id("ThrottlePlan"),
        "course": one("Course", on=ThrottlePlanRow.course),
        "goal": part("ThrottleGoal", when="{}.goal_kind is not null"),
        "startsAt": column(ThrottlePlanRow.starts_at),
        "terrainFactor": column(ThrottlePlanRow.terrain_factor),
        "predictedTimeS": column(ThrottlePlanRow.predicted_time_s),
        "uncertaintyS": column(ThrottlePlanRow.uncertainty_s),
        "feasible": column(ThrottlePlanRow.feasible),
        "reason": column(ThrottlePlanRow.reason),
        "model": column(ThrottlePlanRow.model),
        "basis": document("ThrottleBasis", ThrottlePlanRow.basis),
        "steps": elements("ThrottleStep", ThrottlePlanRow.steps),
        "plannedSteps": elements("ThrottleStep", ThrottlePlanRow.planned_steps),
        "replan": document("ThrottleReplan", ThrottlePlanRow.replan),
        "replannedAt": column(ThrottlePlanRow.replanned_at),
        "following": part("ThrottleFollowing", when="{}.follow_topic is not null"),
        "createdAt": column(ThrottlePlanRow.created_at),
        "version": column(ThrottlePlanRow.version),
    },
    filters={"courseId": lambda row, course: f"{row.column('course')} = {row.param(id_of('Course', course), 'uuid')}"},
    # Ids sort by the time they were made, and an index of an athlete's plans has them in order.
    orders={"CREATED_AT_DESC": Order(lambda row: row.column("id"), "uuid", descending=True, unique=True)},
)

THROTTLE_GOAL = View(
    "ThrottleGoal",
    fields={
        "kind": word(ThrottlePlanRow.goal_kind),
        "targetTimeS": column(ThrottlePlanRow.target_time_s),
        "throttle": column(ThrottlePlanRow.goal_throttle),
    },
)

THROTTLE_STEP = View(
    "ThrottleStep",
    fields={
        "ordinal": key("ordinal"),
        "startM": key("start_m"),
        "endM": key("end_m"),
        "ascentM": key("ascent_m"),
        "descentM": key("descent_m"),
        "meanGrade": key("mean_grade"),
        "movement": key("movement"),
        "throttle": key("throttle"),
        "speedMPerS": key("speed_m_per_s"),
        "paceSPerKm": key("pace_s_per_km"),
        "expectedHeartRate": key("expected_heart_rate"),
        "startS": key("start_s"),
        "endS": key("end_s"),
        "durationS": number(_duration),
        "arriveAt": key("arrive_at"),
        "dPrimeLeft": key("d_prime_left_m"),
        "cutoffMarginS": key("cutoff_margin_s"),
        "waypoint": key("waypoint"),
        "stopS": key("stop_s"),
    },
)

THROTTLE_REPLAN = View(
    "ThrottleReplan",
    fields={
        "distanceM": key("distance_m"),
        "at": key("at"),
        "heartRate": key("heart_rate"),
        "behindS": key("behind_s"),
        "today": key("today"),
    },
)

THROTTLE_BASIS = View(
    "ThrottleBasis",
    fields={
        "runs": key("runs"),
        "heldOutRuns": key("held_out_runs"),
        "spread": key("spread"),
        "error": key("error"),
        "tableError": key("table_error"),
        "figures": elements("ThrottleFigure", "figures"),
    },
)

THROTTLE_FIGURE = View("ThrottleFigure", fields={"name": key("name"), "text": key("text")})

THROTTLE_FOLLOWING = View(
    "ThrottleFollowing",
    fields={
        "topic": expression(lambda plan, _: _followed_topic(plan)),
        "source": column(ThrottlePlanRow.follow_source),
    },
)

VIEWS = (
    THROTTLE_PLAN,
    THROTTLE_GOAL,
    THROTTLE_STEP,
    THROTTLE_REPLAN,
    THROTTLE_BASIS,
    THROTTLE_FIGURE,
    THROTTLE_FOLLOWING,
)
