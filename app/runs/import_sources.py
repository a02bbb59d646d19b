"""Which recordings an import was asked for: files and what lies in folders, a few at a time."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

RECORDINGS = (".fit", ".gpx", ".tcx", ".gz", ".zip")
BATCH_FILES = 50
MOST_BYTES = 500_000_000  # no Cairn takes more, so it need not be read


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or why there is nothing to read where one was named."""

    path: Path
    size: int = 0
    refusal: str | None = None

    @property
    def shown(self) -> str:
        """Its path as text, whatever bytes stand in it."""
        return readable(self.path)

    @property
    def name(self) -> str:
        """Its name as text."""
        return readable(self.path.name)


def readable(path: Path | str) -> str:
    """A path as text that can be sent and printed."""
    return os.fsencode(path).decode("utf-8", "replace")


# os.path answers no where pathlib raises: somebody may name a file in a folder that they may not enter.
def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """The files among `paths`, and the recordings in the folders among them; no file comes twice."""
    seen: set[Path] = set()
    for path in paths:
        for source in _in_folder(path) if os.path.isdir(path) else (_source(path),):
            if (place := Path(os.path.realpath(source.path))) not in seen:
                seen.add(place)
                yield source


def batches(files: Iterable[Source], *, most_bytes: int) -> Iterator[list[Source]]:
    """A few files at a time, so that no request grows too large; a file past `most_bytes` goes alone."""
    batch: list[Source] = []
    size = 0
    for file in files:
        if batch and (len(batch) == BATCH_FILES or size + file.size > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch


def _in_folder(folder: Path) -> Iterator[Source]:
    found = sorted(path for path in folder.rglob("*") if _is_recording(path))
    yield from map(_source, found)
    if not found:
        yield Source(folder, refusal=f"There is no recording in this folder ({', '.join(RECORDINGS)}).")


def _is_recording(path: Path) -> bool:
    # Names with a dot in front are a system's own, such as the ._ files that macOS leaves on other disks.
    return path.suffix.lower() in RECORDINGS and not path.name.startswith(".") and os.path.isfile(path)


def _source(path: Path) -> Source:
    try:
        size = path.stat().st_size
    except OSError as trouble:
        return Source(path, refusal=cannot_read(trouble))
    if not path.is_file():
        return Source(path, refusal="This is no file.")
    return Source(path, size, "It is far larger than a recording." if size > MOST_BYTES else None)


def cannot_read(trouble: OSError) -> str:
    """Why a file cannot be read, in a sentence."""
    if isinstance(trouble, FileNotFoundError):
        return "There is no such file."
    if isinstance(trouble, PermissionError):
        return "You may not read this file."
    return f"It cannot be read: {trouble.strerror}."
