"""What the server holds at a moment: memory, files, sockets, connections and tasks; and whether that grows."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import orjson

PAGE_BYTES = 4096
MOST_GROWTH_MB_PER_MINUTE = 0.5
SLACK = 2  # so many more than before are no leak: a timer's task that just runs, a connection that is just looked at
OURS = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"


@dataclass(frozen=True)
class Sample:
    """One look at the server."""

    at_s: float
    rss_mb: float
    files: int
    sockets: int
    connections: int
    tasks: dict[str, int]
    objects: int
    done: int

    @property
    def task_count(self) -> int:
        """How many asyncio tasks there are."""
        return sum(self.tasks.values())

    def line(self) -> str:
        """A row of the table."""
        return (
            f"{self.at_s:6.0f}{self.rss_mb:9.1f}{self.files:7}{self.sockets:9}{self.connections:12}"
            f"{self.task_count:7}{self.objects:10,}{self.done:10,}"
        )


HEAD = f"{'s':>6}{'RSS MB':>9}{'files':>7}{'sockets':>9}{'PostgreSQL':>12}{'tasks':>7}{'objects':>10}{'done':>10}"


async def look(pid: int, side_port: int, watch: asyncpg.Connection, *, at_s: float, done: int) -> Sample:
    """Look at the server now."""
    reader, writer = await asyncio.open_connection("127.0.0.1", side_port)
    told = orjson.loads(await reader.read())
    writer.close()
    folder = Path("/proc") / str(pid)
    links = [link for file in (folder / "fd").iterdir() if (link := _link(file))]
    resident = int((folder / "statm").read_text().split()[1]) * PAGE_BYTES / 1e6
    sockets = sum(link.startswith("socket:") for link in links)
    connections = int(await watch.fetchval(OURS))
    return Sample(at_s, resident, len(links), sockets, connections, told["tasks"], told["objects"], done)


def growth_mb_per_minute(samples: Sequence[Sample]) -> float:
    """The slope of the memory over the second half."""
    half = samples[len(samples) // 2 :]
    if len(half) < 2:
        return 0.0
    slope = statistics.linear_regression([one.at_s for one in half], [one.rss_mb for one in half]).slope
    return float(slope * 60)


def is_back(before: Sample, after: Sample) -> bool:
    """Whether all that was opened is closed."""
    return all(now <= then + SLACK for _, then, now in _held(before, after))


def verdicts(before: Sample, under_load: Sequence[Sample], after: Sample, quiet_s: float) -> list[tuple[bool, str]]:
    """What became of everything that may leak."""
    told = [
        (now <= then + SLACK, f"{what}: {then} before, {now} after {quiet_s:.0f} s of quiet")
        for what, then, now in _held(before, after)
    ]
    slope = growth_mb_per_minute(under_load)
    told.append(
        (
            slope <= MOST_GROWTH_MB_PER_MINUTE,
            f"memory: {slope:+.2f} MB a minute over the second half (at most {MOST_GROWTH_MB_PER_MINUTE}); "
            f"{before.rss_mb:.0f} MB before, {under_load[-1].rss_mb:.0f} at the end, {after.rss_mb:.0f} after it",
        )
    )
    if after.task_count > before.task_count + SLACK:
        told.append((False, f"tasks that are new: {_new_tasks(before, after)}"))
    return told


def _new_tasks(before: Sample, after: Sample) -> str:
    more = {name: count - before.tasks.get(name, 0) for name, count in after.tasks.items()}
    return ", ".join(f"{count} {name}" for name, count in more.items() if count > 0)


def _held(before: Sample, after: Sample) -> list[tuple[str, int, int]]:
    return [
        ("asyncio tasks", before.task_count, after.task_count),
        ("open files", before.files, after.files),
        ("sockets", before.sockets, after.sockets),
        ("PostgreSQL connections", before.connections, after.connections),
    ]


def _link(file: Path) -> str | None:
    try:
        return str(file.readlink())
    except FileNotFoundError:  # closed meanwhile
        return None
