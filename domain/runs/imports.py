"""Files on their way to becoming runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.operations.model import ItemId, JobId
from domain.runs.facts import RunFacts
from domain.runs.model import RunId
from domain.runs.recording import Recording
from domain.shared.errors import DomainError, Invalid, LimitExceeded, TooLarge

MAX_FILES = 500
MAX_NAME_LENGTH = 255


class NoFiles(Invalid):
    """An import of nothing."""

    def __init__(self) -> None:
        super().__init__("Give at least one file to import.", field=("files",))


class TooManyFilesAtOnce(LimitExceeded):
    """More files than one import takes."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} files are more than one import takes ({MAX_FILES}).", field=("files",))


class UploadTooLarge(TooLarge):
    """A file that no watch writes."""

    def __init__(self, name: str, max_mb: int, index: int) -> None:
        super().__init__(f"{name} is larger than {max_mb} MB.", field=("files", str(index)))


class FileStopsWorkers(Invalid):
    """A file at which workers stopped again and again."""

    def __init__(self) -> None:
        super().__init__("Reading this file stopped the import several times, so it was given up. Please report it.")


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled: whoever gets this stops and stores nothing more."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came in."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file out of an archive: its content, or why it cannot be had."""

    name: str
    content: bytes | None = field(default=None, repr=False)
    refusal: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's hold on a job, for as long as it is renewed."""

    job_id: JobId
    athlete_id: UUID
    worker_id: UUID


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One file of an import that waits its turn."""

    id: ItemId
    file: UploadedFile
    attempts: int


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """A run read from a file, ready to be stored."""

    id: RunId
    name: str
    recording: Recording
    facts: RunFacts
    report: dict[str, Any]


def told_name(name: str) -> str:
    """A file's name as it is shown: without its folders, control characters, and what passes 255 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable())[-MAX_NAME_LENGTH:].strip()
    return shown or "file"


def check_files(files: Sequence[UploadedFile], max_mb: int) -> None:
    """Raise NoFiles, TooManyFilesAtOnce or UploadTooLarge."""
    if not files:
        raise NoFiles
    if len(files) > MAX_FILES:
        raise TooManyFilesAtOnce(len(files))
    for index, file in enumerate(files):
        if len(file.content) > max_mb * 1_000_000:
            raise UploadTooLarge(told_name(file.name), max_mb, index)
