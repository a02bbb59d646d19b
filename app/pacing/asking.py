"""Who asks for a change of throttle plans, and of which plan."""

from app.context import Info
from domain.pacing.model import ThrottlePlanId
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.node_ids import id_of
from domain.shared.viewer import Scope, Viewer


def writer(info: Info) -> Viewer:
    """Who asks, if they may write: nothing is said of ids to anybody else."""
    viewer = info.context.viewer
    viewer.require(Scope.TRAINING_WRITE)
    return viewer


def plan_id_of(text: str, field: tuple[str, ...] = ("planId",)) -> ThrottlePlanId:
    """The plan that a global id names; `field` is where it stood. Raises ThrottlePlanNotFound."""
    id = id_of("ThrottlePlan", text)
    if id is None:
        raise ThrottlePlanNotFound(field)
    return ThrottlePlanId(id)
