"""One HTTP request and its answer, in plain ASGI messages: nothing stands between the two that need not."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import Scope, Send

from app.edge.engine import Engine
from app.edge.http.forgery import Head
from app.edge.http.hanging_up import Client
from app.edge.http.negotiation import GRAPHQL_JSON, JSON, Accepted
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from domain.shared.viewer import Viewer

CONTENT_TYPES = {kind: f"{kind}; charset=utf-8".encode() for kind in (JSON, GRAPHQL_JSON, "text/plain")}
# An answer to a GET is somebody's own: nobody keeps it, and no browser takes it for something else than it says.
OF_A_GET = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(slots=True)
class Exchange:
    """A request, and the means to answer it."""

    scope: Scope
    client: Client
    send: Send
    head: Head
    accepted: Accepted
    request_id: str

    @property
    def method(self) -> str:
        """GET, POST and so on."""
        method: str = self.scope["method"]
        return method

    @property
    def caller(self) -> Caller:
        """Whoever asks."""
        return Caller(HTTPConnection(self.scope))

    async def viewer(self, engine: Engine) -> Viewer:
        """Whoever asks, who must be known; raises RequestRefused."""
        who = await engine.identify(self.caller)
        if isinstance(who, Viewer):
            return who
        raise RequestRefused.of(who)

    async def answer(self, body: bytes, *, status: int = 200, kind: str | None = None, headers: Headers = ()) -> None:
        """Answer with JSON of the kind that is liked, or with `kind`."""
        content_type = CONTENT_TYPES[kind or self.accepted.json or JSON]
        length = str(len(body)).encode()
        always = OF_A_GET if self.method == "GET" else ()
        sent = [(b"content-type", content_type), (b"content-length", length), *always, *headers]
        await self.send({"type": "http.response.start", "status": status, "headers": sent})
        self.client.answered()
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refused: RequestRefused) -> None:
        """Answer with a refusal, whether JSON is taken or not: there is nothing better."""
        headers = [(name.lower().encode(), value.encode()) for name, value in refused.headers.items()]
        await self.answer(refused.body(self.request_id), status=refused.status, headers=headers)

    async def refuse_document(self, refused: RequestRefused) -> None:
        """Answer with what is wrong with the document or its variables: see Accepted.lenient."""
        if self.accepted.lenient and refused.status == 400:
            await self.answer(refused.body(self.request_id))
        else:
            await self.refuse(refused)
