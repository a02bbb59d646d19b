"""How long each hostile document, body and message takes to be refused: in the engine alone, over HTTP, on a socket.

Every document is sent several times with a text that is new each time, so that nothing is remembered. Run with
`make bench-attacks`.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.edge.engine import Engine
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.main import create_app
from app.serving import ending_in_good_order
from benchmarks.reading.cairn import Cairn, a_cairn
from benchmarks.soaking.hostile import SAID
from configuration.settings import Settings, load_settings
from infrastructure.embedded.servers import running_addresses
from tests.edge.attacks import BODIES, DOCUMENTS, VARIABLES, times

GOALS_MS = {"doubling fragments in 727 bytes": 10, "doubling fragments of 40 levels": 10}
LARGEST = [  # what is near the limits, within them or past, and dear to validate
    ("5,000 times the same field", "{ viewer { " + "id " * 5_000 + "} }"),
    ("1,900 times the same field", "{ viewer { " + "id " * 1_900 + "} }"),
    ("1,000 aliases", "{ viewer { " + times(1_000, "aN: id") + " } }"),
    ("nineteen pages", "{ viewer { id } " + times(19, "aN: runs(first: N) { totalCount }") + " }"),
    ("1,500 unused fragments", "{ __typename } " + times(1_500, "fragment FN on Query { __typename }")),
    ("900 spreads of one fragment", "{ " + times(900, "...F") + " } fragment F on Query { __typename }"),
    ("1,900 numbers in a list", "{ node(id: [" + "1 " * 1_900 + "]) { id } }"),
]
NAME, COLUMN = 44, 22


@dataclass(frozen=True)
class Took:
    """The times of several tries, in ms, and what came of the last."""

    ms: list[float]
    outcome: str

    def __str__(self) -> str:
        return f"{statistics.median(self.ms):9.2f} (max {max(self.ms):7.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=7)
    tries = parser.parse_args().tries
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with ending_in_good_order(), a_cairn(folder, "--no-worker") as cairn:
            asyncio.run(_measure(cairn, folder, tries))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(cairn: Cairn, folder: Path, tries: int) -> None:
    addresses = running_addresses(folder)
    assert addresses is not None
    settings = replace(
        load_settings({}, data_dir=folder), database_url=addresses.database_url, redis_url=addresses.redis_url
    )
    headers = {"Authorization": f"Bearer {cairn.token('attacker')}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{cairn.port}", headers=headers, timeout=60) as http:
        await _documents(settings, http, tries)
        await _bodies(http, tries)
    await _messages(cairn.port, tries)


async def _documents(settings: Settings, http: httpx.AsyncClient, tries: int) -> None:
    print(f"{'document':{NAME}}{'engine, ms':>{COLUMN}}{'HTTP, ms':>{COLUMN + 4}}{'goal':>6}  outcome")
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        engine: Engine = application.state.engine
        for name, text in [*((name, text) for name, text, _ in DOCUMENTS), *LARGEST]:
            inside = _several(tries, lambda number, text=text: _prepared(engine, f"{text} #{number}"))  # type: ignore[misc]
            outside = await _posted(http, [orjson.dumps({"query": f"{text} ##{number}"}) for number in range(tries)])
            goal = GOALS_MS.get(name, "")
            print(f"{name:{NAME}}{inside!s:>{COLUMN}}{outside!s:>{COLUMN + 4}}{goal:>6}  {outside.outcome}", flush=True)


def _prepared(engine: Engine, text: str) -> str:
    try:
        engine.prepare(GraphQLRequest(query=text))
    except RequestRefused as refused:
        return str(refused.errors[0]["extensions"]["code"])
    return "is fit to run"


def _several(tries: int, act: Callable[[int], str]) -> Took:
    took, outcome = [], ""
    for number in range(tries):
        began = time.perf_counter()
        outcome = act(number)
        took.append((time.perf_counter() - began) * 1000)
    return Took(took, outcome)


async def _bodies(http: httpx.AsyncClient, tries: int) -> None:
    print(f"\n{'body or variables':{NAME}}{'HTTP, ms':>{COLUMN}}  outcome")
    rows = [(name, body) for name, body, _, _ in BODIES]
    rows += [
        (f"variables: {name}", b'{"query":' + orjson.dumps(query) + b',"variables":' + variables.encode() + b"}")
        for name, query, variables, _ in VARIABLES
    ]
    for name, body in rows:
        took = await _posted(http, [body] * tries)
        print(f"{name:{NAME}}{took!s:>{COLUMN}}  {took.outcome}", flush=True)


async def _posted(http: httpx.AsyncClient, bodies: list[bytes]) -> Took:
    took, outcome = [], ""
    for body in bodies:
        began = time.perf_counter()
        answer = await http.post("/graphql", content=body)
        took.append((time.perf_counter() - began) * 1000)
        errors = answer.json().get("errors")
        outcome = f"{answer.status_code} {errors[0]['extensions']['code'] if errors else 'answered'}"
    return Took(took, outcome)


async def _messages(port: int, tries: int) -> None:
    print(f"\n{'first message on a socket':{NAME}}{'to its end, ms':>{COLUMN}}  outcome")
    for said in SAID:
        took, outcome = [], ""
        for _ in range(tries):
            url, protocol = f"ws://127.0.0.1:{port}/graphql", Subprotocol("graphql-transport-ws")
            async with connect(url, subprotocols=[protocol], ping_interval=None) as socket:
                began = time.perf_counter()
                await socket.send(said)
                outcome = await _end_of(socket)
                took.append((time.perf_counter() - began) * 1000)
        shown = said if len(said) <= NAME - 8 else f"{said[: NAME - 20]}… ({len(said):,})"
        print(f"{shown:{NAME}}{Took(took, outcome)!s:>{COLUMN}}  {outcome}", flush=True)


async def _end_of(socket: ClientConnection) -> str:
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return f"{closed.rcvd.code} {closed.rcvd.reason}" if closed.rcvd else "cut off"
    except TimeoutError:
        return "not ended"


if __name__ == "__main__":
    main()
