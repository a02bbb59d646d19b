"""What plain HTTP serves of a run: the file it came from, as it came, and its pictures."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.plain_refusals import plainly
from app.edge.refusals import RequestRefused
from app.runs.pictures import PICTURE_ROUTES
from app.security import bearer_token, identify
from domain.runs.imports import UploadedFile
from domain.runs.model import RunId, RunNotFound
from domain.runs.ports import RunRepository
from domain.shared.errors import DomainError
from domain.shared.node_ids import id_of
from domain.shared.viewer import Scope


async def original(request: Request) -> Response:
    """GET /runs/{id}/original: the recording as it was uploaded."""
    try:
        with request.app.state.deadlines.kept():
            file = await _original(request)
    except DomainError as wrong:
        return plainly(RequestRefused.of(wrong))
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(file.content, media_type="application/octet-stream", headers=headers)


async def _original(request: Request) -> UploadedFile:
    async with Container(request.app.state.registry) as services:
        viewer = await identify(bearer_token(request), services)
        if isinstance(viewer, DomainError):
            raise viewer
        viewer.require(Scope.TRAINING_READ)
        run_id = id_of("Run", request.path_params["id"])
        runs = await services.aget(RunRepository)
        file = None if run_id is None else await runs.original(RunId(run_id), viewer)
    if file is None:
        raise RunNotFound
    return file


RUN_ROUTES = [Route("/runs/{id}/original", original, methods=["GET"]), *PICTURE_ROUTES]
