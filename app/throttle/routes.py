"""POST /api/v1/throttle/calculate_throttle_steps: the throttles of a game state, as older clients ask for them."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.plain_refusals import plainly
from app.edge.refusals import JSON, RequestRefused
from app.security import bearer_token, identify
from app.throttle import use_cases
from app.throttle.plain_state import in_snake_case, read_seed, read_state, read_strategy, solution_json, steps_json
from domain.shared.errors import DomainError
from domain.shared.ports import Computing, Ids
from domain.shared.viewer import Scope, Viewer
from domain.throttle.model import StateRefused
from domain.throttle.ports import Strategies

PATH = "/api/v1/throttle/calculate_throttle_steps"
BODY_S = 30
STALLED = "The game state did not come within 30 s."


async def calculate_throttle_steps(request: Request) -> Response:
    """The steps as a JSON list; what was found as a whole stands in the header `cairn-solution`, as JSON."""
    try:
        async with Container(request.app.state.registry) as services:
            return await _calculated(request, services, await _viewer(request, services))
    except ClientDisconnect:
        return Response()  # which nobody reads
    except TimeoutError:
        return plainly(RequestRefused.because(STALLED, status=408), connection="close")
    except StateRefused as refused:
        wrong = in_snake_case(refused)
        path = ".".join(wrong.field or ())
        return plainly(RequestRefused.because(wrong.message, code=wrong.code, field=path))
    except DomainError as wrong:
        return plainly(RequestRefused.of(wrong))


async def _viewer(request: Request, services: Container) -> Viewer:
    with request.app.state.deadlines.kept():
        viewer = await identify(bearer_token(request), services)
    if isinstance(viewer, DomainError):
        raise viewer
    viewer.require(Scope.TRAINING_READ)
    return viewer


async def _calculated(request: Request, services: Container, viewer: Viewer) -> Response:
    strategy = read_strategy(request.query_params.get("strategy"))
    seed = read_seed(request.query_params.get("seed"))
    async with asyncio.timeout(BODY_S):
        state = read_state(await request.body())
    strategies, computing, ids = await services.aget(Strategies, Computing, Ids)
    solution = await use_cases.calculate_throttle_steps(
        state, strategy, seed, viewer=viewer, strategies=strategies, computing=computing, ids=ids
    )
    headers = {"cairn-solution": solution_json(solution)}
    return Response(steps_json(solution, state.goal), headers=headers, media_type=JSON)


THROTTLE_ROUTES = [Route(PATH, calculate_throttle_steps, methods=["POST"])]
