"""Asks databases, HAProxy and APIs how they are: each at its own address, and none of them waits for another."""

import asyncio
import csv
import time
from collections.abc import Awaitable, Callable

import asyncpg
import httpx

from testing_payloads.failover.watching.changes import READER, WRITER, BalancerLook, Look, NodeLook, ReplicaLook
from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.targets import Target

EVERY_S = 0.2
PATIENCE_S = 1.0
HOW_IT_IS = """
select pg_is_in_recovery() as follows, current_setting('synchronous_standby_names') as awaited,
  (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0')::bigint as place,
  case when not pg_is_in_recovery() then ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end
    as timeline,
  exists (select from pg_stat_wal_receiver) or exists (select from pg_stat_replication) as streams
"""
# What a server, the way to it, or nobody at the other end says.
SILENT = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
BROKEN_OFF = (asyncpg.ConnectionDoesNotExistError, asyncpg.InternalClientError, ConnectionError)


class NodeAsked:
    """One database, over a connection that is kept while it lasts."""

    def __init__(self, name: str, url: str) -> None:
        self._name, self._url = name, url
        self._connection: asyncpg.Connection | None = None

    async def look(self) -> NodeLook:
        """How it is now."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._asked()
        except SILENT as error:
            self.hang_up()
            return NodeLook(self._name, why=in_few_words(error))

    def hang_up(self) -> None:
        """Leave it alone, without a word: it may not listen."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _asked(self) -> NodeLook:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=PATIENCE_S, statement_cache_size=0)
        row = await self._connection.fetchrow(HOW_IT_IS)
        part = READER if row["follows"] else WRITER
        return NodeLook(
            self._name,
            part,
            place=row["place"] or 0,
            timeline=row["timeline"],
            awaited=row["awaited"],
            streams=row["streams"],
        )


async def look_at_balancer(client: httpx.AsyncClient, page: str) -> BalancerLook:
    """What HAProxy believes, from its table of servers."""
    try:
        answer = await client.get(f"{page};csv")
    except httpx.HTTPError as error:
        return BalancerLook(why=in_few_words(error))
    return (
        believed(answer.text) if answer.status_code == 200 else BalancerLook(why=f"its page says {answer.status_code}")
    )


def believed(table: str) -> BalancerLook:
    """The servers that are up, of the backends whose names end in `writer`, `reader` and `api`."""
    rows = csv.DictReader(table.removeprefix("# ").splitlines())
    servers = [row for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")]

    def up(part: str) -> tuple[str, ...]:
        return tuple(_short(row) for row in servers if row["pxname"].endswith(part) and _is_up(row))

    replicas = tuple((row["svname"], _is_up(row)) for row in servers if row["pxname"].endswith("api"))
    return BalancerLook(writers=up(WRITER), readers=up(READER), replicas=replicas)


async def look_at_replica(client: httpx.AsyncClient, url: str) -> ReplicaLook:
    """What its health pages say."""
    try:
        live, ready = await asyncio.gather(client.get(f"{url}/health/live"), client.get(f"{url}/health/ready"))
    except httpx.HTTPError as error:
        return ReplicaLook(url, why=in_few_words(error))
    lives, is_ready = live.status_code == 200, ready.status_code == 200
    return ReplicaLook(url, lives, is_ready, "" if is_ready else _trouble(ready))


async def watch_all(target: Target, diary: Diary) -> None:
    """Look at everything, over and over, until cancelled."""
    nodes = [NodeAsked(name, url) for name, url in target.nodes.items()]
    # A replica may take 2 s to find out that its database is away.
    async with httpx.AsyncClient(timeout=4 * PATIENCE_S) as client, asyncio.TaskGroup() as together:
        try:
            for name, node in zip(target.nodes, nodes, strict=True):
                together.create_task(_again_and_again(f"node {name}", node.look, diary))
            if page := target.balancer_url:
                together.create_task(_again_and_again("HAProxy", lambda: look_at_balancer(client, page), diary))
            for url in target.replicas:
                ask = _asking_of(client, url)
                together.create_task(_again_and_again(url, ask, diary))
            await asyncio.Event().wait()
        finally:
            for node in nodes:
                node.hang_up()


def in_few_words(error: BaseException) -> str:
    """The first line of an error, or what kind it is."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError | httpx.ConnectError):
        return "nobody listens there"
    if isinstance(error, BROKEN_OFF) or "connection_lost" in str(error):
        return "the connection broke off"
    return (str(error).splitlines() or [type(error).__name__])[0].strip()


def _asking_of(client: httpx.AsyncClient, url: str) -> Callable[[], Awaitable[Look]]:
    return lambda: look_at_replica(client, url)


async def _again_and_again(subject: str, look: Callable[[], Awaitable[Look]], diary: Diary) -> None:
    while True:
        seen = await look()
        diary.saw(subject, seen, time.monotonic())
        await asyncio.sleep(EVERY_S)


def _is_up(row: dict[str, str]) -> bool:
    return row["status"].startswith("UP")


def _short(row: dict[str, str]) -> str:
    """postgres-a is a: so the rig and its cluster_name call it."""
    return row["svname"].replace("_", "-").rpartition("-")[2]


def _trouble(ready: httpx.Response) -> str:
    try:
        checks: dict[str, str] = ready.json()["checks"]
    except (ValueError, KeyError):
        return f"it says {ready.status_code}"
    return " and ".join(name for name, told in checks.items() if told != "ok")
