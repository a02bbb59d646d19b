"""A throttle plan to take along: on paper, for maps and watches, and as a picture."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.choices import choice
from app.edge.http.plain_refusals import plainly, refusal
from app.edge.refusals import RequestRefused
from app.pacing.file_names import content_disposition
from app.security import bearer_token, identify
from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import RunnerClocks, ThrottlePlanRepository
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.pacing.take_along import CourseWithoutPositions, NothingLeftToRun, PlanFiles, PlanToTake
from domain.pictures.look import Theme
from domain.pictures.plan_profile import plan_profile
from domain.shared.errors import DomainError
from domain.shared.node_ids import id_of
from domain.shared.ports import Computing
from domain.shared.viewer import Scope, Viewer

HEADERS = {"x-content-type-options": "nosniff", "cache-control": "private, no-store"}
# Whatever a name in a picture does, it runs nothing.
PICTURE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}

# Asks for what else is needed, and answers what computes the file.
Prepare = Callable[[Container, Viewer, PlanToTake], Awaitable[Callable[[], bytes]]]


class FitKind(StrEnum):
    """What a FIT file of a plan is to a watch."""

    COURSE = "course"
    WORKOUT = "workout"


class Target(StrEnum):
    """What a workout tells the runner to keep to."""

    HEART_RATE = "heart_rate"
    SPEED = "speed"


async def pdf(request: Request) -> Response:
    """GET /throttle-plans/{id}.pdf: the profile, the steps and a pace band, by the runner's own clock."""

    async def prepare(services: Container, viewer: Viewer, taken: PlanToTake) -> Callable[[], bytes]:
        files, clocks = await services.aget(PlanFiles, RunnerClocks)
        return partial(files.pdf, taken, await clocks.zone_of(viewer))

    return await _file(request, prepare, "application/pdf", "inline", ".pdf")


async def gpx(request: Request) -> Response:
    """GET /throttle-plans/{id}.gpx: the way and the places on it, timed by the plan."""

    async def prepare(services: Container, _viewer: Viewer, taken: PlanToTake) -> Callable[[], bytes]:
        return partial((await services.aget(PlanFiles)).gpx, taken)

    return await _file(request, prepare, "application/gpx+xml", "attachment", ".gpx")


async def fit(request: Request) -> Response:
    """GET /throttle-plans/{id}.fit: the course, or with `?kind=workout` the steps, `&target=heart_rate` or `speed`."""

    async def prepare(services: Container, _viewer: Viewer, taken: PlanToTake) -> Callable[[], bytes]:
        files = await services.aget(PlanFiles)
        target = choice(request, "target", Target) or Target.HEART_RATE
        if (choice(request, "kind", FitKind) or FitKind.COURSE) is FitKind.COURSE:
            return partial(files.course_fit, taken)
        return partial(files.workout_fit, taken, by_heart_rate=target is Target.HEART_RATE)

    workout = request.query_params.get("kind") == FitKind.WORKOUT
    suffix = " workout.fit" if workout else ".fit"
    return await _file(request, prepare, "application/vnd.ant.fit", "attachment", suffix)


async def svg(request: Request) -> Response:
    """GET /throttle-plans/{id}.svg: the profile coloured by throttle, `?theme=light` or `dark`."""

    async def prepare(_services: Container, _viewer: Viewer, taken: PlanToTake) -> Callable[[], bytes]:
        theme = choice(request, "theme", Theme)
        return lambda: plan_profile(taken, theme).encode()

    return await _file(request, prepare, "image/svg+xml", "inline", ".svg", **PICTURE)


async def _file(
    request: Request, prepare: Prepare, media_type: str, shown: str, suffix: str, **headers: str
) -> Response:
    try:
        async with Container(request.app.state.registry) as services:
            with request.app.state.deadlines.kept():
                viewer = await identify(bearer_token(request), services)
                if isinstance(viewer, DomainError):
                    raise viewer
                viewer.require(Scope.TRAINING_READ)
                taken = await _taken(request, services, viewer)
                write = await prepare(services, viewer, taken)
            content = await (await services.aget(Computing)).run(write, of=viewer.athlete_id)
    except (CourseWithoutPositions, NothingLeftToRun) as wrong:
        return refusal(409, wrong.code, wrong.message)
    except DomainError as wrong:
        return plainly(RequestRefused.of(wrong))
    named = {"content-disposition": content_disposition(shown, taken.course.name, suffix)}
    return Response(content, media_type=media_type, headers={**HEADERS, **headers, **named})


async def _taken(request: Request, services: Container, viewer: Viewer) -> PlanToTake:
    plan_id = id_of("ThrottlePlan", request.path_params["id"])
    if plan_id is None:
        raise ThrottlePlanNotFound
    plans = await services.aget(ThrottlePlanRepository)
    return PlanToTake(*await plans.to_replan(ThrottlePlanId(plan_id), viewer))


PLAN_ROUTES = [
    Route("/throttle-plans/{id}.pdf", pdf, methods=["GET"]),
    Route("/throttle-plans/{id}.gpx", gpx, methods=["GET"]),
    Route("/throttle-plans/{id}.fit", fit, methods=["GET"]),
    Route("/throttle-plans/{id}.svg", svg, methods=["GET"]),
]
