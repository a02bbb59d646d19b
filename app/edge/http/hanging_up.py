"""A client that has hung up, or does not say what it wants: its request ends, and the operation with it."""

import asyncio
from contextlib import suppress
from types import TracebackType

from starlette.types import Message, Receive

from app.edge.refusals import RequestRefused

LOOK_EVERY_S = 0.05
BODY_S = 30.0
LINGER_S = 2.0


class ClientGone(Exception):
    """The client hung up before its request was there as a whole."""


class Attendant:
    """Looks after those requests that take their time: with one timer for all, and none while nothing is under way.

    Most requests are over before anybody looks, so that they cost next to nothing.
    """

    def __init__(self, every_s: float = LOOK_EVERY_S, body_s: float = BODY_S) -> None:
        self._every_s, self.body_s = every_s, body_s
        self._new: set[Client] = set()
        self._older: set[Client] = set()
        self._looking = False

    def attend(self, client: "Client") -> None:
        """Look at a request when it takes longer than most."""
        self._new.add(client)
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(self._every_s, self._look)

    def leave(self, client: "Client") -> None:
        """It is over, or looked after."""
        self._new.discard(client)
        self._older.discard(client)

    def _look(self) -> None:
        late, self._older, self._new = self._older, self._new, set()
        for client in late:
            client.look()
        self._looking = bool(self._older)
        if self._looking:
            asyncio.get_running_loop().call_later(self._every_s, self._look)


class Client:
    """Whoever sent a request: when they hang up, the block around which this stands is cancelled, and left quietly."""

    __slots__ = (
        *("_answered", "_attendant", "_cancelled_before", "_gone", "_has_body"),
        *("_late", "_receive", "_task", "_watching"),
    )

    def __init__(self, receive: Receive, attendant: Attendant) -> None:
        self._receive, self._attendant = receive, attendant
        self._has_body = self._gone = self._late = self._answered = False
        self._watching: asyncio.Task[None] | asyncio.TimerHandle | None = None

    async def __aenter__(self) -> "Client":
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelled_before = task, task.cancelling()
        self._attendant.attend(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._attendant.leave(self)
        if self._watching is not None:
            self._watching.cancel()
            if isinstance(self._watching, asyncio.Task):
                await asyncio.wait({self._watching})
        # Somebody else may have cancelled too (the server, at its end): that goes on.
        ours = (self._gone or self._late) and self._task.uncancel() <= self._cancelled_before
        if not ours or kind is not asyncio.CancelledError:
            return False
        if self._late:
            told = f"The body of this request did not come within {self._attendant.body_s:g} s. Send it again."
            late = RequestRefused.because(told, status=408)
            late.headers["connection"] = "close"  # or the rest of it may go on coming for ever
            raise late from None
        return True

    async def body(self) -> bytes:
        """The whole body of the request; raises ClientGone."""
        message = await self._receive()
        body = _part(message)
        if message.get("more_body"):
            parts = [body]
            while message.get("more_body"):
                message = await self._receive()
                parts.append(_part(message))
            body = b"".join(parts)
        self._has_body = True
        if self._watching is not None:
            self.watch()
        return body

    async def discard(self, most_bytes: int) -> None:
        """Read on for a moment, and keep nothing: a client that is still sending would not see its answer."""
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout(LINGER_S):
                while most_bytes > 0:
                    message = await self._receive()
                    most_bytes -= len(_part(message))
                    if not message.get("more_body"):
                        return

    def look(self) -> None:
        """The request takes its time: so may the client."""
        if self._has_body:
            self.watch()
        else:
            self._watching = asyncio.get_running_loop().call_later(self._attendant.body_s, self._give_up)

    def leave_alone(self) -> None:
        """Somebody else reads the body, and may take long for it; `watch` says when it is there."""
        self._stop_waiting()

    def watch(self) -> None:
        """Notice from now on that the client hangs up; there is nothing more to read."""
        self._stop_waiting()
        if self._watching is None:
            self._watching = asyncio.get_running_loop().create_task(self._watch())

    def answered(self) -> None:
        """The last word of the answer is on its way: servers say from then on that the client has gone."""
        self._answered = True

    def _stop_waiting(self) -> None:
        """The body is no longer waited for here: a timer that went on would end what has nothing to do with it."""
        self._attendant.leave(self)
        if self._watching is not None and not isinstance(self._watching, asyncio.Task):
            self._watching.cancel()
            self._watching = None

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._answered:
            self._gone = True
            self._task.cancel()

    def _give_up(self) -> None:
        self._late = True
        self._task.cancel()


def _part(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    return body
