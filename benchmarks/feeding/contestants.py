"""Who is measured with a feed: Cairn, two bare broadcasts, graphql-ws on Node.js and stock Strawberry."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import orjson

from benchmarks.peers.bare_broadcast import SECOND_PORT
from benchmarks.reading.cairn import a_cairn
from benchmarks.reading.node import NoNode, installed
from benchmarks.reading.processes import DidNotStart, free_port, running
from infrastructure.embedded.servers import running_addresses

FIELDS = "topic eventId cursor offset occurredAt receivedAt source payload"
TOPIC = "bench-feed"
WATCH = f'subscription {{ events(topic: "{TOPIC}") {{ {FIELDS} }} }}'
PUBLISH = "mutation($input: PublishEventsInput!) { publishEvents(input: $input) { accepted userErrors { message } } }"
OCCURRED_AT = "2026-11-21T12:00:00+00:00"
US = "Cairn"


@dataclass(frozen=True)
class Contestant:
    """One who broadcasts. `body` makes the request that publishes events of these numbers and times."""

    name: str
    port: int
    path: str
    process: int
    publish_port: int
    publish_path: str
    body: Callable[[Sequence[tuple[int, int]]], bytes]
    headers: dict[str, str] = field(default_factory=dict)
    init: object = field(default_factory=dict)


def gather(folder: Path, servers: ExitStack) -> tuple[list[Contestant], list[str]]:
    """Start everybody; and why some are not there."""
    contestants, absent = [_cairn(folder, servers)], []
    python = [sys.executable, "-m"]
    for name, command, path in (
        ("bare, uvicorn", [*python, "benchmarks.peers.bare_broadcast"], "/"),
        ("bare, websockets", [*python, "benchmarks.peers.bare_broadcast"], "/"),
        ("graphql-ws, Node.js", None, "/graphql"),
        ("stock Strawberry", [*python, "benchmarks.peers.stock_feed"], "/graphql"),
    ):
        port, second = free_port(), free_port()
        try:
            node = [] if command else [*map(str, _on_node())]
            environment = {"PEER_PORT": str(port), SECOND_PORT: str(second), "NODE_ENV": "production"}
            process = servers.enter_context(running(command or node, port, "/publish", **environment))
        except (DidNotStart, NoNode) as why:
            absent.append(f"{name} is not measured: {why}.")
            continue
        socket_port = second if name == "bare, websockets" else port
        contestants.append(Contestant(name, socket_port, path, process.pid, port, "/publish", _plain))
    return contestants, absent


def _on_node() -> tuple[Path, Path]:
    node, folder = installed()
    return node, folder / "graphql_ws.mjs"


def _cairn(folder: Path, servers: ExitStack) -> Contestant:
    """Two replicas on the same servers: events come in through one, and the sockets are on the other."""
    first = servers.enter_context(a_cairn(folder, "--no-worker"))
    addresses = running_addresses(folder)
    assert addresses is not None
    told = {"CAIRN_DATABASE_URL": addresses.database_url, "CAIRN_REDIS_URL": addresses.redis_url}
    second = servers.enter_context(a_cairn(folder, "--no-worker", **told))
    token = first.token("bench")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    create = f'mutation {{ createTopic(input: {{name: "{TOPIC}"}}) {{ userErrors {{ message }} }} }}'
    asked = Request(f"http://127.0.0.1:{first.port}/graphql", orjson.dumps({"query": create}), headers)
    with urlopen(asked, timeout=10) as answer:
        told_of = orjson.loads(answer.read())
    if "errors" in told_of or told_of["data"]["createTopic"]["userErrors"]:
        raise SystemExit(f"Cairn made no topic: {told_of}")
    return Contestant(
        US,
        second.port,
        "/graphql",
        second.process.pid,
        first.port,
        "/graphql",
        _mutation,
        headers,
        {"Authorization": f"Bearer {token}"},
    )


def _payload(number: int, at_ns: int) -> dict[str, object]:
    return {"bib": 100 + number % 900, "lat": 45.9237, "lon": 6.8694, "altitudeM": 1035.5, "at": at_ns}


def _mutation(events: Sequence[tuple[int, int]]) -> bytes:
    told = [
        {
            "eventId": f"position-{number:09d}",
            "occurredAt": OCCURRED_AT,
            "source": "tracker-17",
            "payload": _payload(number, at_ns),
        }
        for number, at_ns in events
    ]
    return orjson.dumps({"query": PUBLISH, "variables": {"input": {"topic": TOPIC, "events": told}}})


def _plain(events: Sequence[tuple[int, int]]) -> bytes:
    """The events as Cairn would tell of them: what they say is the same length."""
    return orjson.dumps(
        [
            {
                "topic": TOPIC,
                "eventId": f"position-{number:09d}",
                "cursor": "WzEsIk9GRlNFVF9BU0MiLDEyMzQ1NiwiMDE5YWEyYzQtNzc1YS03YzRkLWI4ZjEtMGQzYWJhNDQ5ZmUwIl0=",
                "offset": str(number),
                "occurredAt": OCCURRED_AT,
                "receivedAt": OCCURRED_AT,
                "source": "tracker-17",
                "payload": _payload(number, at_ns),
            }
            for number, at_ns in events
        ]
    )
