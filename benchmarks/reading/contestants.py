"""Who is measured: Cairn, the limit, stock Strawberry, and the peers that can be had here."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import UUID

import orjson

from benchmarks.reading import reads
from benchmarks.reading.cairn import Cairn
from benchmarks.reading.node import NoNode, installed
from benchmarks.reading.processes import DidNotStart, free_port, running
from benchmarks.reading.reads import Requests, plain, posted
from domain.shared.node_ids import node_id

SOCKETLESS = "@/"  # how the embedded server's address begins, whose host stands in the query; node's URL wants one


@dataclass(frozen=True)
class Contestant:
    """One row of the table."""

    name: str
    port: int
    requests: Requests

    def answer(self, number: int = 0) -> object:
        """What it says to one of its requests, in the form that all have in common."""
        body = self.requests.bodies[number]
        got = body.startswith("/")
        url = f"http://127.0.0.1:{self.port}{body if got else self.requests.path}"
        with urlopen(Request(url, None if got else body.encode(), self.requests.headers), timeout=30) as answer:
            told = plain(orjson.loads(answer.read()))
        told = told.get("data", told) if isinstance(told, dict) else told
        return next(iter(told.values())) if isinstance(told, dict) else told


@dataclass
class Field:
    """All contestants of each read, and why some are not there."""

    nested: list[Contestant] = field(default_factory=list)
    small: list[Contestant] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Seeded:
    """What all of them read."""

    database_url: str
    athlete: UUID
    runs: list[UUID]

    @property
    def environment(self) -> dict[str, str]:
        """What the servers are told of it."""
        return {"PEER_DATABASE": self.database_url, "PEER_ATHLETE": str(self.athlete)}


def gather(cairn: Cairn, token: str, seeded: Seeded, open_servers: ExitStack) -> Field:
    """Start everybody but Cairn, which runs already; they end with `open_servers`."""
    field = Field()
    ids = [{"id": node_id("Run", run)} for run in seeded.runs]
    field.nested.append(Contestant("Cairn", cairn.port, posted(reads.CAIRN_NESTED, [{}], token=token)))
    field.small.append(Contestant("Cairn", cairn.port, posted(reads.CAIRN_SMALL, ids, token=token)))
    _add_limit(field, seeded, open_servers)
    _add_stock(field, seeded, open_servers)
    try:
        node, folder = installed()
    except NoNode as why:
        field.absent.append(f"PostGraphile 5 and Mercurius are not measured: {why}.")
        return field
    _add_postgraphile(field, seeded, open_servers, [node, folder / "postgraphile.mjs"])
    _add_mercurius(field, seeded, open_servers, [node, folder / "mercurius.mjs"])
    return field


def _start(
    field: Field, name: str, command: list[str | Path], path: str, environment: dict[str, str], servers: ExitStack
) -> int | None:
    port = free_port()
    try:
        servers.enter_context(running(command, port, path, **environment, PEER_PORT=str(port)))
    except DidNotStart as why:
        field.absent.append(f"{name} is not measured: {why}.")
        return None
    return port


def _add_limit(field: Field, seeded: Seeded, servers: ExitStack) -> None:
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.peers.limit"]
    port = _start(field, "The limit", command, "/nested", seeded.environment, servers)
    if port is None:
        return
    got = [f"/run/{run}" for run in seeded.runs]
    field.nested += [
        Contestant("limit: JSON functions", port, Requests("", {}, ["/nested"])),
        Contestant("limit: joined texts", port, Requests("", {}, ["/nested-as-text"])),
    ]
    posted_ids = [orjson.dumps({"variables": {"id": str(run)}}).decode() for run in seeded.runs]
    field.small += [
        Contestant("limit: GET", port, Requests("", {}, got)),
        Contestant("limit: POST", port, Requests("/run", reads.JSON, posted_ids)),
    ]


def _add_stock(field: Field, seeded: Seeded, servers: ExitStack) -> None:
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.peers.stock"]
    port = _start(field, "Stock Strawberry", command, "/graphql", seeded.environment, servers)
    if port is not None:
        _add(field, "stock Strawberry", port, reads.LISTS_NESTED, reads.STOCK_SMALL, seeded)


def _add_postgraphile(field: Field, seeded: Seeded, servers: ExitStack, command: list[str | Path]) -> None:
    port = _start(field, "PostGraphile", command, "/graphql", _for_node(seeded), servers)
    if port is not None:
        who = {"athlete": str(seeded.athlete)}
        _add(field, "PostGraphile 5", port, reads.POSTGRAPHILE_NESTED, reads.POSTGRAPHILE_SMALL, seeded, **who)


def _add_mercurius(field: Field, seeded: Seeded, servers: ExitStack, command: list[str | Path]) -> None:
    port = _start(field, "Mercurius", command, "/graphql", _for_node(seeded), servers)
    if port is not None:
        _add(field, "Mercurius, JIT", port, reads.LISTS_NESTED, reads.CAIRN_SMALL, seeded)
        joined = posted(reads.LISTS_NESTED_JOINED, [{}])
        field.nested.append(Contestant("Mercurius, zones joined", port, joined))


def _add(field: Field, name: str, port: int, nested: str, small: str, seeded: Seeded, **who: str) -> None:
    field.nested.append(Contestant(name, port, posted(nested, [who])))
    field.small.append(Contestant(name, port, posted(small, [{"id": str(run)} | who for run in seeded.runs])))


def _for_node(seeded: Seeded) -> dict[str, str]:
    url = seeded.database_url.replace(SOCKETLESS, "@localhost/", 1)
    return seeded.environment | {"PEER_DATABASE": url, "NODE_ENV": "production"}
