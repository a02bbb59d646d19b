"""Pictures of a run: its profile along the way, and how it spreads over the efficiency zones."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.choices import choice
from app.edge.http.plain_refusals import plainly
from app.edge.refusals import RequestRefused
from app.security import bearer_token, identify
from domain.pictures.drawn_run import DrawnRun
from domain.pictures.look import Theme
from domain.pictures.ports import PictureRepository
from domain.pictures.profile_picture import profile_picture
from domain.pictures.zones_picture import zones_picture
from domain.runs.model import RunId, RunNotFound
from domain.shared.errors import DomainError
from domain.shared.node_ids import id_of
from domain.shared.viewer import Scope
from domain.zones.model import ZoneMethod

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",  # whatever a name does, it runs nothing
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
}

Draw = Callable[[DrawnRun, Theme | None], str]


async def profile(request: Request) -> Response:
    """GET /runs/{id}/profile.svg: altitude by zone, heart rate and grade-adjusted pace along the way."""
    return await _picture(request, profile_picture)


async def zones(request: Request) -> Response:
    """GET /runs/{id}/zones.svg: how much of the run lies in each zone, in all and by grade."""
    return await _picture(request, zones_picture)


async def _picture(request: Request, draw: Draw) -> Response:
    try:
        with request.app.state.deadlines.kept():
            run, theme = await _run_to_draw(request)
    except DomainError as wrong:
        return plainly(RequestRefused.of(wrong))
    # The longest run there may be takes a third of a second, in which others want to be answered too.
    drawn = await run_in_threadpool(draw, run, theme)
    return Response(drawn, media_type="image/svg+xml", headers=HEADERS)


async def _run_to_draw(request: Request) -> tuple[DrawnRun, Theme | None]:
    async with Container(request.app.state.registry) as services:
        viewer = await identify(bearer_token(request), services)
        if isinstance(viewer, DomainError):
            raise viewer
        viewer.require(Scope.TRAINING_READ)
        method = choice(request, "method", ZoneMethod) or ZoneMethod.NATIVE
        theme = choice(request, "theme", Theme)
        run_id = id_of("Run", request.path_params["id"])
        pictures = await services.aget(PictureRepository)
        run = None if run_id is None else await pictures.run_to_draw(RunId(run_id), viewer, method)
    if run is None:
        raise RunNotFound
    return run, theme


PICTURE_ROUTES = [
    Route("/runs/{id}/profile.svg", profile, methods=["GET"]),
    Route("/runs/{id}/zones.svg", zones, methods=["GET"]),
]
