"""The processes whose sockets are held open, and what they tell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from benchmarks.reading.processes import ROOT

WATCHERS = [sys.executable, "-m", "benchmarks.idling.watchers"]


class Lost(Exception):
    """A subscriber lost its socket: the figures would say nothing."""


@dataclass
class Crowd:
    """Subscribers in several processes."""

    processes: list["subprocess.Popen[bytes]"]

    def have_subscribed(self) -> None:
        """Wait until all have asked for the feed."""
        for process in self.processes:
            self._hear(process, "subscribed")

    def have_got(self, event_id: str) -> float:
        """Wait until all have got an event; when the last one did, by the machine's steady clock."""
        last_s = 0.0
        for process in self.processes:
            told = self._hear(process, "event")
            if told["event"] != event_id:
                raise Lost(f"{told} came instead of {event_id}")
            last_s = max(last_s, float(str(told["at_s"])))
        return last_s

    def _hear(self, process: "subprocess.Popen[bytes]", what: str) -> dict[str, object]:
        assert process.stdout is not None
        told: dict[str, object] = orjson.loads(process.stdout.readline() or b"{}")
        if what not in told:
            raise Lost(str(told))
        return told


@contextmanager
def a_crowd(urls: list[str], token: str, topic: str, after: str, *, each: int, processes: int) -> Iterator[Crowd]:
    """So many subscribers to each API, in so many processes for each, that are subscribed by now."""
    share = each // processes
    sizes = [share] * (processes - 1) + [each - share * (processes - 1)]
    crowd = Crowd([_begin(url, token, topic, after, size) for url in urls for size in sizes])
    try:
        crowd.have_subscribed()
        yield crowd
    finally:
        for process in crowd.processes:
            process.kill()
        for process in crowd.processes:
            process.communicate()


def _begin(url: str, token: str, topic: str, after: str, many: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*WATCHERS, url, topic, after, str(many)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=os.environ | {"WATCHERS_TOKEN": token},
        cwd=ROOT,
        start_new_session=True,
    )
