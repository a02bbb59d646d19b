"""Plans and workouts as clients see them."""

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import declared, object_type, says
from app.edge.declaring.relay import Connection, Node
from domain.plans.status import PlanStatus
from domain.plans.steps import StepKind, TargetKind
from domain.plans.workouts import WorkoutType

if TYPE_CHECKING:
    from app.runs.types import Run

LazyRun = Annotated["Run", strawberry.lazy("app.runs.types")]

enum_type(
    "How far a plan has come: a draft, followed, carried through, or given up.",
    DRAFT="Being written; not followed yet.",
    ACTIVE="Being followed.",
    COMPLETED="Carried through; it changes no more.",
    ABANDONED="Given up; it changes no more.",
)(PlanStatus)
enum_type(
    "What a workout trains.",
    EASY_RUN="Endurance, at a pace that allows talking.",
    TEMPO="A steady, hard pace.",
    INTERVALS="Fast stretches with recoveries between them.",
    LONG_RUN="Endurance over a long distance.",
    HILLS="Strength and form, uphill.",
    RECOVERY="Loose legs after hard days.",
    RACE="A race.",
    CROSS_TRAINING="Endurance in another sport.",
    STRENGTH="Muscles, in the gym or at home.",
    REST="Nothing: a day of rest.",
)(WorkoutType)
enum_type(
    "What a step of a workout is for; a REPEAT holds steps of its own.",
    WARM_UP="Getting warm.",
    WORK="The hard part.",
    RECOVERY="Getting one's breath back.",
    COOL_DOWN="Running out.",
    REPEAT="Doing the steps in it several times.",
)(StepKind)
enum_type(
    "What a step is steered by: pace (s/km), heart rate (bpm) or effort (1 to 10).",
    PACE="Pace, in seconds per kilometre.",
    HEART_RATE="Heart rate, in beats per minute.",
    EFFORT="Felt effort, from 1 to 10, by Borg's CR10 scale.",
)(TargetKind)


@enum_type(
    "How plans are sorted.",
    START_DATE_DESC="Those that begin last first.",
    START_DATE_ASC="Those that begin first first.",
    CREATED_AT_DESC="Those made last first.",
    CREATED_AT_ASC="Those made first first.",
)
class PlanOrder(Enum):
    """See infrastructure's view of plans."""

    START_DATE_DESC = "START_DATE_DESC"
    START_DATE_ASC = "START_DATE_ASC"
    CREATED_AT_DESC = "CREATED_AT_DESC"
    CREATED_AT_ASC = "CREATED_AT_ASC"


@enum_type(
    "How workouts are sorted; those without a date count as later than all others.",
    SCHEDULED_DATE_ASC="By day, the earliest first.",
    SCHEDULED_DATE_DESC="By day, the latest first.",
)
class WorkoutOrder(Enum):
    """See infrastructure's view of workouts."""

    SCHEDULED_DATE_ASC = "SCHEDULED_DATE_ASC"
    SCHEDULED_DATE_DESC = "SCHEDULED_DATE_DESC"


@strawberry.input(description="Which plans: all conditions hold at once.")
class PlanFilter:
    """See infrastructure's view of plans."""

    status: PlanStatus | None = says("Only plans in this state.", default=None)
    from_: date | None = says("Only plans that end on this day or later.", name="from", default=None)
    to: date | None = says("Only plans that begin on this day or earlier.", default=None)


@strawberry.input(description="Which workouts: all conditions hold at once.")
class WorkoutFilter:
    """See infrastructure's view of workouts."""

    plan_id: strawberry.ID | None = says("Only workouts of this plan.", default=None)
    type: WorkoutType | None = says("Only workouts of this type.", default=None)
    from_: date | None = says("Only workouts on this day or later.", name="from", default=None)
    to: date | None = says("Only workouts on this day or earlier.", default=None)
    done: bool | None = says("Only workouts that have a run, or that have none.", default=None)


@object_type
class PaceRange:
    """A pace to keep within, from the faster end to the slower."""

    min_s_per_km: float = says("The faster end.")
    max_s_per_km: float = says("The slower end.")


@object_type
class StepTarget:
    """What a step is steered by, and between which values."""

    kind: TargetKind = says("What the values measure.")
    minimum: float = says("From here: s/km, bpm, or effort from 1 to 10.")
    maximum: float = says("To here, in the same unit.")


@object_type
class WorkoutStep:
    """A part of a workout, or a repeat of several."""

    kind: StepKind = says("What the step is for.")
    repetitions: int | None = says("How often a REPEAT is done; null for other steps.")
    distance_m: float | None = says("How far.")
    duration_s: float | None = says("How long.")
    target: StepTarget | None = says("What to keep to.")
    note: str | None = says("A word from the coach.")
    steps: list["WorkoutStep"] = says("The steps that a REPEAT repeats; empty for other steps.", entries=3)


@object_type
class Workout(Node):
    """One day's training."""

    plan: "Plan" = says("The plan it stands in.")
    name: str = says("Its name.")
    type: WorkoutType = says("What it trains.")
    description: str | None = says("What the coach says of it.")
    scheduled_date: date | None = says("Its day; null as long as none is set.")
    planned_distance_m: float | None = says("How far to run.")
    planned_duration_s: int | None = says("How long to run.")
    target_pace: PaceRange | None = says("The pace to keep within.")
    steps: list[WorkoutStep] = says("Its structure, from warm-up to cool-down; empty for a plain workout.", entries=5)
    run: LazyRun | None = says("The run that it was done as.")


@object_type
class PlanProgress:
    """How much of a plan is done. REST does not count; a workout is due from its own day on."""

    total_workouts: int = says("All workouts but REST.")
    due_workouts: int = says("Those whose day has come, where the athlete is.")
    completed_workouts: int = says("Those that have a run.")
    pending_workouts: int = says("Those that have none.")
    planned_distance_m: float = says("What all workouts plan.")
    actual_distance_m: float = says("What the runs linked to them came to.")
    adherence_percent: float = says("The share of due workouts that have a run; 100 while none is due.")


@object_type
class PlanWeek:
    """One week of a plan, Monday to Sunday, where the athlete is."""

    number: int = says("Counted from 1, the week that holds the plan's first day.")
    start_date: date = says("Its Monday.")
    end_date: date = says("Its Sunday.")
    planned_distance_m: float = says("What its workouts plan.")
    actual_distance_m: float = says("What all runs of the week came to, planned or not.")
    planned_runs: int = says("Its workouts that are run: all but REST, STRENGTH and CROSS_TRAINING.")
    completed_runs: int = says("Those of them that have a run.")
    workouts: list[Workout] = says("Its workouts, by day.", entries=7)
    runs: list[LazyRun] = says("Every run of the week, planned or not.", entries=7)


@object_type
class Plan(Node):
    """A training plan."""

    name: str = says("Its name.")
    description: str | None = says("What it is about.")
    status: PlanStatus = says("How far it has come.")
    start_date: date = says("Its first day.")
    end_date: date = says("Its last day.")
    goal_race_date: date | None = says("The day of the race it leads to.")
    version: int = says("Goes up with every change of the plan or its workouts; for `expectedVersion`.")
    created_at: datetime = says("When it was made.")
    updated_at: datetime = says("When it was last changed.")
    progress: PlanProgress = says("How much of it is done.", cost=10)

    @declared
    def workouts(  # type: ignore[empty-body]
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[Workout]:
        """Its workouts, by day."""

    @declared(cost=10)
    def week(self, number: int) -> PlanWeek | None:
        """One of its weeks; null for a number outside the plan."""
