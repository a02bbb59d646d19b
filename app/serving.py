"""Serving until somebody stops it: the port first, then the application, then a word on where to find it."""

import asyncio
import contextlib
import errno
import gc
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn
import uvloop

from app.companions import KeptServers, KeptWorker, Servers, Worker, look_after
from app.edge.sockets.direct import DirectSockets
from app.guarded_http import GuardedHttp
from app.main import create_app, end_streams
from configuration.settings import Settings
from domain.shared.errors import OperatorError

GRACE_S = 5
BACKLOG = 2048
SERVER_NOTE = "server.json"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - names of it, nothing is bound here


class CannotServe(OperatorError):
    """The server cannot start here; the text is one line that says why and what to do."""


@dataclass(frozen=True)
class Announcement:
    """What is told once the server answers: to other commands in a note, to whoever started it in words."""

    url: str
    note: Path
    words: str

    def make(self) -> None:
        """Write the note, say the words."""
        with contextlib.suppress(OSError):  # Cairn may serve from a folder that it may not write to
            self.note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            note = {"url": self.url, "process": os.getpid(), "began": _beginning_of(os.getpid())}
            self.note.write_text(json.dumps(note), encoding="utf-8")
        with contextlib.suppress(BrokenPipeError):
            print(self.words, flush=True)


@contextlib.contextmanager
def ending_in_good_order() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal all end the block as KeyboardInterrupt; what is cleaned up then is not
    interrupted again."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        _ignore_endings()
        raise KeyboardInterrupt

    _on_endings(end)
    with contextlib.suppress(KeyboardInterrupt):
        yield


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything is started. Raises CannotServe."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Or the second part of an answer waits until the client has said that it got the first, which it puts off.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)  # a port that is bound only can be taken by a second Cairn too
    except OSError as refusal:
        listening.close()
        raise _cannot_listen(host, port, refusal) from None
    return listening


def serve(
    settings: Settings,
    listening: socket.socket,
    servers: Servers | None,
    spawn_worker: Callable[[], Worker] | None,
    *,
    import_command: str = "cairn import",
) -> None:
    """Serve on the bound socket until a signal ends it; the worker and the embedded servers are kept alive.

    `import_command` is what a runner types to import runs from where they are.
    """
    host, port = listening.getsockname()[:2]
    shown = EVERYWHERE.get(host, host)
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    kept_servers = [KeptServers(servers)] if servers else []
    kept_worker = [KeptWorker(spawn_worker)] if spawn_worker else []
    note = settings.data_folder / SERVER_NOTE
    words = _announcement(url, settings, import_command, what_is_kept="data" if servers else "keys")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            announcement = Announcement(url, note, words)
            runner.run(_serve(settings, listening, announcement, [*kept_servers, *kept_worker]))
    finally:
        for worker in kept_worker:
            worker.stop()
        _forget(note)


def running_url(data_folder: Path) -> str | None:
    """Where the Cairn of a data folder answers, as it noted itself; None when none runs.

    A note outlives a Cairn that was killed, and somebody else may have its port by now: they must get no token.
    """
    try:
        note = json.loads((data_folder / SERVER_NOTE).read_text(encoding="utf-8"))
        process = int(note["process"])
        return str(note["url"]) if _runs(process) and note["began"] == _beginning_of(process) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def _serve(
    settings: Settings, listening: socket.socket, announcement: Announcement, kept: list[KeptServers | KeptWorker]
) -> None:
    app = create_app(settings)
    # Entered here and not by uvicorn, which would tell a refusal as a traceback and then exit by itself.
    async with app.router.lifespan_context(app):
        gc.freeze()  # the schema and all code stay: nobody need look through them for garbage again
        looking = asyncio.create_task(look_after(*kept))
        config = uvicorn.Config(
            app,
            http=GuardedHttp,
            ws=DirectSockets,
            ws_max_size=1_000_000,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody is believed for what a header says of where they are
            timeout_graceful_shutdown=GRACE_S,
        )
        try:
            await _AnnouncedServer(config, announcement, partial(end_streams, app)).serve(sockets=[listening])
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking


class _AnnouncedServer(uvicorn.Server):
    """Says in plain words what runs, once it does."""

    def __init__(self, config: uvicorn.Config, announcement: Announcement, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._announcement, self._end_streams = announcement, end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the server as soon as it answers."""
        await super().startup(sockets)
        if not self.should_exit:
            self._announcement.make()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would not end by itself, then wait for the rest."""
        self._end_streams()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal ends in good order, Ctrl-C once more at once.

        uvicorn's own raises the signal again at its end: SIGTERM would kill this process before it stops the others.
        """
        _on_endings(self.handle_exit)
        try:
            yield
        finally:
            _ignore_endings()


def _beginning_of(process: int) -> str | None:
    """When a process began, in the kernel's own count: a number that is used again is told apart by it."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # gone, or no Linux
        return None
    return told.rpartition(")")[2].split()[19]


def _forget(note: Path) -> None:
    """Take this process's own note back; another Cairn on the same folder keeps its."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(note.read_text(encoding="utf-8"))["process"] == os.getpid():
            note.unlink()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _on_endings(end: Callable[[int, FrameType | None], None]) -> None:
    for ending in ENDINGS:
        if ending != signal.SIGHUP or signal.getsignal(ending) is not signal.SIG_IGN:  # nohup: go on without a terminal
            signal.signal(ending, end)


def _ignore_endings() -> None:
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)


def _cannot_listen(host: str, port: int, refusal: OSError) -> CannotServe:
    if refusal.errno == errno.EADDRINUSE:
        return CannotServe(
            f"Port {port} on {host} is taken by another program. Stop that, or choose another port with --port."
        )
    if isinstance(refusal, socket.gaierror):
        return CannotServe(f"There is no address {host} to listen on. Choose another with --host.")
    why = os.strerror(refusal.errno) if refusal.errno else str(refusal)
    return CannotServe(f"Cannot listen on {host} port {port}: {why}. Choose others with --host and --port.")


def _announcement(url: str, settings: Settings, import_command: str, *, what_is_kept: str) -> str:
    page = "Open in a browser: " if settings.graphiql else "GraphQL answers at:"
    return "\n".join(
        [
            "Cairn is ready.",
            "",
            f"  {page} {url}/graphql",
            f"  Import runs with:   {import_command} FILES",
            f"  Your {what_is_kept} lie in:   {settings.data_folder}",
            "",
            "Ctrl-C stops everything; the data stay.",
        ]
    )
