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

TOPIC = "night-trail"
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


Watch = Callable[[Plan, Cluster, str, str], tuple[list[Follower], list[Follower]]]


def trial(plan: Plan, cluster: Cluster, strikes: Sequence[Strike], watch: Watch) -> Outcome:
    """Publish the plan while the strikes fall; `watch` makes the followers: those from the start, and those who come
    late."""
    token = cluster.token()
    made = ask(cluster.urls[0], token, MAKE, name=TOPIC)
    start: str = made["createTopic"]["topic"]["headCursor"]  # type: ignore[index]
    followers, late = watch(plan, cluster, token, start)
    with Load(plan, cluster.urls, token, TOPIC, followers, late) as load:
        struck = strike_all(strikes, load)
        load.until_done()
    topic = ask(cluster.urls[-1], token, LOOK, name=TOPIC)["topic"]
    assert isinstance(topic, dict)
    counted = {name: int(count) for name, count in topic["stats"].items()}
    kept = asyncio.run(_conflicts(cluster.database_url))
    return Outcome(plan, load.published, [*followers, *late], struck, int(topic["headOffset"]), counted, kept)


def one_of_each(plan: Plan, cluster: Cluster, token: str, start: str) -> tuple[list[Follower], list[Follower]]:
    """Over a socket, with a filter, over an event stream, and one who comes late and wants all from the beginning."""
    everything = frozenset(range(plan.unique))
    some = frozenset(number for number in everything if source_of(number) in WANTED_SOURCES)

    def follower(name: str, turn: int, wanted: frozenset[int] = everything) -> Follower:
        sources = None if wanted is everything else WANTED_SOURCES
        seen = Seen(wanted, start, gapless=wanted is everything)
        return Follower(name, seen, cluster.urls, token, TOPIC, sources, turn)

    begins = [follower("socket", 0), follower("socket, filtered", 1, some), follower("SSE", 1)]
    return begins, [follower("socket, late", 0)]


def a_crowd(many: int) -> Watch:
    """So many over sockets, on all APIs alike."""

    def watch(plan: Plan, cluster: Cluster, token: str, start: str) -> tuple[list[Follower], list[Follower]]:
        everything = frozenset(range(plan.unique))
        crowd = [
            Follower(f"socket {turn}", Seen(everything, start), cluster.urls, token, TOPIC, turn=turn)
            for turn in range(many)
        ]
        return crowd, []

    return watch


async def _conflicts(database_url: str) -> frozenset[int]:
    connection = await asyncpg.connect(database_url)
    try:
        return frozenset(int(row["event_id"]) for row in await connection.fetch(CONFLICTS, TOPIC))
    finally:
        await connection.close()
