"""Follows a job over a WebSocket to its end: .venv/bin/python testing_payloads/watch_job.py JOB_ID

URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one. The protocol is
graphql-transport-ws, which most GraphQL clients speak by themselves.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

HERE = Path(__file__).parent
PROTOCOL = Subprotocol("graphql-transport-ws")


def token() -> str:
    if given := os.environ.get("TOKEN"):
        return given
    cairn = Path(sys.executable).with_name("cairn")
    return subprocess.run([cairn, "token", "--as", "runner"], check=True, capture_output=True, text=True).stdout.strip()


async def watch(job_id: str) -> None:
    """Print the job at every change; the server completes the subscription when the job has ended."""
    url = os.environ.get("URL", "http://127.0.0.1:8080").replace("http", "ws", 1)
    async with connect(f"{url}/graphql", subprotocols=[PROTOCOL]) as socket:

        async def send(**message: Any) -> None:
            await socket.send(json.dumps(message))

        await send(type="connection_init", payload={"Authorization": f"Bearer {token()}"})
        async for frame in socket:
            message = json.loads(frame)
            match message["type"]:
                case "connection_ack":
                    query = (HERE / "watch_job.graphql").read_text(encoding="utf-8")
                    await send(id="1", type="subscribe", payload={"query": query, "variables": {"id": job_id}})
                case "next":
                    show(message["payload"])
                case "ping":
                    await send(type="pong")
                case "error":
                    sys.exit(message["payload"][0]["message"])
                case "complete":
                    return


def show(payload: dict[str, Any]) -> None:
    if errors := payload.get("errors"):
        sys.exit(errors[0]["message"])
    job = payload["data"]["job"]
    print(f"{job['status']:<14} {job['progress']:>4.0%}  {job['message'] or ''}", flush=True)
    if job["status"] not in ("QUEUED", "RUNNING"):
        for item in job["items"]:
            print(f"  {item['status']}  {item['fileName']}  {item['message'] or ''}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: watch_job.py JOB_ID")
    asyncio.run(watch(sys.argv[1]))
