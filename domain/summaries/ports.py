"""What summaries need of the world outside: figures of many runs, counted where the runs are."""

from datetime import date
from typing import Protocol

from domain.shared.viewer import Viewer
from domain.summaries.days import DailyLoad
from domain.summaries.model import GradeEfficiency, TrainingWeek, Window


class SummaryRepository(Protocol):
    """Sums over the viewer's own runs. A run belongs to the day on which it began by the athlete's own clock.

    Each call is one statement.
    """

    async def training_weeks(self, window: Window, viewer: Viewer) -> list[TrainingWeek]:
        """What the runs of the window come to, a week each; weeks without runs are left out."""
        ...

    async def daily_loads(self, window: Window, viewer: Viewer) -> dict[date, DailyLoad]:
        """The load of each day of the window that has runs."""
        ...

    async def efficiency_by_grade(self, window: Window, viewer: Viewer) -> list[GradeEfficiency]:
        """How efficiently each grade category was run in the window, from the steepest descent to the steepest ascent.

        Only segments that were scored count.
        """
        ...
