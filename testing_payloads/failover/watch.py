"""Shows a failover while it happens: .venv/bin/python -m testing_payloads.failover.watch

Who writes and who reads, asked at each database and at HAProxy; whether the APIs are live and ready; a small load of
its own, its errors, and the longest gap between acknowledged writes. `q` ends it and prints a summary.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from testing_payloads.failover.rig import DEFAULT_FOLDER
from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.drawing import picture
from testing_payloads.failover.watching.load import Load, load_with
from testing_payloads.failover.watching.load_api import ThroughApi
from testing_payloads.failover.watching.load_sql import ThroughSql
from testing_payloads.failover.watching.looks import watch_all
from testing_payloads.failover.watching.options import api_url, seconds
from testing_payloads.failover.watching.targets import CannotWatch, Target, of_compose, of_rig
from testing_payloads.failover.watching.telling import event_line, line, summary

DRAWN_EVERY_S = 0.2
TOLD_EVERY_S = 1.0


def main(words: Sequence[str] | None = None) -> int:
    """Watch until somebody quits."""
    given = _arguments().parse_args(words)
    try:
        target = _target(given)
        load = _load(given, target)
    except CannotWatch as refusal:
        print(refusal, file=sys.stderr)
        return 2
    asyncio.run(_watch(target, load, given.seconds))
    return 0


async def _watch(target: Target, load: Load | None, limit_s: float | None) -> None:
    diary, over = Diary(time.monotonic()), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_leave_out_broken_off)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    if limit_s is not None:
        loop.call_later(limit_s, over.set)
    under_way = [asyncio.create_task(watch_all(target, diary))]
    if load is not None:
        under_way.append(asyncio.create_task(load_with(load, diary)))
    console = Console()
    try:
        with _quit_key(over):
            await (_draw if console.is_terminal else _tell)(console, diary, target.name, over)
    finally:
        ended = time.monotonic()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    for told in summary(diary, ended):
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _leave_out_broken_off(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A connection that is given up while it is made tells nobody so, and asyncio would print it over the picture."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)


async def _draw(console: Console, diary: Diary, title: str, over: asyncio.Event) -> None:
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not over.is_set():
            live.update(picture(diary, title, time.monotonic(), console), refresh=True)
            await _pause(over, DRAWN_EVERY_S)


async def _tell(_console: Console, diary: Diary, _title: str, over: asyncio.Event) -> None:
    told = 0
    await _pause(over, TOLD_EVERY_S)
    while not over.is_set():
        for event in diary.events[told:]:
            print(event_line(event), flush=True)
        told = len(diary.events)
        print(line(diary, time.monotonic()), flush=True)
        await _pause(over, TOLD_EVERY_S)


async def _pause(over: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)


@contextmanager
def _quit_key(over: asyncio.Event) -> Iterator[None]:
    """While this lasts, `q` ends the watch; nothing to do where no keyboard is."""
    if not sys.stdin.isatty():
        yield
        return
    keyboard = sys.stdin.fileno()
    as_it_was = termios.tcgetattr(keyboard)
    loop = asyncio.get_running_loop()

    def pressed() -> None:
        if os.read(keyboard, 1).lower() in (b"q", b""):
            over.set()

    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, pressed)
    try:
        yield
    finally:
        loop.remove_reader(keyboard)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, as_it_was)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m testing_payloads.failover.watch", description="Watch a failover.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--rig",
        type=Path,
        metavar="FOLDER",
        default=DEFAULT_FOLDER,
        help="a rig, with or without Patroni (%(default)s)",
    )
    where.add_argument("--compose", action="store_true", help="what docker-compose.multi-db.yml publishes")
    parser.add_argument(
        "--api", type=api_url, action="append", default=[], metavar="URL", help="an API to look at; may be repeated"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--sql", action="store_true", help="write and read by SQL through HAProxy, not through an API")
    what.add_argument("--idle", action="store_true", help="look only: write and read nothing")
    parser.add_argument("--token", help="who asks the API (TOKEN; without one, `cairn token` makes one)")
    parser.add_argument("--for", dest="seconds", type=seconds, metavar="SECONDS", help="end by itself")
    return parser


def _target(given: argparse.Namespace) -> Target:
    target = of_compose(os.environ) if given.compose else of_rig(given.rig)
    return replace(target, replicas=tuple(given.api) or target.replicas)


def _load(given: argparse.Namespace, target: Target) -> Load | None:
    if given.idle:
        return None
    if given.sql or not target.replicas:
        return ThroughSql(target.writer_url, target.reader_url)
    return ThroughApi(target.replicas, given.token or os.environ.get("TOKEN") or _local_token(given.compose))


def _local_token(is_compose: bool) -> str:
    if is_compose:
        raise CannotWatch("Keycloak makes the tokens there: give one as TOKEN (docs/operations.md says how), or --sql.")
    cairn = Path(sys.executable).with_name("cairn")
    made = subprocess.run([cairn, "token", "--as", "runner"], capture_output=True, text=True, check=False)
    if made.returncode:
        raise CannotWatch(f"`cairn token` made none ({made.stderr.strip()}): give one as TOKEN, or use --sql.")
    return made.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
