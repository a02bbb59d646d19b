"""A race up some stairs, run before your eyes in ten seconds: .venv/bin/python testing_payloads/race_day.py TOPIC

It makes the topic TOPIC, sets a race on it, publishes what mats and a phone would, and shows the standings as they come
over a WebSocket: a read that comes late, one that is wrong and marked, one who gives up. URL says where Cairn answers,
TOKEN who asks; without a TOKEN, `cairn token` makes one.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

HERE = Path(__file__).parent
URL = os.environ.get("URL", "http://127.0.0.1:8080")
CREATE = "mutation($input: CreateTopicInput!) { createTopic(input: $input) { userErrors { code message } } }"
CHECKPOINTS = [("Door", 0.0), ("Landing", 8.0), ("Bell", 16.0), ("Roof", 24.0)]
NAMES = {"1": "Ada", "2": "Bo", "3": "Cy"}
# When somebody's chip was read: seconds after the start, and so many seconds later the read comes in.
READS = [
    ("1", "Landing", 1.6, 0.0),
    ("2", "Landing", 1.4, 3.0),
    ("3", "Landing", 2.0, 0.0),
    ("1", "Bell", 3.4, 0.0),
    ("2", "Bell", 3.2, 0.0),
    ("3", "Roof", 2.2, 0.0),
    ("2", "Roof", 5.3, 0.0),
    ("1", "Roof", 5.1, 0.0),
]


def token() -> str:
    if given := os.environ.get("TOKEN"):
        return given
    cairn = Path(sys.executable).with_name("cairn")
    return subprocess.run([cairn, "token", "--as", "runner"], check=True, capture_output=True, text=True).stdout.strip()


TOKEN = token()


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def ask(query: str, **given: Any) -> None:
    """Carry out a mutation; whatever is wrong ends the race."""
    body = json.dumps({"query": query, "variables": {"input": given}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    with urlopen(Request(f"{URL}/graphql", body, headers)) as response:
        answer = json.load(response)
    payloads = (answer.get("data") or {}).values()
    mistakes = answer.get("errors") or [mistake for payload in payloads for mistake in payload["userErrors"]]
    if mistakes:
        sys.exit(mistakes[0]["message"])


def document(name: str) -> str:
    return (HERE / f"{name}.graphql").read_text(encoding="utf-8")


def publish(topic: str, event_id: str, at: datetime, source: str, **payload: str) -> None:
    event = {"eventId": event_id, "occurredAt": at.isoformat(), "source": source, "payload": payload}
    ask(document("publish_reads"), topic=topic, events=[event])


def set_up(topic: str) -> datetime:
    """A topic with a race that starts now."""
    start = now()
    ask(CREATE, name=topic, kind="RACE")
    checkpoints = [{"name": name, "distanceM": distance_m} for name, distance_m in CHECKPOINTS]
    entries = [{"runner": runner, "name": name} for runner, name in NAMES.items()]
    ask(
        document("set_race"),
        topic=topic,
        name="Up the Tower",
        startsAt=start.isoformat(),
        checkpoints=checkpoints,
        entries=entries,
    )
    return start


async def run(topic: str, start: datetime) -> None:
    """What mats and officials publish, each at its time."""
    for runner, checkpoint, read_s, late_s in sorted(READS, key=lambda read: read[2] + read[3]):
        at = start + timedelta(seconds=read_s)
        await asyncio.sleep((at - now()).total_seconds() + late_s)
        names = {"type": "read", "runner": runner, "checkpoint": checkpoint}
        await asyncio.to_thread(publish, topic, f"{runner}-{checkpoint}", at, f"mat {checkpoint}", **names)
    ask(document("mark_read"), topic=topic, eventId="3-Roof", wrong=True, reason="Cy took the lift.")
    publish(topic, "3-out", now(), "officials", type="withdrawn", runner="3")


async def watch(topic: str) -> None:
    """Show the standings until everybody has finished or given up."""
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(f"{URL.replace('http', 'ws', 1)}/graphql", subprotocols=[protocol]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {TOKEN}"}}))
        asked = {"query": document("watch_race"), "variables": {"topic": topic}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
        async for frame in socket:
            message = json.loads(frame)
            if message["type"] == "ping":
                await socket.send(json.dumps({"type": "pong"}))
            elif message["type"] == "error":
                sys.exit(message["payload"][0]["message"])
            elif message["type"] == "next" and show(message["payload"]["data"]["liveStandings"]):
                return


def show(told: dict[str, Any]) -> bool:
    """Print the standings; whether the race is over."""
    print(f"after {told['asOfOffset']} events", flush=True)
    for one in told["standings"]:
        sound = [split["elapsedS"] for split in one["splits"] if not split["doubtful"]]
        doubts = "  (a doubtful read)" if len(sound) < len(one["splits"]) else ""
        ahead = one["next"] and one["next"]["expectedAt"]
        expected = f"  {one['next']['checkpoint']} at {ahead[11:19]}" if ahead else ""
        taken = f"{sound[-1]:.1f} s" if sound else ""
        place = one["lastCheckpoint"] or "-"
        print(
            f"  {one['rank'] or '-'}  {one['name']:<4}{one['status']:<10} {place:<8}{taken:>6}{expected}{doubts}",
            flush=True,
        )
    return all(one["status"] in ("FINISHED", "WITHDRAWN") for one in told["standings"])


async def main(topic: str) -> None:
    start = set_up(topic)
    async with asyncio.timeout(60), asyncio.TaskGroup() as together:
        together.create_task(watch(topic))
        together.create_task(run(topic, start))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: race_day.py TOPIC, a name that no topic has yet, such as tower-run")
    asyncio.run(main(sys.argv[1]))
