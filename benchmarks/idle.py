"""What a subscriber costs who is told nothing: memory of an API, for each of ten thousand.

Two APIs on this machine, ten thousand subscribers to each over WebSockets, all to one topic. One event proves that all
of them are subscribed. After a while without any the memory of both APIs is compared with what it was before. Then one
more event is published: everybody must get it. Run with `make bench-idle`.
"""

import argparse
import os
import resource
import time
from contextlib import AbstractContextManager
from pathlib import Path

from app.serving import ending_in_good_order
from benchmarks.idling.crowd import Crowd, a_crowd
from benchmarks.reading.cairn import production
from tests.factories.clusters import Cluster, a_cluster
from tests.factories.serving import ask

TOPIC = "quiet-night"
MAKE = """mutation($name: String!) { createTopic(input: {name: $name}) { topic { headCursor } } }"""
PUBLISH = """mutation($topic: String!, $id: String!) { publishEvents(input: {topic: $topic, events: [
  {eventId: $id, occurredAt: "2026-06-01T07:30:00Z", source: "runner-7", payload: {bib: 7}}] }) { accepted } }"""
LOOK = "query($name: String!) { topic(name: $name) { headCursor } }"
WARM = 100  # subscribers before the memory is looked at for the first time
PAGE_BYTES, GOAL_KB = 4096, 30.0
SPARE_FILES = 500
HEAD = f"{'':10}{'subscribers':>12}{'MB without':>12}{'MB with':>10}{'kB each':>10}{'goal':>10}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=10_000, help="subscribers of each API")
    parser.add_argument("--apis", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2, help="in so many processes for each API")
    parser.add_argument("--settle-s", type=float, default=30.0)
    options = parser.parse_args()
    _allow_files(options.each + SPARE_FILES)
    with (
        ending_in_good_order(),
        a_cluster(replicas=options.apis, with_worker=False, **production()) as cluster,
    ):
        _measure(cluster, options)


def _measure(cluster: Cluster, options: argparse.Namespace) -> None:
    token = cluster.token()
    ask(cluster.urls[0], token, MAKE, name=TOPIC)
    with _crowd(cluster, token, each=WARM, processes=1) as crowd:
        _publish(cluster, token, "warm")
        crowd.have_got("warm")
    time.sleep(options.settle_s / 3)
    without = _resident_mb(cluster)
    began = time.monotonic()
    with _crowd(cluster, token, each=options.each, processes=options.processes) as crowd:
        _publish(cluster, token, "all-here")
        joined_s = crowd.have_got("all-here") - began
        time.sleep(options.settle_s)
        idle = _resident_mb(cluster)
        sent, answered = _publish(cluster, token, "after-a-while")
        last = crowd.have_got("after-a-while")
    many = options.each * options.apis
    print(f"{many:,} idle subscribers of one topic, on {os.cpu_count()} cores\n\n{HEAD}\n{'-' * len(HEAD)}")
    for number, (before, after) in enumerate(zip(without, idle, strict=True), start=1):
        each = (after - before) * 1000 / options.each
        print(f"API {number:<6}{options.each:12,}{before:12.1f}{after:10.1f}{each:10.1f}{GOAL_KB:10.0f}")
    print(f"\nAll had subscribed and got their first event after {joined_s:.1f} s.")
    print(f"An event after {options.settle_s:g} s of silence: its publisher had the answer after", end=" ")
    print(f"{(answered - sent) * 1000:.0f} ms, the last of {many:,} had it after {(last - sent) * 1000:.0f} ms.")


def _crowd(cluster: Cluster, token: str, *, each: int, processes: int) -> AbstractContextManager[Crowd]:
    after = ask(cluster.urls[0], token, LOOK, name=TOPIC)["topic"]["headCursor"]  # type: ignore[index]
    return a_crowd(cluster.urls, token, TOPIC, after, each=each, processes=processes)


def _publish(cluster: Cluster, token: str, event_id: str) -> tuple[float, float]:
    """When it was sent, and when it was answered."""
    sent = time.monotonic()
    ask(cluster.urls[0], token, PUBLISH, topic=TOPIC, id=event_id)
    return sent, time.monotonic()


def _resident_mb(cluster: Cluster) -> list[float]:
    return [
        int((Path("/proc") / str(api.pid) / "statm").read_text().split()[1]) * PAGE_BYTES / 1e6 for api in cluster.apis
    ]


def _allow_files(files: int) -> None:
    """Let this process and those it starts open so many files. Raises SystemExit where the machine does not."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < files:
        raise SystemExit(f"A process may open {most:,} files here, and {files:,} are needed: take fewer with --each.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
