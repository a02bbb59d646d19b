"""Where phones tell their positions: under a tracker's key, or under a topic's name with a token."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from svcs import Container

from app.edge.http.plain_refusals import plainly
from app.edge.refusals import RequestRefused
from app.events.bulk_body import BulkBody, ClientGone, Stalled
from app.events.osmand import osmand_position, traccar_position
from app.events.owntracks import owntracks_position
from app.events.trackers import record_position
from app.events.use_cases import topic_to_publish_to
from app.security import bearer_token, identify
from domain.events.checks import EventRefused, check_name
from domain.events.model import LONGEST_SOURCE, TopicId
from domain.events.ports import EventIntake, TopicRepository, TrackerRepository
from domain.events.positions import Position
from domain.events.trackers import hash_of_key
from domain.shared.errors import DomainError, TooLarge, UserError
from domain.shared.ports import Clock

MOST_BYTES = 64_000
NO_SOURCE = "Say whose position this is: put ?source= and a name behind the address."

Sender = Callable[[Request, Container], Awaitable[tuple[TopicId, str]]]
Reading = Callable[[Request, bytes], Position | None]


def _endpoint(sender: Sender, read: Reading, answer: str) -> Callable[[Request], Awaitable[Response]]:
    """A route's function: whose position it is, how it is read, and what the app wants to hear."""

    async def endpoint(request: Request) -> Response:
        if request.method == "HEAD":  # which Starlette takes for a GET; but whoever only looks publishes nothing
            raise HTTPException(405, headers={"Allow": "GET, POST"})
        async with (
            Container(request.app.state.registry) as services,
            BulkBody(request.receive, request.app.state.open_bodies) as body,
        ):
            try:
                with request.app.state.deadlines.kept():
                    topic_id, source = await sender(request, services)
                position = read(request, await _whole(body))
                with request.app.state.deadlines.kept():
                    ignored = await _ignored(position, source, topic_id, services)
            except ClientGone:
                return Response()  # which nobody reads
            except Stalled:
                return plainly(RequestRefused.because("The position did not come.", status=408), connection="close")
            except UserError as wrong:
                status = {"NOT_FOUND": 404, "TOO_LARGE": 413}.get(wrong.code, 400)
                return plainly(RequestRefused.because(wrong.message, code=wrong.code, status=status))
            except DomainError as wrong:
                return plainly(RequestRefused.of(wrong))
        headers = {"x-cairn-ignored": ignored} if ignored else {}
        return Response(answer, headers=headers, media_type="application/json")

    return endpoint


async def _ignored(position: Position | None, source: str, topic_id: TopicId, services: Container) -> str | None:
    """Store a position, and say why one was not. That is no error: an app would send it again for ever, and nothing
    after it."""
    if position is None:
        return "This message tells no position."
    intake, clock = await services.aget(EventIntake, Clock)
    try:
        await record_position(position, source, topic_id=topic_id, intake=intake, clock=clock)
    except EventRefused as refused:
        return refused.message
    return None


async def _by_key(request: Request, services: Container) -> tuple[TopicId, str]:
    """By the key in the address."""
    key_hash = hash_of_key(request.path_params["key"])
    tracker = await (await services.aget(TrackerRepository)).by_key(key_hash)
    return tracker.topic_id, tracker.source


async def _by_token(request: Request, services: Container) -> tuple[TopicId, str]:
    """By a token: as a bearer, or as the password that apps have a field for."""
    viewer = await identify(bearer_token(request) or _password(request), services)
    if isinstance(viewer, DomainError):
        raise viewer
    topic = await topic_to_publish_to(request.path_params["name"], viewer, await services.aget(TopicRepository))
    source = request.query_params.get("source")
    if not source:
        raise EventRefused(NO_SOURCE, field=("source",))
    check_name(source, "source", LONGEST_SOURCE)
    return topic.id, source


def _password(request: Request) -> str | None:
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(packed, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None


async def _whole(body: BulkBody) -> bytes:
    pieces, size = [], 0
    async for piece in body.pieces():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise TooLarge(f"A position has at most {MOST_BYTES:,} bytes.")
    return b"".join(pieces)


def _owntracks(_request: Request, body: bytes) -> Position | None:
    return owntracks_position(body)


def _osmand(request: Request, body: bytes) -> Position | None:
    if request.headers.get("content-type", "").lower().startswith("application/json") and body:
        return traccar_position(body)
    form = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=100)) if body else {}
    return osmand_position({**request.query_params, **form})


TRACKER_ROUTES = [
    Route("/trackers/{key}/owntracks", _endpoint(_by_key, _owntracks, "[]"), methods=["POST"]),
    Route("/trackers/{key}/osmand", _endpoint(_by_key, _osmand, "{}"), methods=["GET", "POST"]),
    Route("/topics/{name}/owntracks", _endpoint(_by_token, _owntracks, "[]"), methods=["POST"]),
    Route("/topics/{name}/osmand", _endpoint(_by_token, _osmand, "{}"), methods=["GET", "POST"]),
]
