"""Anything stored, found by its id alone."""

import strawberry

from app.accounts.types import Viewer
from app.analysis.types import Segment
from app.context import Info
from app.courses.types import Course
from app.edge.declaring.fields import resolved
from app.edge.declaring.relay import Node
from app.events.tracker_types import Tracker
from app.events.types import Topic
from app.operations.types import Job
from app.pacing.types import ThrottlePlan
from app.physiology.types import Physiology
from app.plans.types import Plan, Workout
from app.runs.types import Run
from domain.shared.viewer import Scope

SCOPES: dict[str, Scope | None] = {
    **{
        stored.__name__: Scope.TRAINING_READ
        for stored in (Plan, Workout, Run, Segment, Physiology, Job, Course, ThrottlePlan)
    },
    Topic.__name__: Scope.EVENTS_READ,
    Tracker.__name__: Scope.EVENTS_PUBLISH,
    Viewer.__name__: None,
}


@strawberry.type
class NodeQueries:
    """The root field that Relay refetches with."""

    @resolved
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """Any stored thing of the viewer's by its id; null when there is none."""
        node: Node | None = await info.context.read_node(id, SCOPES)
        return node
