"""`cairn import`: files into a running Cairn, with a bar in a terminal and a line per file."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.runs.import_sources import Source, batches, cannot_read, sources
from app.runs.import_upload import FilesRefused, RunningCairn

BATCH_BYTES = 50_000_000
LOOKS_WITHOUT_A_WORKER = 15
GOOD = {"SUCCEEDED": "[green]imported[/]", "ALREADY_IMPORTED": "[cyan]already there[/]"}
FAILED = "[red]failed[/]"


async def import_files(paths: Sequence[Path], *, url: str, token: str, console: Console | None = None) -> int:
    """Import files, and the recordings in folders; 0 when every one was imported or there before, else 1."""
    console = console or Console(highlight=False, soft_wrap=True)
    cairn = RunningCairn(url, token)
    try:
        with _bar(console) as bar:
            one = _Import(cairn, console, bar)
            await one.bring(list(sources(paths)))
    finally:
        await cairn.close()
    console.print("All done." if not one.failed else f"{one.failed} could not be imported.")
    return 1 if one.failed else 0


class _Import:
    """One run of the command: what is done, and what failed."""

    def __init__(self, cairn: RunningCairn, console: Console, bar: Progress) -> None:
        self._cairn, self._console, self._bar = cairn, console, bar
        self.failed = self._done = 0

    async def bring(self, found: Sequence[Source]) -> None:
        """All of them, whatever becomes of each."""
        self._task = self._bar.add_task("files", total=len(found))
        for source in found:
            if source.refusal:
                self._fail(source, source.refusal)
        for batch in batches([source for source in found if not source.refusal], most_bytes=BATCH_BYTES):
            await self._send(batch)

    async def _send(self, batch: Sequence[Source]) -> None:
        files, contents = [], []
        for source in batch:
            try:
                contents.append((source.name, await asyncio.to_thread(source.path.read_bytes)))
                files.append(source)
            except OSError as trouble:
                self._fail(source, cannot_read(trouble))
        if files:
            await self._import(files, contents)

    async def _import(self, files: Sequence[Source], contents: Sequence[tuple[str, bytes]]) -> None:
        """Together, or when the server does not take them so, each half by itself."""
        try:
            job_id = await self._cairn.upload(contents)
        except FilesRefused as refusal:
            if len(files) == 1:
                self._fail(files[0], str(refusal))
                return
            half = len(files) // 2
            await self._import(files[:half], contents[:half])
            await self._import(files[half:], contents[half:])
        else:
            await self._watch(job_id, len(files))

    async def _watch(self, job_id: str, count: int) -> None:
        told: Counter[tuple[str, str, str]] = Counter()  # two files may have the same name, and the same to tell
        looks = 0
        async for job in self._cairn.watch(job_id):
            self._bar.update(self._task, completed=self._done + job["progress"] * count)
            ended = Counter(_story(item) for item in job["items"] if item["status"] != "PENDING")
            for status, name, message in (ended - told).elements():
                self._tell(status, name, message)
            told = ended
            looks += job["status"] == "QUEUED"
            if looks == LOOKS_WITHOUT_A_WORKER:
                self._console.print("Waiting for a worker to take it up. Is one running? `cairn worker` starts one.")
        self._done += count

    def _tell(self, status: str, name: str, message: str) -> None:
        self.failed += status not in GOOD
        self._line(GOOD.get(status, FAILED), name, message)

    def _fail(self, source: Source, why: str) -> None:
        self.failed += 1
        self._done += 1
        self._bar.update(self._task, completed=self._done)
        self._line(FAILED, source.shown, why)

    def _line(self, outcome: str, name: str, message: str) -> None:
        self._console.print(f"{outcome}  {escape(name)}  {escape(message)}".rstrip())


def _story(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["status"], item["fileName"] or "", item["message"] or ""


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress
