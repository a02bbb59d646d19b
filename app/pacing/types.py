"""Throttle plans as clients see them: how hard to push, step by step, and what that stands on."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import input_type, object_type, says
from app.edge.declaring.relay import Node
from domain.analysis.model import Movement
from domain.pacing.model import GoalKind

if TYPE_CHECKING:
    from app.courses.types import Course

LazyCourse = Annotated["Course", strawberry.lazy("app.courses.types")]

enum_type(
    "What a throttle plan is to reach.",
    name="ThrottleGoalKind",
    LEAST_TIME="The finish, as early as the runner can.",
    TARGET_TIME="The finish in a given time, pushing as little as that takes where it takes most.",
    EVEN_EFFORT="The finish at one throttle all along.",
)(GoalKind)


@input_type
class ThrottlePlanFilter:
    """Which throttle plans: all conditions hold at once."""

    course_id: strawberry.ID | None = says("Only plans along this course.", default=None)


@object_type
class ThrottleGoal:
    """What a throttle plan is to reach."""

    kind: GoalKind = says("Least time, a target time, or one effort all along.")
    target_time_s: float | None = says("For TARGET_TIME: from the start to the finish, stops included.")
    throttle: float | None = says(
        "For EVEN_EFFORT: the throttle, a ratio as in the steps; null for the highest that can be held."
    )


@object_type
class ThrottleStep:
    """A stretch of a course to be run in one way. Metres count along the course, seconds from its start."""

    ordinal: int = says("Counted from 1; a plan made anew on the way counts from where it was made.")
    start_m: float = says("Where it begins.")
    end_m: float = says("Where it ends.")
    ascent_m: float = says("How far it climbs.")
    descent_m: float = says("How far it falls.")
    mean_grade: float = says("Rise over run of the whole step, a ratio.")
    movement: Movement = says("Running or walking: what it is for most of its time.")
    throttle: float = says("How hard to push: metabolic power as a ratio to that of level running at critical speed.")
    speed_m_per_s: float = says("The mean speed over the ground.")
    pace_s_per_km: float = says("The same as a pace.")
    expected_heart_rate: int | None = says("In bpm; null where the runner's heart rates are not known.")
    start_s: float = says("When it begins.")
    end_s: float = says("When it ends: the arrival at its end, before any stop there.")
    duration_s: float = says("How long it takes.")
    arrive_at: datetime | None = says("The time of day of the arrival; null for a plan without a start.")
    d_prime_left: float | None = says("What is left of D′ at its end, in the same unit as `dPrimeM`.")
    cutoff_margin_s: float | None = says(
        "How much earlier than its cut-off the next waypoint that has one is reached; negative where it is missed."
    )
    waypoint: str | None = says("The name of the waypoint at its end.")
    stop_s: float = says("How long the runner stays there.")


@object_type
class ThrottleReplan:
    """The last report from the way, and what it says."""

    distance_m: float = says("How far along the course the runner was.")
    at: datetime = says("When.")
    heart_rate: float | None = says("How fast their heart beat then, in bpm.")
    behind_s: float = says("How far behind the steps as they were first planned; negative: ahead of them.")
    today: float | None = says(
        "How many times the usual throttle a heartbeat costs today, a ratio; null without a heart rate."
    )


@object_type
class ThrottleFigure:
    """One of the figures that a plan stands on."""

    name: str = says("Which.")
    text: str = says("What it is and where it comes from, in a sentence.")


@object_type
class ThrottleBasis:
    """What a plan knows of its runner, and how well that foretold runs of theirs which it had not seen."""

    runs: int = says("How many runs it stands on.")
    held_out_runs: int = says("How many of them were foretold from the others.")
    spread: float = says("One standard deviation of the time that is predicted, as a ratio to it.")
    error: float | None = says("By how much it missed those runs in the mean, as a ratio; null with too few of them.")
    table_error: float | None = says("By how much a plain table of mean speeds by grade missed them, as a ratio.")
    figures: list[ThrottleFigure] = says("Each figure of the runner, and where it comes from.", entries=10)


@object_type
class ThrottleFollowing:
    """Whose positions replan a plan by themselves."""

    topic: str = says("The topic's name.")
    source: str = says("The source of the positions in it.")


@object_type
class ThrottlePlan(Node):
    """How hard to push along a course."""

    course: LazyCourse = says("The course.")
    goal: ThrottleGoal = says("What it is to reach.")
    starts_at: datetime | None = says("When it starts; null as long as that is open.")
    terrain_factor: float = says("How many times the cost of smooth ground the course takes, a ratio.")
    predicted_time_s: float = says("From the start to the finish, stops included.")
    uncertainty_s: float = says("One standard deviation of it; of what is still to run, once it was made anew.")
    feasible: bool = says("Whether every cut-off and the target time can be met.")
    reason: str | None = says("Why it is not feasible; the steps then leave out what is out of reach.")
    model: str = says("What it was computed by, in a sentence.")
    basis: ThrottleBasis = says("What it stands on.")
    steps: list[ThrottleStep] = says(
        "What to do, from where the last report was; none once the runner is in.", entries=40
    )
    planned_steps: list[ThrottleStep] = says("The steps as they were first planned, of the whole course.", entries=40)
    replan: ThrottleReplan | None = says("The last report from the way; null before there is one.")
    replanned_at: datetime | None = says("When it was last made anew.")
    following: ThrottleFollowing | None = says("Whose positions make it anew by themselves.")
    created_at: datetime = says("When it was made.")
    version: int = says("Goes up with every change.")
