"""A trial of the promise: nothing is lost and nothing comes twice, whatever is killed while events flow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from benchmarks.killing.following import Follower, Seen
from benchmarks.killing.load import Load
from benchmarks.killing.plan import Plan, source_of
from benchmarks.killing.publishing import Published
from benchmarks.killing.striking import Strike, Struck, strike_all
from tests.factories.clusters import Cluster
from tests.factories.serving import ask

WANTED_SOURCES = ("runner-3", "runner-17", "runner-38")
MAKE = """mutation($name: String!) { createTopic(input: {name: $name}) {
  topic { headCursor } userErrors { message } } }"""
LOOK = """query($name: String!) { topic(name: $name) { headOffset
  stats { received uniqueProcessed duplicatesDropped conflicting } } }"""
CONFLICTS = """select distinct event_id from event_conflict join topic on topic.id = event_conflict.topic
where topic.name = $1"""


@dataclass(frozen=True)
class Outcome:
    """All that is known at the end."""

    plan: Plan
    published: Published
    followers: Sequence[Follower]
    struck: Sequence[Struck]
    head: int
    counted: Mapping[str, int]
    conflicting: frozenset[int]  # those that were kept for inspection

    def faults(self) -> list[str]:
        """What any follower got that it must not get, or did not get."""
        told = [f"{follower.name}: {fault}" for follower in self.followers for fault in follower.seen.faults]
        for follower in self.followers:
            if lacks := follower.seen.wanted - follower.seen.numbers:
                told.append(f"{follower.name} lacks {len(lacks)}, such as {sorted(lacks)[:3]}")
        return told

    def verdicts(self) -> list[tuple[bool, str]]:
        """What was promised, and whether it was kept."""
        plan, counted, published, faults = self.plan, self.counted, self.published, self.faults()
        got = sum(len(follower.seen.numbers) for follower in self.followers)
        parts = [counted[name] for name in ("uniqueProcessed", "duplicatesDropped", "conflicting")]
        told = "; ".join(faults[:5]) or f"{got:,} events came to followers, each once to each and in order"
        sums = f"{counted['received']:,} received = {' + '.join(f'{part:,}' for part in parts)}"
        bounds = f"from {published.acknowledged:,} acknowledged to {published.attempted:,} sent"
        return [
            (not faults, told),
            (self.head == plan.unique, f"the topic's last offset is {self.head:,} of {plan.unique:,}"),
            (parts[0] == plan.unique, f"{parts[0]:,} unique of {plan.unique:,}"),
            (counted["received"] == sum(parts), sums),
            (published.acknowledged <= counted["received"] <= published.attempted, f"received is {bounds}"),
            (
                self.conflicting == plan.conflicting,
                f"{len(self.conflicting):,} of {len(plan.conflicting):,} conflicts kept",
            ),
        ]


@dataclass(frozen=True)
class Feed:
    """What is to be followed, and where it begins."""

    plan: Plan
    urls: Sequence[str]
    token: str
    topic: str
    start: str

    def follower(self, name: str, turn: int = 0, sources: Sequence[str] | None = None) -> Follower:
        """Somebody who wants all of it, or what comes of some sources; who begins at one of the APIs."""
        wanted = (number for number in range(self.plan.unique) if sources is None or source_of(number) in sources)
        seen = Seen(frozenset(wanted), self.start, gapless=sources is None)
        return Follower(name, seen, self.urls, self.token, self.topic, sources, turn)


Watch = Callable[[Feed], tuple[list[Follower], list[Follower]]]


def trial(plan: Plan, cluster: Cluster, strikes: Sequence[Strike], watch: Watch, *, topic: str) -> Outcome:
    """Publish the plan to a new topic while the strikes fall.

    `watch` makes the followers: those from the start, and those who come late.
    """
    token = cluster.token()
    made = ask(cluster.urls[0], token, MAKE, name=topic)
    start: str = made["createTopic"]["topic"]["headCursor"]  # type: ignore[index]
    followers, late = watch(Feed(plan, cluster.urls, token, topic, start))
    with Load(plan, cluster.urls, token, topic, followers, late) as load:
        struck = strike_all(strikes, load)
        load.until_done()
    looked = ask(cluster.urls[-1], token, LOOK, name=topic)["topic"]
    assert isinstance(looked, dict)
    counted = {name: int(count) for name, count in looked["stats"].items()}
    kept = asyncio.run(_conflicts(cluster.database_url, topic))
    return Outcome(plan, load.published, [*followers, *late], struck, int(looked["headOffset"]), counted, kept)


def one_of_each(feed: Feed) -> tuple[list[Follower], list[Follower]]:
    """Over a socket, with a filter, over an event stream, and one who comes late and wants all from the beginning."""
    begin = [feed.follower("socket"), feed.follower("socket, filtered", 1, WANTED_SOURCES), feed.follower("SSE", 1)]
    return begin, [feed.follower("socket, late")]


def a_crowd(many: int) -> Watch:
    """So many over sockets, on all APIs alike."""
    return lambda feed: ([feed.follower(f"socket {turn}", turn) for turn in range(many)], [])


async def _conflicts(database_url: str, topic: str) -> frozenset[int]:
    connection = await asyncpg.connect(database_url)
    try:
        return frozenset(int(row["event_id"]) for row in await connection.fetch(CONFLICTS, topic))
    finally:
        await connection.close()
