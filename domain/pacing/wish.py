"""What a runner asks of a plan: which course, to what end, over what ground, and from when on."""

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.courses.model import CourseId
from domain.pacing.goals import checked_terrain_factor
from domain.pacing.model import Goal
from domain.shared.errors import Invalid

FIRST_START = datetime(2000, 1, 1, tzinfo=UTC)
LAST_START = datetime(2200, 1, 1, tzinfo=UTC)


class StartFarOff(Invalid):
    """A start at which nobody runs who reads this."""

    def __init__(self) -> None:
        super().__init__(f"A start lies in the years {FIRST_START:%Y} to {LAST_START:%Y}.", field=("startAt",))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """What a plan is to be made for. `terrain_factor` is how many times the cost of smooth ground the course takes.

    Raises TerrainFactorOutOfBounds, StartFarOff.
    """

    course_id: CourseId
    goal: Goal
    terrain_factor: float = 1.0
    starts_at: datetime | None = None

    def __post_init__(self) -> None:
        checked_terrain_factor(self.terrain_factor)
        if self.starts_at is not None and not FIRST_START <= self.starts_at <= LAST_START:
            raise StartFarOff
