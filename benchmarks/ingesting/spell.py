"""One spell of load, in a process of its own: everything is made and encoded first, then sent, then told as JSON."""

import argparse
import asyncio
import gc
import gzip
import os
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import orjson

from benchmarks.ingesting import bare
from benchmarks.ingesting.events import Sent, Spell, as_columns, as_lines, as_mutation, unique
from benchmarks.ingesting.sending import Told, WrongAnswer, pour, publish

COMPRESSED = 6
Ready = Callable[[], Coroutine[Any, Any, Told | None]]


def main() -> None:
    options = _options()
    batches = list(Spell(options.seed, options.events).batches())
    expected = unique(batches)
    send = _PREPARE[options.kind](options, batches)
    gc.collect()
    gc.freeze()
    began, busy = time.perf_counter(), time.process_time()
    told = asyncio.run(send())
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    if told is not None and (told.accepted, told.duplicates) != (expected, options.events - expected):
        raise WrongAnswer(f"{told.accepted} accepted and {told.duplicates} repeats; {expected} are new")
    latencies = sorted(told.latencies_s) if told is not None else []
    sys.stdout.buffer.write(orjson.dumps({"seconds": seconds, "load_cpu_s": busy, "latencies_s": latencies}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(_PREPARE))
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--topic", default="")
    parser.add_argument("--gzip", action="store_true")
    return parser.parse_args()


def _mutations(options: argparse.Namespace, batches: list[list[Sent]]) -> Ready:
    bodies = iter([as_mutation(options.topic, batch) for batch in batches])
    return lambda: publish(options.port, os.environ["INGEST_TOKEN"], bodies, options.connections)


def _bulk(options: argparse.Namespace, batches: list[list[Sent]]) -> Ready:
    shares = [batches[first :: options.connections] for first in range(options.connections)]
    bodies = [b"".join(as_lines(batch) for batch in share) for share in shares]
    if options.gzip:
        bodies = [gzip.compress(body, COMPRESSED) for body in bodies]
    token = os.environ["INGEST_TOKEN"]
    return lambda: pour(options.port, token, options.topic, bodies, gzipped=options.gzip)


def _bare(options: argparse.Namespace, batches: list[list[Sent]]) -> Ready:
    columns = iter([as_columns(batch) for batch in batches])
    store = bare.store_gapless if options.kind == "gapless" else bare.store

    async def send() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(options.connections):
                group.create_task(store(os.environ["INGEST_DATABASE"], columns))

    return send


_PREPARE = {"mutations": _mutations, "bulk": _bulk, "bare": _bare, "gapless": _bare}

if __name__ == "__main__":
    main()
