"""Taking events in: through GraphQL, through the bulk route, and straight into an equal table, in interleaved rounds.

All store the same kind of events in batches of 500 of which 30 % come once more, in the PostgreSQL that Cairn brought
along. The load is a process of its own that has made and encoded everything beforehand; it shares the cores with the
server and with PostgreSQL, as a publisher on the same machine would. Run with `make bench-ingest`.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import asyncpg

from app.serving import ending_in_good_order
from benchmarks.ingesting import bare
from benchmarks.ingesting.measured import Contestant, Measured, Target, spell
from benchmarks.reading.cairn import Cairn, a_cairn
from benchmarks.zoning.figures import Figure, table

BARE, BARE_4 = "bare insert, 1 connection", "bare insert, 4 connections"
GAPLESS = "the same with gapless offsets, 1 connection"
MUTATIONS = "publishEvents, 20 connections"
BULK, BULK_4, BULK_GZIP = "bulk, 1 connection", "bulk, 4 connections", "bulk, 1 connection, gzip"
CONTESTANTS = (
    Contestant(BARE, "bare", 1),
    Contestant(MUTATIONS, "mutations", 20),
    Contestant(BULK, "bulk", 1),
    Contestant(GAPLESS, "gapless", 1),
    Contestant(BULK_4, "bulk", 4),
    Contestant(BARE_4, "bare", 4),
    Contestant(BULK_GZIP, "bulk", 1, gzipped=True),
)
RATIOS = ((BULK, BARE), (BULK_4, BARE), (BULK_GZIP, BARE), (BULK_4, BARE_4), (BULK, GAPLESS), (MUTATIONS, BARE))
HELD_TO_BARE = (BULK, BULK_4)
LEAST_PER_SECOND = 25_000.0
LEAST_OF_BARE = 0.6
MOST_GROWTH_MB = 5.0
CREATE = 'mutation {{ createTopic(input: {{name: "{name}"}}) {{ userErrors {{ message }} }} }}'
_SEEDS = count(1)

Rounds = Mapping[str, Sequence[Measured]]


def main() -> None:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with ending_in_good_order(), a_cairn(folder, "--no-worker") as cairn:
            figures = _measure(cairn, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.rounds} rounds of {options.events:,} events each, on {os.cpu_count()} cores that all share\n")
    print(table(figures))
    sys.exit(0 if all(figure.is_good for figure in figures) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=100_000, help="of one spell, those that come again counted")
    parser.add_argument("--memory-events", type=int, default=2_000_000, help="for the look at memory; 0 leaves it out")
    return parser.parse_args()


def _measure(cairn: Cairn, options: argparse.Namespace) -> list[Figure]:
    target = Target(cairn.process.pid, cairn.port, cairn.token("bench"), cairn.database_url)
    asyncio.run(bare.prepare(target.database_url))
    rounds: dict[str, list[Measured]] = {one.name: [] for one in CONTESTANTS}
    for number in range(options.rounds + 1):
        for one in CONTESTANTS:
            _say(f"round {number} of {options.rounds}: {one.name}" if number else f"warming up: {one.name}")
            asyncio.run(_emptied(target.database_url))
            measured = spell(one, target, events=options.events, seed=next(_SEEDS), topic=_new_topic(cairn, target))
            if number:
                rounds[one.name].append(measured)
    figures = [*_rates(rounds), *_ratios(rounds), *_efforts(rounds)]
    if options.memory_events:
        figures += _memory(cairn, target, options)
    _say("")
    return figures


def _new_topic(cairn: Cairn, target: Target) -> str:
    name = f"bench-{next(_SEEDS)}"
    cairn.ask(CREATE.format(name=name), target.token)
    return name


async def _emptied(database_url: str) -> None:
    """Begin every spell with empty tables: none is to be slow because of those before."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("truncate event, bare_event")
    finally:
        await connection.close()


def _rates(rounds: Rounds) -> list[Figure]:
    least = {MUTATIONS: LEAST_PER_SECOND}
    return [
        Figure(f"{name}, events/s", [one.per_second for one in measured], least=least.get(name))
        for name, measured in rounds.items()
    ]


def _ratios(rounds: Rounds) -> list[Figure]:
    """Of one round each, so that whatever slows the machine down for a while slows both sides."""
    return [
        Figure(
            f"{ours} : {theirs}",
            [our.per_second / their.per_second for our, their in zip(rounds[ours], rounds[theirs], strict=True)],
            least=LEAST_OF_BARE if ours in HELD_TO_BARE and theirs == BARE else None,
        )
        for ours, theirs in RATIOS
    ]


def _efforts(rounds: Rounds) -> list[Figure]:
    batches = [sorted(one.latencies_ms) for one in rounds[MUTATIONS]]
    return [
        Figure(f"{MUTATIONS}: p50 of a batch, ms", [statistics.median(one) for one in batches]),
        Figure(f"{MUTATIONS}: p99 of a batch, ms", [one[len(one) * 99 // 100] for one in batches]),
        Figure(f"{MUTATIONS}: Cairn's processor time, µs an event", [one.cpu_us_each for one in rounds[MUTATIONS]]),
        Figure(f"{BULK}: Cairn's processor time, µs an event", [one.cpu_us_each for one in rounds[BULK]]),
        Figure(f"{MUTATIONS}: the load's own, µs an event", [one.load_cpu_us_each for one in rounds[MUTATIONS]]),
    ]


def _memory(cairn: Cairn, target: Target, options: argparse.Namespace) -> list[Figure]:
    """Resident memory while one topic takes very many events."""
    topic, one = _new_topic(cairn, target), next(one for one in CONTESTANTS if one.name == MUTATIONS)
    resident = []
    for begun in range(0, options.memory_events, options.events):
        _say(f"memory: {begun:,} of {options.memory_events:,} events")
        measured = spell(one, target, events=options.events, seed=next(_SEEDS), topic=topic)
        resident.append(measured.resident_mb)
    half = resident[len(resident) // 2 :]
    growth = statistics.linear_regression(range(len(half)), half).slope * len(half) if len(half) > 1 else 0.0
    name = f"Cairn's resident memory over {options.memory_events:,} events"
    return [Figure(f"{name}, MB", resident), Figure("  growth over the second half, MB", [growth], most=MOST_GROWTH_MB)]


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:70}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
