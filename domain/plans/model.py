"""A training plan: the workouts that lead a runner to a goal, and the rules they keep."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NewType, Self
from uuid import UUID

from domain.plans.bounds import Field
from domain.plans.changes import PlanChanges, WorkoutChanges
from domain.plans.dates import PlanDays
from domain.plans.status import PlanStatus, check_open, next_status
from domain.plans.wording import check_text, checked_name
from domain.plans.workouts import Workout, WorkoutId
from domain.shared.errors import Conflict, Invalid, LimitExceeded, NotFound

PlanId = NewType("PlanId", UUID)

MAX_WORKOUTS = 1_000
MAX_WORKOUTS_AT_ONCE = 200


class PlanNotFound(NotFound):
    """There is no plan with this id, or it is another athlete's."""

    def __init__(self, *, field: Field = ("id",)) -> None:
        super().__init__("You have no plan with this id.", field=field)


class WorkoutNotFound(NotFound):
    """There is no workout with this id, or it is another athlete's."""

    def __init__(self, *, field: Field = ("id",)) -> None:
        super().__init__("You have no workout with this id.", field=field)


class StalePlan(Conflict):
    """Somebody changed the plan after it was read."""

    def __init__(self, *, expected: int, stored: int) -> None:
        super().__init__(
            f"This plan is at version {stored}, not {expected}: it was changed since you read it. Read it again first.",
            field=("expectedVersion",),
        )


class NoWorkouts(Invalid):
    """Workouts are to be added, but none is given."""

    def __init__(self) -> None:
        super().__init__("Give at least one workout to add.", field=("workouts",))


class TooManyWorkouts(LimitExceeded):
    """More workouts than go into one request, or into one plan."""

    def __init__(self, count: int, most: int, where: str) -> None:
        super().__init__(f"At most {most:,} workouts go into {where}; this would be {count:,}.", field=("workouts",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan with its workouts in the order they were added. Its methods give the changed plan and leave this one.

    `version` counts the changes of the plan and of its workouts; what changes nothing does not count. Made by `draft`;
    the constructor is for what is stored already and checks nothing.
    """

    id: PlanId
    athlete_id: UUID
    name: str
    description: str | None
    status: PlanStatus
    start_date: date
    end_date: date
    goal_race_date: date | None
    version: int
    workouts: tuple[Workout, ...] = ()

    @classmethod
    def draft(
        cls,
        id: PlanId,
        athlete_id: UUID,
        *,
        name: str,
        start_date: date,
        end_date: date,
        description: str | None = None,
        goal_race_date: date | None = None,
    ) -> Self:
        """A new plan without workouts, at version 1.

        Raises NameOutOfBounds, TextTooLong, TextUnstorable, PlanOutsideCalendar, PlanEndsTooSoon, PlanTooLong and
        GoalRaceOutsidePlan.
        """
        return cls(
            id=id,
            athlete_id=athlete_id,
            name=name,
            description=description,
            status=PlanStatus.DRAFT,
            start_date=start_date,
            end_date=end_date,
            goal_race_date=goal_race_date,
            version=1,
        )._checked()

    @property
    def days(self) -> PlanDays:
        """The days that workouts can be set on."""
        return PlanDays(self.start_date, self.end_date)

    def workout(self, id: WorkoutId) -> Workout:
        """The workout with this id. Raises WorkoutNotFound."""
        for workout in self.workouts:
            if workout.id == id:
                return workout
        raise WorkoutNotFound

    def expect(self, version: int) -> None:
        """Raise StalePlan unless the plan is still at the version that its reader saw."""
        if version != self.version:
            raise StalePlan(expected=version, stored=self.version)

    def revise(self, changes: PlanChanges) -> Self:
        """Change the plan itself. Raises PlanFinished, CannotBeCleared, WorkoutLeftOutside and what `draft` raises."""
        check_open(self.status)
        revised = replace(self, **changes.given())._checked()
        for workout in revised.workouts:
            revised.days.check_keeps(workout.name, workout.scheduled_date)
        return self._then(revised)

    def activate(self) -> Self:
        """Begin to follow a draft. Raises StatusNotReachable."""
        return self._then(replace(self, status=next_status(self.status, PlanStatus.ACTIVE)))

    def complete(self) -> Self:
        """Carry an active plan through to its end. Raises StatusNotReachable."""
        return self._then(replace(self, status=next_status(self.status, PlanStatus.COMPLETED)))

    def abandon(self) -> Self:
        """Give up a draft or an active plan. Raises StatusNotReachable."""
        return self._then(replace(self, status=next_status(self.status, PlanStatus.ABANDONED)))

    def add_workouts(self, workouts: Sequence[Workout]) -> Self:
        """Add a whole block after those that are there: all of it, or nothing.

        Raises PlanFinished, NoWorkouts, TooManyWorkouts, WorkoutOutsidePlan and what `Prescription.checked` raises.
        """
        check_open(self.status)
        if not workouts:
            raise NoWorkouts
        if len(workouts) > MAX_WORKOUTS_AT_ONCE:
            raise TooManyWorkouts(len(workouts), MAX_WORKOUTS_AT_ONCE, "one request")
        if (count := len(self.workouts) + len(workouts)) > MAX_WORKOUTS:
            raise TooManyWorkouts(count, MAX_WORKOUTS, "one plan")
        checked = [self._fitting(workout, ("workouts", str(index))) for index, workout in enumerate(workouts)]
        return self._then(replace(self, workouts=(*self.workouts, *checked)))

    def revise_workout(self, id: WorkoutId, changes: WorkoutChanges) -> Self:
        """Change one workout; the whole of it is checked again.

        Raises PlanFinished, WorkoutNotFound, CannotBeCleared, WorkoutOutsidePlan and what `Prescription.checked`
        raises.
        """
        check_open(self.status)
        return self._with(self._fitting(replace(self.workout(id), **changes.given())))

    def reschedule(self, id: WorkoutId, to: date) -> Self:
        """Move one workout to another day of the plan. Raises PlanFinished, WorkoutNotFound, WorkoutOutsidePlan."""
        check_open(self.status)
        moved = replace(self.workout(id), scheduled_date=to)
        self.days.check_workout(to, ("to",))
        return self._with(moved)

    def remove_workout(self, id: WorkoutId) -> Self:
        """Take one workout out of the plan. Raises PlanFinished, WorkoutNotFound."""
        check_open(self.status)
        gone = self.workout(id)
        return self._then(replace(self, workouts=tuple(workout for workout in self.workouts if workout is not gone)))

    def _checked(self) -> Self:
        name = checked_name(self.name, ("name",))
        check_text(self.description, ("description",))
        self.days.check(self.goal_race_date)
        return replace(self, name=name)

    def _fitting(self, workout: Workout, field: Field = ()) -> Workout:
        checked = workout.checked(field)
        self.days.check_workout(checked.scheduled_date, (*field, "scheduledDate"))
        return checked

    def _with(self, changed: Workout) -> Self:
        workouts = tuple(changed if workout.id == changed.id else workout for workout in self.workouts)
        return self._then(replace(self, workouts=workouts))

    def _then(self, changed: Self) -> Self:
        return self if changed == self else replace(changed, version=self.version + 1)
