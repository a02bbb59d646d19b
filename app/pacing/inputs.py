"""What clients give to have a throttle plan made, and how it becomes what the domain takes."""

from datetime import datetime

import strawberry

from app.edge.declaring.fields import input_type, says
from domain.pacing.goals import checked_goal
from domain.pacing.model import Goal, GoalKind
from domain.pacing.on_the_way.whereabouts import Sighting, seen_at

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."


@input_type
class ThrottleGoalInput:
    """What a plan is to reach."""

    kind: GoalKind = says("Least time, a target time, or one effort all along.", default=GoalKind.LEAST_TIME)
    target_time_s: float | None = says(
        "For TARGET_TIME, which needs it: from the start to the finish, stops included.", default=None
    )
    throttle: float | None = says(
        "For EVEN_EFFORT: the throttle as a ratio to critical speed's power; the highest that can be held without it.",
        default=None,
    )

    def as_goal(self) -> Goal:
        """For the domain. Raises what `checked_goal` raises."""
        return checked_goal(self.kind, self.target_time_s, self.throttle)


@input_type
class CreateThrottlePlanInput:
    """A plan of how hard to push along a course."""

    course_id: strawberry.ID = says("The course.")
    start_at: datetime | None = says(
        "When it starts: then steps have times of day, it can be made anew on the way, and the runner's figures are "
        "those of that day. Today's without it.",
        default=None,
    )
    goal: ThrottleGoalInput | None = says("What to reach; least time without it.", default=None)
    terrain_factor: float = says(
        "How many times the cost of smooth ground the course takes, a ratio: 1 on roads and good paths, more where it "
        "is rough.",
        default=1.0,
    )
    idempotency_key: str | None = says(KEY, default=None)

    def as_goal(self) -> Goal:
        """For the domain. Raises what `checked_goal` raises."""
        return (self.goal or ThrottleGoalInput()).as_goal()


@input_type
class PositionInput:
    """A place on earth (WGS 84)."""

    latitude: float = says("Degrees north.")
    longitude: float = says("Degrees east.")


@input_type
class ReplanThrottleInput:
    """Here I am, at this time: what now? Where is said either by a distance or by a position."""

    plan_id: strawberry.ID = says("The throttle plan; it has a start.")
    distance_m: float | None = says("How far along the course.", default=None)
    position: PositionInput | None = says(
        "A place at most 250 m off the course. Where the course passes there more than once, it is the pass where the "
        "plan expects its runner.",
        default=None,
    )
    time: datetime | None = says("When; now without it.", default=None)
    heart_rate: float | None = says(
        "How fast the heart beats, in bpm; what is not within 25 to 250 is not heeded.", default=None
    )
    idempotency_key: str | None = says(KEY, default=None)

    def as_sighting(self, now: datetime) -> Sighting:
        """For the domain. Raises WhereToldOddly, SeenAhead."""
        where = self.position
        return Sighting(
            at=seen_at(self.time, now),
            distance_m=self.distance_m,
            position=None if where is None else (where.latitude, where.longitude),
            heart_rate=self.heart_rate,
        )


@input_type
class DeleteThrottlePlanInput:
    """A throttle plan."""

    id: strawberry.ID = says("The throttle plan.")
    idempotency_key: str | None = says(KEY, default=None)
