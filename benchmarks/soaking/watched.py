"""`cairn serve` as it is, and one more port on loopback that tells which asyncio tasks there are: for the soak."""

import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.applications import Starlette

from app import serving
from app.cli import main
from app.main import create_app
from configuration.settings import Settings


def create_watched(settings: Settings) -> Starlette:
    """Cairn, whose lifespan opens the other port too."""
    app = create_app(settings)
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def with_side_port(app: Starlette) -> AsyncIterator[Any]:
        side = await asyncio.start_server(_tell, "127.0.0.1", int(os.environ["SOAK_PORT"]))
        try:
            async with lifespan(app) as state:
                yield state
        finally:
            side.close()

    app.router.lifespan_context = with_side_port
    return app


async def _tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    gc.collect()
    own = asyncio.current_task()
    tasks = Counter(_name(task) for task in asyncio.all_tasks() if task is not own)
    writer.write(orjson.dumps({"tasks": tasks, "objects": len(gc.get_objects())}))
    writer.close()


def _name(task: asyncio.Task[Any]) -> str:
    """What it does, and what it waits for down below."""
    names: list[str] = []
    waiting: Any = task.get_coro()
    while waiting is not None:
        names.append(getattr(waiting, "__qualname__", type(waiting).__name__))
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)
    return " > ".join([names[0], *names[-3:]] if len(names) > 3 else names)


if __name__ == "__main__":
    serving.create_app = create_watched  # type: ignore[attr-defined]
    sys.exit(main())
