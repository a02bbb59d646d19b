"""Plans in all the formats that runners take along."""

from domain.pacing.take_along import PlanToTake
from infrastructure.take_along.fit_course import course_fit
from infrastructure.take_along.fit_workout import workout_fit
from infrastructure.take_along.gpx import gpx
from infrastructure.take_along.pdf import pdf


class WrittenPlanFiles:
    """See PlanFiles."""

    def pdf(self, taken: PlanToTake, zone: str) -> bytes:
        """See PlanFiles.pdf."""
        return pdf(taken, zone)

    def gpx(self, taken: PlanToTake) -> bytes:
        """See PlanFiles.gpx."""
        return gpx(taken)

    def course_fit(self, taken: PlanToTake) -> bytes:
        """See PlanFiles.course_fit."""
        return course_fit(taken)

    def workout_fit(self, taken: PlanToTake, *, by_heart_rate: bool) -> bytes:
        """See PlanFiles.workout_fit."""
        return workout_fit(taken, by_heart_rate=by_heart_rate)
