"""POST /topics/{name}/events: any number of events as lines of JSON, stored while they come."""

from contextlib import aclosing

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.plain_refusals import plainly, refusal
from app.edge.refusals import JSON, RequestRefused
from app.events.bulk import Tally, take_lines
from app.events.bulk_body import BulkBody, ClientGone, Stalled
from app.events.tracker_routes import TRACKER_ROUTES
from app.events.use_cases import topic_to_publish_to
from app.security import bearer_token, identify
from domain.events.model import Topic, TopicId
from domain.events.ports import EventIntake, EventLog, TopicRepository
from domain.shared.errors import BadUserInput, DomainError, Unavailable, Unsupported, UserError
from domain.shared.ports import Clock
from domain.shared.viewer import Viewer

PATH = "/topics/{name}/events"
AGAIN = "Send all of it again: what is there already is counted as duplicate."
STALLED = "Nothing more came for 30 s. What is counted here is stored."
HOW = (
    "Events are sent here with POST, one JSON object a line, and a bearer token. To read them, ask /graphql for "
    "`topic(name:) { events }`, or subscribe to `events`."
)
NO_LINES = "This is a form. Send the lines as the body itself, as in: curl --data-binary @events.ndjson"
NOT_UNPACKED = "Send the lines as they are, or packed with `Content-Encoding: gzip`."


async def publish_lines(request: Request) -> Response:
    """Take the events of a request's body, whatever its length, and tell what became of them."""
    async with (
        Container(request.app.state.registry) as services,
        BulkBody(request.receive, request.app.state.open_bodies) as body,
    ):
        try:
            with request.app.state.deadlines.kept():
                viewer, topic = await _publisher(request, services)
            packed = _is_packed(request)
        except DomainError as wrong:
            return await _refused(wrong, request, body)
        return await _taken(body, services, viewer=viewer, topic=topic, packed=packed)


async def publish_with_post(_request: Request) -> Response:
    """Any other method: how it is done."""
    return refusal(405, BadUserInput.code, HOW, allow="POST")


async def _publisher(request: Request, services: Container) -> tuple[Viewer, Topic]:
    """Who is publishing, and to what: told from the head of the request, before its body is read."""
    viewer = await identify(bearer_token(request), services)
    if isinstance(viewer, DomainError):
        raise viewer
    return viewer, await topic_to_publish_to(request.path_params["name"], viewer, await services.aget(TopicRepository))


def _is_packed(request: Request) -> bool:
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise Unsupported(NO_LINES)
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("gzip", "x-gzip", "identity"):
        raise Unsupported(NOT_UNPACKED)
    return packing != "identity"


async def _taken(body: BulkBody, services: Container, *, viewer: Viewer, topic: Topic, packed: bool) -> Response:
    intake, log, clock = await services.aget(EventIntake, EventLog, Clock)
    tally, failure = Tally(), None
    try:
        async with aclosing(body.unpacked() if packed else body.pieces()) as pieces:
            await take_lines(pieces, tally, topic_id=topic.id, viewer=viewer, intake=intake, clock=clock)
    except ClientGone:
        return Response()  # which nobody reads
    except Stalled:
        failure = RequestRefused.because(STALLED, status=408)
    except Unavailable as away:
        failure = RequestRefused.of(Unavailable(f"{away.message} {AGAIN}", retry_after_ms=away.retry_after_ms))
    except UserError as wrong:
        failure = RequestRefused.because(wrong.message, code=wrong.code)
    except DomainError as wrong:
        failure = RequestRefused.of(wrong)
    if failure is not None:
        await body.discard()
    known = tally.taken.head or None
    is_away = failure is not None and failure.status == 503  # whoever waited once need not wait again
    return _told(tally, failure, known if known or is_away else await _head(topic.id, log))


async def _head(topic_id: TopicId, log: EventLog) -> int | None:
    try:
        return (await log.bounds([topic_id]))[topic_id].head
    except Unavailable:
        return None


def _told(tally: Tally, failure: RequestRefused | None, head: int | None) -> Response:
    """The counts of all that is stored for good; where the request did not come to its end, the failure with them."""
    answer = {
        "received": tally.received,
        "accepted": tally.taken.accepted,
        "duplicates": tally.taken.duplicates,
        "conflicting": tally.taken.conflicting,
        "malformed": tally.malformed,
        "errors": [{"line": number, "reason": reason} for number, reason in tally.reasons],
        "headOffset": None if head is None else str(head),
    }
    status = 400 if tally.malformed and tally.malformed == tally.received else 200
    headers = {}
    if failure is not None:
        error = failure.errors[0]
        answer["failure"] = {"message": error["message"], **error["extensions"]}
        status, headers = failure.status, {**failure.headers, "connection": "close"}
    return Response(orjson.dumps(answer), status_code=status, headers=headers, media_type=JSON)


async def _refused(wrong: DomainError, request: Request, body: BulkBody) -> Response:
    if "expect" not in request.headers:  # or the client would be asked to go on
        await body.discard()
    refused = RequestRefused.of(wrong)
    if isinstance(wrong, Unsupported):
        refused.status = 415
        refused.headers["accept-encoding"] = "gzip"
    return plainly(refused, connection="close")


def is_bulk(path: str) -> bool:
    """Whether a path takes bodies of any length."""
    return path.startswith("/topics/") and path.endswith("/events")


EVENT_ROUTES = [
    Route(PATH, publish_lines, methods=["POST"]),
    Route(PATH, publish_with_post, methods=["GET", "PUT", "PATCH", "DELETE"]),
    *TRACKER_ROUTES,
]
