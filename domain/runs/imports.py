"""Files on their way to becoming runs."""

from dataclasses import dataclass, field
from typing import Any

from domain.operations.model import ItemId
from domain.runs.facts import RunFacts
from domain.runs.model import RunId
from domain.runs.recording import Recording
from domain.shared.errors import DomainError, Invalid, LimitExceeded, TooLarge

MAX_FILES = 500
MAX_NAME_LENGTH = 255
MAX_SPORT_LENGTH = 100


class NoFiles(Invalid):
    """An import of nothing."""

    def __init__(self) -> None:
        super().__init__("Give at least one file to import.", field=("files",))


class TooManyFilesAtOnce(LimitExceeded):
    """More files than one import takes."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} files are more than one import takes ({MAX_FILES}).", field=("files",))


class NotUploaded(Invalid):
    """Something else stands where a file should."""

    def __init__(self, index: int) -> None:
        super().__init__("Send files as parts of a multipart request.", field=("files", str(index)))


class SameFileTwice(Invalid):
    """One part of a form stands in several places."""

    def __init__(self) -> None:
        super().__init__("The form's `map` puts one file in several places; give each once.", field=("files",))


class UploadTooLarge(TooLarge):
    """A file that no watch writes."""

    def __init__(self, max_mb: int) -> None:
        super().__init__(f"The file is larger than {max_mb} MB, which is more than any run needs.")


class FileStopsWorkers(Invalid):
    """A file at which workers stopped again and again."""

    def __init__(self) -> None:
        super().__init__("Reading this file stopped the import several times, so it was given up. Please report it.")


class FileBreaksReading(Invalid):
    """A file at which Cairn itself is at fault."""

    def __init__(self) -> None:
        super().__init__("Cairn made a mistake with this file, so it was left out. The mistake is logged; report it.")


class FiguresOutOfBounds(Invalid):
    """A recording that can be read, but says what no run can be."""

    def __init__(self) -> None:
        super().__init__(
            "The figures in this file are beyond what any run can have, so it was left out. Export the run again."
        )


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came in."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of an upload or out of an archive: its content, or why it cannot be had."""

    name: str
    content: bytes | None = field(default=None, repr=False)
    refusal: DomainError | None = None


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

    @property
    def sport(self) -> str:
        """The sport as the file names it, of a length that can be shown."""
        return one_line(self.recording.sport)[:MAX_SPORT_LENGTH].strip()

    @property
    def external_id(self) -> str | None:
        """The recording's own id; None when it is longer than any that a device writes."""
        id = self.recording.external_id
        return id if id is None or len(id) <= MAX_NAME_LENGTH else None


def told_name(name: str) -> str:
    """A file's name as it is shown: without its folders, control characters, and what passes 255 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return one_line(last)[-MAX_NAME_LENGTH:].strip() or "file"


def run_name(recorded: str | None, file_name: str, place: int, of: int) -> str:
    """What an imported run is called: by its recording, else after its file; `place` counts from 0 where `of` > 1."""
    stem = file_name.removesuffix(".gz").rpartition(".")[0] or file_name
    return (one_line(recorded or "") or (stem if of == 1 else f"{stem} ({place + 1})"))[:MAX_NAME_LENGTH].strip()


def one_line(text: str) -> str:
    """Text from a file in one line: spaces for line breaks, and nothing that cannot be shown or stored."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def check_files(count: int) -> None:
    """Raise NoFiles or TooManyFilesAtOnce."""
    if count == 0:
        raise NoFiles
    if count > MAX_FILES:
        raise TooManyFilesAtOnce(count)
