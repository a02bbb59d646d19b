"""Serving until somebody stops it, and looking after the processes beside it."""

import asyncio
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
import uvicorn

from app.main import create_app
from configuration.settings import Settings
from domain.shared.errors import OperatorError

log = structlog.get_logger("cairn.serving")
LOOK_AFTER_S = 0.5
GRACE_S = 5
LONGEST_PAUSE_S = 30.0
SERVER_NOTE = "server.json"


class CannotServe(OperatorError):
    """The server cannot start here; the text is one line that says why and what to do."""


class Servers(Protocol):
    """The database and Redis that Cairn brings along."""

    def fallen(self) -> list[str]:
        """Those that ended though nobody stopped them."""
        ...

    def revive(self) -> None:
        """Start them again."""
        ...


class Worker(Protocol):
    """A worker process beside this one."""

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        ...

    def stop(self) -> None:
        """End it in good order."""
        ...


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything is started. Raises CannotServe."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as refusal:
        listening.close()
        if refusal.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"Port {port} on {host} is taken by another program. Stop that, or choose another port with --port."
            ) from None
        raise CannotServe(
            f"Cannot listen on {host} port {port}: {os.strerror(refusal.errno) if refusal.errno else refusal}. "
            "Choose others with --host and --port."
        ) from None
    return listening


def serve(
    settings: Settings, listening: socket.socket, servers: Servers | None, spawn_worker: Callable[[], Worker] | None
) -> None:
    """Serve on the bound socket until SIGINT or SIGTERM; the worker and the embedded servers are kept alive."""
    host, port = listening.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    config = uvicorn.Config(
        create_app(settings),
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    companion = _Companion(spawn_worker)
    try:
        asyncio.run(_serve(_AnnouncedServer(config, url, settings), listening, servers, companion))
    except KeyboardInterrupt:
        pass  # uvicorn has ended in good order by now, and raises the signal again
    finally:
        companion.stop()
        (settings.data_folder / SERVER_NOTE).unlink(missing_ok=True)


def running_url(data_folder: Path) -> str | None:
    """Where the Cairn of a data folder answers, as it noted itself; None when it left no note."""
    try:
        return str(json.loads((data_folder / SERVER_NOTE).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return None


class _Companion:
    """The worker, started again when it ends by itself; after many such ends in a row, more slowly."""

    def __init__(self, spawn: Callable[[], Worker] | None) -> None:
        self._spawn, self._worker = spawn, spawn() if spawn else None
        self._pause_s = LOOK_AFTER_S

    async def look_after(self) -> None:
        """One look."""
        if self._spawn is None or self._worker is None or self._worker.running:
            self._pause_s = LOOK_AFTER_S
            return
        log.warning("the worker ended and is started again")
        await asyncio.sleep(self._pause_s)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._worker = self._spawn()

    def stop(self) -> None:
        """End it in good order."""
        if self._worker is not None:
            self._worker.stop()


async def _serve(
    server: uvicorn.Server, listening: socket.socket, servers: Servers | None, companion: _Companion
) -> None:
    looking = asyncio.create_task(_look_after(servers, companion))
    try:
        await server.serve(sockets=[listening])
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
    if not server.started:
        raise CannotServe("The server did not start; the lines above say why.")


async def _look_after(servers: Servers | None, companion: _Companion) -> None:
    while True:
        await asyncio.sleep(LOOK_AFTER_S)
        await companion.look_after()
        if servers is not None and (fallen := servers.fallen()):
            log.warning("a server ended and is started again", servers=fallen)
            servers.revive()  # from the main thread, or it would end with the thread that started it


class _AnnouncedServer(uvicorn.Server):
    """Says in plain words what runs, once it does."""

    def __init__(self, config: uvicorn.Config, url: str, settings: Settings) -> None:
        super().__init__(config)
        self._url, self._settings = url, settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the server as soon as it answers."""
        await super().startup(sockets)
        if self.should_exit:
            return
        folder = self._settings.data_folder
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / SERVER_NOTE).write_text(json.dumps({"url": self._url}), encoding="utf-8")
        print(_announcement(self._url, self._settings), file=sys.stdout, flush=True)


def _announcement(url: str, settings: Settings) -> str:
    lines = ["Cairn is ready.", ""]
    if settings.graphiql:
        lines.append(f"  Open in a browser:  {url}/graphql")
    else:
        lines.append(f"  GraphQL answers at: {url}/graphql")
    lines += [f"  Your data lie in:   {settings.data_folder}", "  Import runs with:   cairn import FILES", ""]
    return "\n".join([*lines, "Ctrl-C stops everything; the data stay."])
