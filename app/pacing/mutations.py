"""Having a throttle plan made, made anew on the way, and deleted."""

import strawberry

from app.context import Info
from app.edge.declaring.payload import DeletedPayload, mutation
from app.pacing import use_cases
from app.pacing.asking import plan_id_of, writer
from app.pacing.inputs import CreateThrottlePlanInput, DeleteThrottlePlanInput, ReplanThrottleInput
from app.pacing.payloads import ThrottlePlanPayload
from domain.courses.model import CourseId
from domain.courses.ports import CourseRepository
from domain.courses.refusals import CourseNotFound
from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import PacingHistories, ThrottlePlanRepository
from domain.pacing.wish import PlanWish
from domain.physiology.ports import PhysiologyRepository
from domain.shared.node_ids import id_of, node_id
from domain.shared.ports import Clock, Computing, Ids


@strawberry.type
class PacingMutations:
    """Root fields that write throttle plans."""

    @mutation
    async def create_throttle_plan(self, info: Info, input: CreateThrottlePlanInput) -> ThrottlePlanPayload:
        """Plan how hard to push along a course of yours, by your own physiology and the runs of your last year.

        A plan that cannot reach its goal or meet its cut-offs is made all the same, as near to it as can be, and says
        so.
        """
        viewer, once, services = writer(info), info.context.once(input), info.context.services
        courses, histories, plans, computing = await services.aget(
            CourseRepository, PacingHistories, ThrottlePlanRepository, Computing
        )
        physiologies, clock, ids = await services.aget(PhysiologyRepository, Clock, Ids)
        wish = PlanWish(
            course_id=_course_id(input.course_id),
            goal=input.as_goal(),
            terrain_factor=input.terrain_factor,
            starts_at=input.start_at,
        )
        plan_id = await use_cases.create_throttle_plan(
            ThrottlePlanId(ids.new()),
            wish,
            await physiologies.today(viewer, input.start_at or clock.now()),
            viewer=viewer,
            once=once,
            courses=courses,
            histories=histories,
            plans=plans,
            computing=computing,
        )
        return ThrottlePlanPayload(id=plan_id)

    @mutation
    async def replan_throttle(self, info: Info, input: ReplanThrottleInput) -> ThrottlePlanPayload:
        """Say where you are: the plan becomes what is still possible from there, and whoever watches it hears of it."""
        viewer, once = writer(info), info.context.once(input)
        plans, computing, clock = await info.context.services.aget(ThrottlePlanRepository, Computing, Clock)
        plan_id = await use_cases.replan_throttle(
            plan_id_of(input.plan_id),
            input.as_sighting(clock.now()),
            viewer=viewer,
            once=once,
            plans=plans,
            computing=computing,
        )
        return ThrottlePlanPayload(id=plan_id)

    @mutation
    async def delete_throttle_plan(self, info: Info, input: DeleteThrottlePlanInput) -> DeletedPayload:
        """Delete a throttle plan; its course stays."""
        viewer, once = writer(info), info.context.once(input)
        plans = await info.context.services.aget(ThrottlePlanRepository)
        plan_id = plan_id_of(input.id, ("id",))
        gone = await use_cases.delete_throttle_plan(plan_id, viewer=viewer, once=once, plans=plans)
        return DeletedPayload(deleted_id=strawberry.ID(node_id("ThrottlePlan", gone)))


def _course_id(text: str) -> CourseId:
    id = id_of("Course", text)
    if id is None:
        raise CourseNotFound(field=("courseId",))
    return CourseId(id)
