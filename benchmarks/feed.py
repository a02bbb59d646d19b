"""One feed to thousands of sockets: Cairn, bare broadcasts, graphql-ws and stock Strawberry, in interleaved rounds.

Every server is one process on loopback, and so is whoever receives. Cairn's events come in through a second replica,
through the database and Redis; those of the others are posted to the very process. Run with `make bench-feed`.
"""

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from app.serving import ending_in_good_order
from benchmarks.feeding.contestants import US, Contestant, gather
from benchmarks.feeding.rounds import Measured, Numbers, WentWrong, latency, pin, throughput

GOALS = {"the faster bare one": 0.7, "graphql-ws, Node.js": 2.0, "stock Strawberry": 10.0}
MESSAGES = {US: 400_000, "graphql-ws, Node.js": 150_000, "stock Strawberry": 30_000}
BARE_MESSAGES = 300_000
DELAYED = 20  # events whose delays are measured
HEAD = f"{'':24}{'msg/s':>9}{'CPU µs':>8}{'kB':>6}{'receiver':>10}   {'Cairn is so many times as fast':<32}{'goal':>5}"
Rounds = dict[str, list[Measured]]


def main() -> None:
    options = _options()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with ending_in_good_order(), ExitStack() as servers:
            contestants, absent = gather(folder, servers)
            if options.only:
                contestants = [one for one in contestants if any(part in one.name for part in options.only)]
            if options.pin:
                pin([one.process for one in contestants], {0})
                os.sched_setaffinity(0, set(range(1, os.cpu_count() or 2)))
            asyncio.run(_measure(contestants, options))
            print(*absent, sep="\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sockets", type=int, nargs="*", default=[500, 5_000])
    parser.add_argument("--only", nargs="*", help="parts of the names of those who are measured")
    parser.add_argument("--no-pin", dest="pin", action="store_false", help="let servers and receiver share all cores")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the messages of a round")
    parser.add_argument("--rate", type=float, default=2_500, help="messages a second while delays are measured")
    return parser.parse_args()


async def _measure(contestants: Sequence[Contestant], options: argparse.Namespace) -> None:
    numbers = Numbers()
    print(f"{options.rounds} rounds on {os.cpu_count()} cores{', servers on the first' if options.pin else ''}\n")
    for sockets in options.sockets:
        rounds: Rounds = {one.name: [] for one in contestants}
        delays: Rounds = {one.name: [] for one in contestants}
        for number in range(options.rounds):
            for one in contestants:
                _say(f"{sockets} sockets, round {number + 1}: {one.name}")
                events = max(2, round(MESSAGES.get(one.name, BARE_MESSAGES) * options.scale / sockets))
                try:
                    measured = await throughput(one, numbers, sockets=sockets, events=events)
                    rounds[one.name].append(measured)
                    if number == 0 and measured.per_second > 2 * options.rate:  # else it is the queue that is measured
                        per_second = options.rate / sockets
                        delays[one.name].append(
                            await latency(one, numbers, sockets=sockets, events=DELAYED, per_second=per_second)
                        )
                except WentWrong as why:
                    raise SystemExit(f"{one.name}: {why}") from None
        _say("")
        print(_table(sockets, rounds, delays, options.rate), end="\n\n", flush=True)


def _table(sockets: int, rounds: Rounds, delays: Rounds, rate: float) -> str:
    bare = [measured for name, measured in rounds.items() if name.startswith("bare")]
    if bare:
        faster = max(bare, key=lambda measured: statistics.median(one.per_second for one in measured))
        rounds = rounds | {"the faster bare one": faster}
    lines = [f"{sockets:,} sockets, the same subscription, one event with each request.", HEAD, "-" * len(HEAD)]
    for name, measured in rounds.items():
        rate_of, server_us, size, busy = (
            statistics.median(getattr(one, figure) for one in measured)
            for figure in ("per_second", "server_us", "bytes_each", "receiver_busy")
        )
        told = "" if name == US else _ratio(rounds[US], measured) if US in rounds else ""
        goal = f"{GOALS[name]:.1f}" if name in GOALS else ""
        line = f"{name:24}{rate_of:9,.0f}{server_us:8.2f}{size / 1000:6.2f}{busy:9.0%}   {told:<32}{goal:>5}"
        lines.append(line.rstrip())
    lines += ["", f"From the publisher's request to a socket, {rate:,.0f} messages a second:"]
    for name, measured in delays.items():
        if measured:
            lines.append(_delay(name, measured[0].delay_ms))
            if name == US:
                lines.append(_delay(f"{US}, from the commit", measured[0].since_stored_ms))
    return "\n".join(lines)


def _delay(name: str, quantiles: tuple[float, float]) -> str:
    return f"{name:24}p50 {quantiles[0]:8.2f} ms   p99 {quantiles[1]:8.2f} ms"


def _ratio(ours: Sequence[Measured], theirs: Sequence[Measured]) -> str:
    ratios = sorted(our.per_second / their.per_second for our, their in zip(ours, theirs, strict=True))
    return f"{statistics.median(ratios):6.2f}   ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:60}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
