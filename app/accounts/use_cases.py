"""What an athlete can change of themselves."""

from uuid import UUID

from domain.accounts.model import Athlete
from domain.accounts.ports import AthleteRepository
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer


async def update_viewer(
    display_name: str | None,
    timezone: str | None,
    *,
    viewer: Viewer,
    once: Once | None,
    athletes: AthleteRepository,
) -> UUID:
    """Take another name, or live by another zone's clock; None leaves as it is."""
    viewer.require(Scope.TRAINING_WRITE)

    def change(athlete: Athlete) -> Athlete:
        if display_name is not None:
            athlete = athlete.rename(display_name)
        return athlete if timezone is None else athlete.move_to(timezone)

    return await athletes.update(viewer, change, once=once)
