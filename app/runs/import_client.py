"""`cairn import`: files into a running Cairn, with a bar and a line per file."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from domain.shared.errors import OperatorError

BATCH_FILES = 50
BATCH_BYTES = 50_000_000
LOOK_AGAIN_S = 0.2
RECORDINGS = (".fit", ".gpx", ".tcx", ".gz", ".zip")
GOOD = {"SUCCEEDED": "[green]imported[/]", "ALREADY_IMPORTED": "[cyan]already there[/]"}
IMPORT = """
mutation CairnImport($files: [Upload!]!) {
  importRuns(input: {files: $files}) { job { id } userErrors { message } }
}
"""
JOB = """
query CairnImportJob($id: ID!) {
  job(id: $id) { status progress items { fileName status message run { name } } }
}
"""


class ImportFailed(OperatorError):
    """The server cannot be reached, or refuses."""


async def import_files(paths: Sequence[Path], *, url: str, token: str, console: Console | None = None) -> int:
    """Import files, and the recordings in folders; 0 when every one was imported or there before, else 1."""
    console = console or Console(highlight=False, soft_wrap=True)
    files = list(_recordings(paths))
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    failed = done = 0
    async with httpx.AsyncClient(base_url=url, timeout=120, headers={"authorization": f"Bearer {token}"}) as client:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("files", total=len(files))
            for batch in _batches(files):
                job_id = await _upload(client, batch)
                async for job in _watch(client, job_id):
                    progress.update(bar, completed=done + job["progress"] * len(batch))
                done += len(batch)
                failed += _tell(job["items"], console)
    console.print("All done." if not failed else f"{failed} could not be imported.")
    return 1 if failed else 0


def _recordings(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in RECORDINGS)
        elif path.is_file():
            yield path
        else:
            raise ImportFailed(f"There is no file {path}.")


def _batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    """A few files at a time, so that no request grows too large."""
    batch: list[Path] = []
    size = 0
    for file in files:
        bytes_ = file.stat().st_size
        if batch and (len(batch) == BATCH_FILES or size + bytes_ > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += bytes_
    if batch:
        yield batch


async def _upload(client: httpx.AsyncClient, files: Sequence[Path]) -> str:
    operations = json.dumps({"query": IMPORT, "variables": {"files": [None] * len(files)}})
    places = json.dumps({str(at): [f"variables.files.{at}"] for at in range(len(files))})
    contents = {str(at): (file.name, await asyncio.to_thread(file.read_bytes)) for at, file in enumerate(files)}
    form = {"operations": operations, "map": places}
    payload = (await _ask(client, data=form, files=contents, headers={"x-cairn-csrf": "1"}))["importRuns"]
    if payload["userErrors"]:
        raise ImportFailed(payload["userErrors"][0]["message"])
    return str(payload["job"]["id"])


async def _watch(client: httpx.AsyncClient, job_id: str) -> AsyncIterator[dict[str, Any]]:
    while True:
        job = (await _ask(client, json={"query": JOB, "variables": {"id": job_id}}))["job"]
        yield job
        if job["status"] not in ("QUEUED", "RUNNING"):
            return
        await asyncio.sleep(LOOK_AGAIN_S)


async def _ask(client: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    try:
        response = await client.post("/graphql", **request)
        answer = response.json()
    except httpx.HTTPError as trouble:
        raise ImportFailed(f"Cairn at {client.base_url} cannot be reached ({trouble}). Is it running?") from trouble
    except ValueError as trouble:
        raise ImportFailed(f"{client.base_url} does not answer like a Cairn.") from trouble
    if answer.get("errors"):
        raise ImportFailed(answer["errors"][0]["message"])
    data: dict[str, Any] = answer["data"]
    return data


def _tell(items: Sequence[dict[str, Any]], console: Console) -> int:
    """A line per file; answers how many failed."""
    for item in items:
        outcome = GOOD.get(item["status"], "[red]failed[/]")
        console.print(f"{outcome}  {escape(item['fileName'] or '')}  {escape(item['message'] or '')}")
    return sum(item["status"] not in GOOD for item in items)
