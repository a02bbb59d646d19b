"""What is refused outside of GraphQL, by middleware and plain routes, told as JSON of the same shape."""

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.edge.operation import new_request_id
from app.edge.refusals import JSON, MASKED, PLAIN, RequestRefused
from domain.shared.errors import Forbidden

log = structlog.get_logger("cairn.http")
FOREIGN = "Pages of this origin may not ask here. CAIRN_CORS_ORIGINS names those that may."


def refusal(status: int, code: str, message: str, **headers: str) -> Response:
    """An error of the request as a whole, in the shape of a GraphQL answer."""
    return plainly(RequestRefused.because(message, code=code, status=status), **headers)


def plainly(refused: RequestRefused, **headers: str) -> Response:
    """A refusal as the answer of a plain route."""
    return _response(refused, new_request_id(), **{**refused.headers, **headers})


def plain_refusal(_request: Request, wrong: Exception) -> Response:
    """What no route answered, or answered with a fault; a bug is logged under the request's id."""
    status, request_id = getattr(wrong, "status_code", 500), new_request_id()
    message, code = PLAIN.get(status, (MASKED, "INTERNAL"))
    if status == 500:
        log.error("bug", request_id=request_id, exc_info=wrong)
    allowed = _allowed(wrong)
    if status == 405 and allowed:
        message = f"This address takes {' and '.join(allowed)}, and no other method."
    refused = RequestRefused.because(message, code=code, status=status)
    return _response(refused, request_id, **({"allow": ", ".join(allowed)} if allowed else {}))


def _allowed(wrong: Exception) -> list[str]:
    """The methods that a route takes: Starlette tells them in an order that is another at every start."""
    told = Headers(getattr(wrong, "headers", None)).get("allow", "")
    return sorted(method for method in told.split(", ") if method not in ("", "HEAD"))


class Cors(CORSMiddleware):
    """Starlette's, which says in JSON too that another origin is not allowed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at what a page of another origin asks; the others go by without a look."""
        if any(name == b"origin" for name, _ in scope.get("headers", ())):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """The answer to a browser that asks before it sends."""
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        kept = ("access-", "vary")
        headers = {name: value for name, value in answer.headers.items() if name.startswith(kept)}
        return refusal(answer.status_code, Forbidden.code, FOREIGN, **headers)


def _response(refused: RequestRefused, request_id: str, **headers: str) -> Response:
    return Response(refused.body(request_id), status_code=refused.status, headers=headers, media_type=JSON)
