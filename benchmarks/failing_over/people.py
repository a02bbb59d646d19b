"""Who takes part in a trial: each an athlete of their own, whom no other trial knows."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import numpy as np

from benchmarks.failing_over.asking import Asking
from benchmarks.failing_over.cairn import Cairn
from benchmarks.failing_over.clients import Client, Looker, Planner, Publisher, Zoner
from benchmarks.failing_over.following import Follower
from benchmarks.failing_over.found import key_of
from benchmarks.failing_over.history import Feed, History
from benchmarks.zoning.athletes import add_runs
from benchmarks.zoning.stretches import starts
from tests.factories.serving import ask

MAKE_TOPIC = """mutation($name: String!) { createTopic(input: {name: $name}) {
  topic { headCursor } userErrors { message } } }"""
RUNS, SEGMENTS = 3, 12


@dataclass(frozen=True)
class Size:
    """How many take part, and how fast they work."""

    planners: int = 5
    lookers: int = 2
    publishers: int = 3
    followers: int = 6
    zoners: int = 2
    pause_s: float = 0.03
    enough: int = 8  # acknowledged calls of each client, before a strike and after it


@dataclass(frozen=True)
class People:
    """All of them, and what they add to."""

    clients: Sequence[Client]
    followers: Sequence[Follower]
    planners: dict[str, UUID]  # and lookers
    zoners: dict[str, UUID]
    topic: str


def gather(cairn: Cairn, size: Size, history: History, name: str, *, repeats: bool) -> People:
    """Make the athletes, the topic and the runs that a trial needs."""
    owner = cairn.token(f"{name} owner")
    made = ask(cairn.urls[0], owner, MAKE_TOPIC, name=name)["createTopic"]
    start: str = made["topic"]["headCursor"]  # type: ignore[index]
    planners, lookers = _names(name, "planner", size.planners), _names(name, "looker", size.lookers)
    zoners = _names(name, "zoner", size.zoners)

    def asking(one: str, turn: int) -> Asking:
        return Asking(cairn.urls, cairn.token(one), turn)

    athletes = {one: _athlete(cairn, one) for one in (*planners, *lookers, *zoners)}
    asyncio.run(_give_runs(cairn.direct_url, [athletes[one] for one in zoners]))
    clients: list[Client] = [Planner(one, asking(one, turn), history, repeats) for turn, one in enumerate(planners)]
    clients += [Looker(one, asking(one, turn), history, repeats) for turn, one in enumerate(lookers)]
    clients += [
        Publisher(f"{name} publisher {turn}", asking(f"{name} owner", turn), history, repeats, topic=name)
        for turn in range(size.publishers)
    ]
    clients += [Zoner(one, asking(one, turn), history, repeats) for turn, one in enumerate(zoners)]
    feeds = [Feed(one, name) for one in _names(name, "follower", size.followers)]
    history.feeds += feeds
    followers = [Follower(feed, cairn.urls, owner, start, turn) for turn, feed in enumerate(feeds)]
    with_plans = {one: athletes[one] for one in (*planners, *lookers)}
    return People(clients, followers, with_plans, {one: athletes[one] for one in zoners}, name)


def _names(trial: str, kind: str, many: int) -> list[str]:
    return [f"{trial} {kind} {number}" for number in range(1, many + 1)]


def _athlete(cairn: Cairn, name: str) -> UUID:
    viewer = ask(cairn.urls[0], cairn.token(name), "{ viewer { id } }")["viewer"]
    assert isinstance(viewer, dict)
    return key_of(viewer["id"])


async def _give_runs(url: str, athletes: Sequence[UUID]) -> None:
    """A few analysed runs for each, as an import leaves them."""
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        for athlete in athletes:
            rng = np.random.default_rng(list(athlete.bytes))  # whose ids nobody else's runs have
            who = np.array([athlete.bytes] * RUNS, dtype="V16")
            await add_runs(connection, rng, who, starts(rng, RUNS, time.time()), SEGMENTS)
    finally:
        await connection.close()
