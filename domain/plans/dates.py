"""The days of a plan: its first and last, its goal race, and those of its workouts."""

from dataclasses import dataclass
from datetime import date

from domain.plans.bounds import Field
from domain.shared.errors import Invalid

MAX_PLAN_DAYS = 365
MAX_DAYS_TO_GOAL = 14
FIRST_YEAR, LAST_YEAR = 1900, 2200  # databases take the ends of their calendars for infinity


class PlanEndsTooSoon(Invalid):
    """A plan ends on the day it starts, or before."""

    def __init__(self, start: date, end: date) -> None:
        super().__init__(
            f"A plan ends after it starts; this one starts on {start} and ends on {end}.", field=("endDate",)
        )


class PlanOutsideCalendar(Invalid):
    """A plan for a time that no runner alive has seen or will see."""

    def __init__(self, day: date, field: str) -> None:
        super().__init__(f"A plan lies between the years {FIRST_YEAR} and {LAST_YEAR}, not on {day}.", field=(field,))


class PlanTooLong(Invalid):
    """A plan goes on for longer than can be planned."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"A plan ends at most {MAX_PLAN_DAYS} days after it starts; this one ends {days:,} days after.",
            field=("endDate",),
        )


class GoalRaceOutsidePlan(Invalid):
    """The race that a plan leads to lies before it, or too long after it."""

    def __init__(self, days: "PlanDays", goal_race: date) -> None:
        super().__init__(
            f"The goal race is within the plan, {days}, or at most {MAX_DAYS_TO_GOAL} days after its end; "
            f"this one is on {goal_race}.",
            field=("goalRaceDate",),
        )


class WorkoutOutsidePlan(Invalid):
    """A workout is set on a day that its plan does not have."""

    def __init__(self, days: "PlanDays", day: date, *, field: Field) -> None:
        super().__init__(f"A workout is within its plan, {days}; this one is on {day}.", field=field)


class WorkoutLeftOutside(Invalid):
    """A plan is to be shortened or moved so that a workout it holds would fall out of it."""

    def __init__(self, days: "PlanDays", name: str, day: date, *, field: Field) -> None:
        super().__init__(
            f"The plan would be {days}, without the day of its workout “{name}”, {day}. Reschedule that first.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class PlanDays:
    """From the first day of a plan to its last, both included."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"

    def check(self, goal_race: date | None) -> None:
        """Raise when these cannot be the days of a plan.

        PlanOutsideCalendar, PlanEndsTooSoon, PlanTooLong or GoalRaceOutsidePlan.
        """
        for day, field in ((self.start, "startDate"), (self.end, "endDate")):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise PlanOutsideCalendar(day, field)
        length = (self.end - self.start).days
        if length <= 0:
            raise PlanEndsTooSoon(self.start, self.end)
        if length > MAX_PLAN_DAYS:
            raise PlanTooLong(length)
        if goal_race and (goal_race < self.start or (goal_race - self.end).days > MAX_DAYS_TO_GOAL):
            raise GoalRaceOutsidePlan(self, goal_race)

    def check_workout(self, day: date | None, field: Field) -> None:
        """Raise WorkoutOutsidePlan for a day outside; a workout without a day is done some time."""
        if day and not self.start <= day <= self.end:
            raise WorkoutOutsidePlan(self, day, field=field)

    def check_keeps(self, name: str, day: date | None) -> None:
        """Raise WorkoutLeftOutside when the workout `name`, set on `day`, would no longer be within."""
        if day and day < self.start:
            raise WorkoutLeftOutside(self, name, day, field=("startDate",))
        if day and day > self.end:
            raise WorkoutLeftOutside(self, name, day, field=("endDate",))
