"""What runs suggest of a runner's body."""

from typing import cast

import strawberry

from app.context import Info
from app.edge.declaring.fields import resolved
from app.physiology import use_cases
from app.physiology.types import PhysiologySuggestions
from domain.physiology.ports import PhysiologyRepository
from domain.shared.ports import Clock


@strawberry.type
class PhysiologyQueries:
    """Root fields about physiology; what is set stands below the viewer."""

    @resolved
    async def physiology_suggestions(self, info: Info) -> PhysiologySuggestions:
        """What the viewer's runs of the last 90 days suggest of their body, each figure with what it stands on."""
        viewer = info.context.viewer
        physiologies, clock = await info.context.services.aget(PhysiologyRepository, Clock)
        told = await use_cases.suggest_physiology(viewer=viewer, physiologies=physiologies, clock=clock)
        return cast("PhysiologySuggestions", told)
