"""What pictures need of what is stored."""

from typing import Protocol

from domain.pictures.drawn_run import DrawnRun
from domain.runs.model import RunId
from domain.shared.viewer import Viewer
from domain.zones.model import ZoneMethod


class PictureRepository(Protocol):
    """Runs as pictures show them, to their own athletes only."""

    async def run_to_draw(self, run_id: RunId, viewer: Viewer, method: ZoneMethod) -> DrawnRun | None:
        """A run with its stretches' standings by `method`; None when there is no such run of the viewer's."""
        ...
