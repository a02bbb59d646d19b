"""A way to PostgreSQL that can be cut, and on which the answer to a statement can get lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from tests.conftest import a_data_folder

SOCKET = ".s.PGSQL.5432"
COMMIT = b"COMMIT;\0"
PIECE = 65_536


@dataclass
class Way:
    """Clients at `url` reach the server while the way is whole."""

    url: str
    _server: str
    is_cut: bool = False
    lost: int = 0
    _losing: bytes | None = None
    _passed_first: int = 0
    _open: set[asyncio.WriteTransport] = field(default_factory=set)

    def cut(self) -> None:
        """Hang up on everybody, and on whoever comes."""
        self.is_cut = True
        for transport in list(self._open):
            transport.abort()

    def mend(self) -> None:
        """Let them pass again."""
        self.is_cut = False

    def lose_answer(self, to: bytes = COMMIT, *, nth: int = 1) -> None:
        """Once: hang up when the server has done what the nth message with `to` in it asks for, and tell nobody."""
        self._losing, self._passed_first = to, nth - 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        if self.is_cut:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_unix_connection(self._server)
        ends = {writer.transport, to_writer.transport}
        self._open |= ends
        losing = asyncio.Event()
        passing = [
            asyncio.create_task(self._pass(reader, to_writer, losing, from_client=True)),
            asyncio.create_task(self._pass(to_reader, writer, losing, from_client=False)),
        ]
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for transport in ends:
                transport.abort()
            self._open -= ends
            await asyncio.gather(*passing, return_exceptions=True)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event, *, from_client: bool
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if from_client and self._is_to_lose(piece):
                    losing.set()
                elif not from_client and losing.is_set():
                    self.lost += 1
                    return
                writer.write(piece)
                await writer.drain()

    def _is_to_lose(self, piece: bytes) -> bool:
        if self._losing is None or self._losing not in piece:
            return False
        self._passed_first -= 1
        if self._passed_first >= 0:
            return False
        self._losing = None
        return True


@asynccontextmanager
async def a_way(database_url: str) -> AsyncIterator[Way]:
    """A way to a server on a socket of this machine."""
    address = urlsplit(database_url)
    (there,) = parse_qs(address.query)["host"]
    with a_data_folder() as folder:
        way = Way(address._replace(query=f"host={quote(str(folder))}").geturl(), str(Path(there) / SOCKET))
        listening = await asyncio.start_unix_server(way.serve, folder / SOCKET)
        try:
            yield way
        finally:
            way.cut()
            listening.close()
            await listening.wait_closed()
