"""The figures of all strikes as a table in Markdown, under a line that tells where they come from."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.failing_over.judging import Kind
from benchmarks.failing_over.people import Size
from benchmarks.failing_over.table import Row
from infrastructure.embedded.programs import version
from testing_payloads.failover.servers.programs import find, find_postgres
from tests.conftest import a_data_folder

HEAD = (
    *("Strike", "Times", "Outage s, median", "worst", "Failed", "Lost", "Twice", "Gaps", "Back in time"),
    *("Sockets broken", "Ready after s, median", "worst"),
)
RULES = ("---", *("---:" for _ in HEAD[1:]))


def page(rows: Sequence[Row], *, size: Size, repeating: bool, load_before: float) -> str:
    """All of it."""
    lines = [_where_from(size, repeating=repeating, load_before=load_before), "", _line(HEAD), _line(RULES)]
    return "\n".join([*lines, *(_line(_cells(row)) for row in rows), "", *_below(rows)])


def _cells(row: Row) -> Iterator[str]:
    kinds = row.kinds()
    yield from (row.name, str(row.times), f"{median(row.outages):.2f}", f"{max(row.outages):.2f}")
    yield str(row.failed().total()) + (f" (and {row.overdue} overdue)" if row.overdue else "")
    yield from (str(kinds[kind]) for kind in (Kind.LOST, Kind.TWICE, Kind.GAP, Kind.BACK_IN_TIME))
    yield from (str(row.breaks), f"{median(row.ready):.2f}", f"{max(row.ready):.2f}")


def _where_from(size: Size, *, repeating: bool, load_before: float) -> str:
    clients = (
        f"{size.planners + size.lookers} athletes who plan and look, {size.publishers} publishers, {size.followers} "
        f"followers, {size.zoners} athletes whose zones are computed; "
        f"{'what fails is sent again' if repeating else 'nothing that fails is sent again'}"
    )
    system = f"{os.cpu_count()} cores ({_processor()}), Linux {platform.release().partition('-')[0]}"
    return (
        f"Machine: {system}, load {load_before:.1f} when it began. Python {platform.python_version()}, {_programs()}. "
        f"All on one machine: two APIs, a worker, the servers, and the clients: {clients}."
    )


def _below(rows: Sequence[Row]) -> Iterator[str]:
    writes, reads = sum(row.writes for row in rows), sum(row.reads for row in rows)
    yield f"{writes:,} writes and {reads:,} reads were acknowledged."
    if looks := sum(row.tried.by_standby or 0 for row in rows):
        yield f"On the pair one API read from the standby, which looked into tables {looks:,} times for it."


def _programs() -> str:
    with a_data_folder() as folder:
        postgres = find_postgres(folder, system=False).folder
        told = [f"PostgreSQL {version(postgres)}"]
    for name in ("haproxy", "pgbouncer"):
        words = [find(name), "-v" if name == "haproxy" else "--version"]
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        told.append(f"{name} {number[0] if (number := re.search(r'[0-9]+([.][0-9]+)+', said)) else ''}".strip())
    return ", ".join(told)


def _processor() -> str:
    if sys.platform != "linux":
        return platform.machine()
    told = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return told[1] if told else platform.machine()


def _line(cells: Sequence[str] | Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"
