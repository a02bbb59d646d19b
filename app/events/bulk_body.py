"""The body of a bulk request as it comes: in pieces, unpacked if it is packed, and never in memory as a whole."""

import asyncio
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any, Self

from starlette.types import Message, Receive

from domain.shared.errors import Invalid, Unavailable

QUIET_S = 0.2  # after such a pause, what has come is stored before more comes
STALLED_S = 30.0
LINGER_S, LINGER_PAUSE_S, LINGER_BYTES = 10.0, 2.0, 8_000_000
UNPACKED_BYTES = 65_536  # at a time, however small it was packed
PADDING = b"\0"  # which tools put behind the end
GZIP = 31  # zlib's word for a gzip header and trailer around the data


class ClientGone(Exception):
    """Whoever sent the body hung up before its end."""


class Stalled(Exception):
    """Nothing came for a long time, though the body is not at its end."""


class BrokenGzip(Invalid):
    """What was announced as gzip is none, or not all of it."""


class ServerStops(Unavailable):
    """The server comes to its end before the body does."""

    def __init__(self) -> None:
        super().__init__("The server is being stopped or restarted.")


class OpenBodies:
    """The bodies that are coming in, which would hold up the end of the server, and be cut off by it."""

    def __init__(self) -> None:
        self._open: set[BulkBody] = set()
        self._stopping = False

    def begin(self, body: "BulkBody") -> None:
        """Know of a body until it ends."""
        self._open.add(body)
        if self._stopping:
            body.stop()

    def end(self, body: "BulkBody") -> None:
        """It needs no stopping any more."""
        self._open.discard(body)

    def stop(self) -> None:
        """End all of them where they are, each with a word to its sender."""
        self._stopping = True
        for body in self._open:
            body.stop()


class BulkBody:
    """One request's body; `among` is told of it while it is open."""

    def __init__(
        self,
        receive: Receive,
        among: OpenBodies,
        *,
        quiet_s: float = QUIET_S,
        stalled_s: float = STALLED_S,
        linger_s: float = LINGER_S,
    ) -> None:
        self._receive, self._among = receive, among
        self._quiet_s, self._stalled_s, self._linger_s = quiet_s, stalled_s, linger_s
        self._coming: asyncio.Task[Message] | None = None
        self._stopped = asyncio.get_running_loop().create_future()
        self._ended = False

    async def pieces(self) -> AsyncGenerator[bytes]:
        """What comes, piece by piece, and an empty one after a short pause. Raises ClientGone, Stalled, ServerStops."""
        while not self._ended:
            if self._stopped.done():
                raise ServerStops
            if not await self._comes_within(self._quiet_s):
                yield b""
                if not await self._comes_within(self._stalled_s):
                    raise ServerStops if self._stopped.done() else Stalled
            if piece := self._next():
                yield piece

    async def unpacked(self) -> AsyncGenerator[bytes]:
        """`pieces`, unpacked: of one gzip member or several. Raises BrokenGzip too."""
        unpacking = zlib.decompressobj(GZIP)
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                if not piece:
                    yield piece
                left = piece
                while left:
                    if part := _unpack(unpacking, left):
                        yield part
                    left = unpacking.unconsumed_tail
                    if unpacking.eof and (left := unpacking.unused_data.lstrip(PADDING)):
                        unpacking = zlib.decompressobj(GZIP)
                    await asyncio.sleep(0)  # a little that is packed can be much: others are to have their turn
        while part := b"" if unpacking.eof else _unpack(unpacking, b""):
            yield part
        if not unpacking.eof:
            raise BrokenGzip("The gzip data end in the middle. Was the file cut off?")

    async def discard(self) -> None:
        """Read on for a moment, and keep nothing: a client that is still sending would not see its answer."""
        size = 0
        with suppress(ClientGone, TimeoutError):
            async with asyncio.timeout(self._linger_s):  # for all of it: it may come byte by byte
                while not self._ended and size < LINGER_BYTES and await self._comes_within(LINGER_PAUSE_S):
                    size += len(self._next())

    def stop(self) -> None:
        """Wait for nothing more."""
        if not self._stopped.done():
            self._stopped.set_result(None)

    async def __aenter__(self) -> Self:
        self._among.begin(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._among.end(self)
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})

    async def _comes_within(self, seconds: float) -> bool:
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._receive())
        waiting: set[asyncio.Future[Any]] = {self._coming, self._stopped}
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return self._coming.done()

    def _next(self) -> bytes:
        assert self._coming is not None
        message, self._coming = self._coming.result(), None
        if message["type"] == "http.disconnect":
            self._ended = True
            raise ClientGone
        self._ended = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


def _unpack(unpacking: "zlib._Decompress", piece: bytes) -> bytes:
    try:
        return unpacking.decompress(piece, UNPACKED_BYTES)
    except zlib.error:
        raise BrokenGzip("This is no gzip, or it is damaged here. Pack it again, or send it unpacked.") from None
