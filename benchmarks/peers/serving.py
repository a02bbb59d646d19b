"""How Cairn serves, for the other Python servers: the same loop, parser and settings, on loopback."""

import os
from uuid import UUID

import uvicorn
from starlette.applications import Starlette

ATHLETE = UUID(os.environ["PEER_ATHLETE"]) if "PEER_ATHLETE" in os.environ else UUID(int=0)


def serve(app: Starlette) -> None:
    """Serve until a signal ends it."""
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PEER_PORT"]), log_config=None, access_log=False, server_header=False
    )
