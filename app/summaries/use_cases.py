"""Looking back over many runs."""

from datetime import date

from domain.shared.viewer import Scope, Viewer
from domain.summaries.days import DaysInRow, FitnessDay
from domain.summaries.model import GradeEfficiency, TrainingSummary, Window, summary
from domain.summaries.ports import SummaryRepository


async def training_summary(
    first: date | None, last: date | None, *, viewer: Viewer, summaries: SummaryRepository
) -> TrainingSummary:
    """What the viewer's runs of these days come to. Raises DaysReversed."""
    viewer.require(Scope.TRAINING_READ)
    window = Window(first, last)
    return summary(window, await summaries.training_weeks(window, viewer))


async def fitness_by_day(first: date, last: date, *, viewer: Viewer, summaries: SummaryRepository) -> list[FitnessDay]:
    """The viewer's fitness on each of these days. Raises DaysReversed, TooManyDays."""
    viewer.require(Scope.TRAINING_READ)
    days = DaysInRow(first, last)
    return days.fitness(await summaries.daily_loads(days.remembered, viewer))


async def efficiency_by_grade(
    first: date | None, last: date | None, *, viewer: Viewer, summaries: SummaryRepository
) -> list[GradeEfficiency]:
    """How efficiently the viewer ran each grade category on these days. Raises DaysReversed."""
    viewer.require(Scope.TRAINING_READ)
    return await summaries.efficiency_by_grade(Window(first, last), viewer)
