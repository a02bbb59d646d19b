"""Two reads side by side: Cairn, the limit, stock Strawberry, PostGraphile 5 and Mercurius, in interleaved rounds.

Every server is one process on loopback and reads the same rows of the same PostgreSQL; each answers alone while the
others rest. Before anything is measured, the answers of all are compared. Run with `make bench-read`.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from app.serving import ending_in_good_order
from benchmarks.peers.sql import ZONED_SEGMENTS
from benchmarks.reading.cairn import Cairn, a_cairn
from benchmarks.reading.contestants import Contestant, Field, Seeded, gather
from benchmarks.reading.data import seed
from benchmarks.reading.load import Measured, load, require_wrk
from benchmarks.reading.table import table
from domain.shared.node_ids import id_of

NESTED = """\
Nested read: 50 runs, each with its workout, that workout's plan, and 20 segments of 5 fields, each with its zone of 4:
two words and two percentiles that follow from ranks. Ranks are kept as arrays, an entry for each segment of a run; for
the peers a view unrolls them. The answers of the others are smaller where they have lists instead of connections, bare
ids, or (PostGraphile) the fields of the zone beside those of the segment."""
SMALL = "Small read: one run by id, three fields, the ids in turn those of 1,440 runs."
NESTED_GOALS = {"limit: JSON functions": 0.9, "PostGraphile 5": 3.0, "Mercurius, JIT": 3.0}
SMALL_GOALS = {"limit: GET": 0.9, "PostGraphile 5": 1.3, "Mercurius, JIT": 1.0}
COMPARED = 5


def main() -> None:
    options = _options()
    require_wrk()
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with ending_in_good_order(), ExitStack() as servers:
            cairn = servers.enter_context(a_cairn(folder, "--no-worker"))
            token = cairn.token("bench")
            field = gather(cairn, token, _seeded(cairn, token), servers)
            _compare(field.nested, 1)
            _compare(field.small, COMPARED)
            _measure(field, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of load, for each server and read of a round")
    parser.add_argument("--connections", type=int, default=16, help="for the small read")
    parser.add_argument("--nested-connections", type=int, default=4, help="more only makes the slow ones slower still")
    return parser.parse_args()


def _seeded(cairn: Cairn, token: str) -> Seeded:
    viewer = cairn.ask("{ viewer { id } }", token)["viewer"]
    assert isinstance(viewer, dict)
    athlete = id_of("Viewer", viewer["id"])
    assert athlete is not None
    return Seeded(cairn.database_url, athlete, asyncio.run(seed(cairn.database_url, athlete, ZONED_SEGMENTS)))


def _compare(contestants: Sequence[Contestant], requests: int) -> None:
    """End the benchmark when somebody answers something else than Cairn."""
    for number in range(requests):
        ours = contestants[0].answer(number)
        for other in contestants[1:]:
            if other.answer(number) != ours:
                raise SystemExit(f"{other.name} answers something else than Cairn: {str(other.answer(number))[:500]}")


def _measure(field: Field, options: argparse.Namespace) -> None:
    kinds = {"nested": (field.nested, options.nested_connections), "small": (field.small, options.connections)}
    rounds: dict[str, dict[str, list[Measured]]] = {
        kind: {one.name: [] for one in contestants} for kind, (contestants, _) in kinds.items()
    }
    for number in range(options.rounds + 1):
        _say(f"round {number} of {options.rounds}" if number else "warming up")
        for kind, (contestants, connections) in kinds.items():
            for one in contestants:
                measured = load(one.port, one.requests, seconds=options.seconds, connections=connections)
                if number:
                    rounds[kind][one.name].append(measured)
    _say("")
    print(f"{options.rounds} rounds of {options.seconds} s for each server and read, on {os.cpu_count()} cores\n")
    print(table(f"{NESTED}\n{options.nested_connections} connections.", rounds["nested"], NESTED_GOALS), end="\n\n")
    print(table(f"{SMALL} {options.connections} connections.", rounds["small"], SMALL_GOALS))
    print(*field.absent, sep="\n")


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:40}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
