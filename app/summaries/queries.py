"""Looking back: what all runs come to, fitness from day to day, the best efforts, and efficiency by slope."""

from datetime import date
from typing import Annotated, Any, cast

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_rows
from app.edge.declaring.fields import resolved
from app.runs.types import BestEffort
from app.summaries import use_cases
from app.summaries.types import FitnessDay, GradeEfficiency, TrainingSummary
from domain.analysis.model import MOST_GRADE_BANDS
from domain.summaries.days import MOST_DAYS
from domain.summaries.model import Window
from domain.summaries.ports import SummaryRepository

FROM = strawberry.argument(name="from", description="The first day that counts, by the athlete's own clock.")
TO = strawberry.argument(description="The last day that counts, by the athlete's own clock.")
From = Annotated[date | None, FROM]
To = Annotated[date | None, TO]


def require_window(args: Any) -> Window:
    """The days that a root field's arguments name. Raises DaysReversed."""
    return Window(args.get("from"), args.get("to"))


@strawberry.type
class SummaryQueries:
    """Root fields about many runs."""

    @resolved
    async def training_summary(self, info: Info, from_: From = None, to: To = None) -> TrainingSummary:
        """What the viewer's runs come to, in all and by week; everything when no days are named."""
        viewer = info.context.viewer
        summaries = await info.context.services.aget(SummaryRepository)
        told = await use_cases.training_summary(from_, to, viewer=viewer, summaries=summaries)
        return cast("TrainingSummary", told)

    @resolved(entries=MOST_DAYS)
    async def fitness(self, info: Info, from_: Annotated[date, FROM], to: Annotated[date, TO]) -> list[FitnessDay]:
        """The viewer's fitness, fatigue and form on each day, worked out from their first run on."""
        viewer = info.context.viewer
        summaries = await info.context.services.aget(SummaryRepository)
        told = await use_cases.fitness_by_day(from_, to, viewer=viewer, summaries=summaries)
        return cast("list[FitnessDay]", told)

    @reads_rows(check=require_window, entries=7)
    def best_efforts(self, info: Info, from_: From = None, to: To = None) -> list[BestEffort]:  # type: ignore[empty-body]
        """The viewer's fastest effort over each distance, the shortest first; of all runs when no days are named."""

    @resolved(entries=MOST_GRADE_BANDS)
    async def efficiency_by_grade(self, info: Info, from_: From = None, to: To = None) -> list[GradeEfficiency]:
        """How efficiently the viewer ran each grade category with scored segments, the steepest descent first."""
        viewer = info.context.viewer
        summaries = await info.context.services.aget(SummaryRepository)
        told = await use_cases.efficiency_by_grade(from_, to, viewer=viewer, summaries=summaries)
        return cast("list[GradeEfficiency]", told)
