"""Where runs are kept, where imports wait, what reads recordings, and what tells of changes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol
from uuid import UUID

from domain.operations.model import Claim, ItemId, JobId
from domain.operations.ports import LeasedJobs
from domain.runs.changes import RunChange
from domain.runs.imports import ImportItem, PackedFile, RecordedRun, UploadedFile
from domain.runs.model import Run, RunId
from domain.runs.recording import Recording
from domain.shared.once import Once
from domain.shared.viewer import Viewer


class RunRepository(Protocol):
    """Runs as one viewer may see them: another's run, or a workout of another's, is NotFound."""

    async def add(self, run: Run, *, once: Once | None) -> RunId:
        """Store a run. Raises ExternalIdTaken, WorkoutTaken, WorkoutNotFound."""
        ...

    async def update(self, run_id: RunId, viewer: Viewer, change: Callable[[Run], Run], *, once: Once | None) -> RunId:
        """Lock a run, apply `change` (pure), store. Raises RunNotFound and what `add` raises."""
        ...

    async def remove(self, run_id: RunId, viewer: Viewer, *, once: Once | None) -> RunId:
        """Delete a run with all that was recorded of it, and its original file. Raises RunNotFound."""
        ...

    async def original(self, run_id: RunId, viewer: Viewer) -> UploadedFile | None:
        """The file a run came from; None when there is none, or no such run of the viewer's."""
        ...


class ImportRepository(LeasedJobs, Protocol):
    """Imports from their upload to their end."""

    async def add(self, job_id: JobId, viewer: Viewer, files: Sequence[PackedFile], *, once: Once | None) -> JobId:
        """Store the files and the job that will read them; a file with a refusal has failed from the start."""
        ...

    async def next_item(self, claim: Claim) -> ImportItem | None:
        """The next file that waits, or None at the end."""
        ...

    async def unpacked(self, claim: Claim, item_id: ItemId, members: Sequence[PackedFile]) -> None:
        """Put an archive's files in the archive's place."""
        ...

    async def store(self, claim: Claim, item: ImportItem, runs: Sequence[RecordedRun]) -> None:
        """Store what a file gave and mark its item, in one transaction; what is there already is named instead.

        Raises FiguresOutOfBounds when it has values that nothing can hold.
        """
        ...

    async def fail(self, claim: Claim, item_id: ItemId, message: str) -> None:
        """Mark a file as one that could not be read."""
        ...

    async def finish(self, claim: Claim) -> None:
        """End the job, as its items ended."""
        ...

    async def undo(self, job_id: JobId, viewer: Viewer, *, once: Once | None) -> JobId:
        """Stop the job if it runs, and delete the runs that it made, no others. Raises JobNotFound, NothingToUndo."""
        ...


class RecordingFiles(Protocol):
    """Reads what watches and phones write."""

    def is_archive(self, content: bytes) -> bool:
        """Whether `content` packs other files (.zip); a .gz holds one recording and is decoded as it."""
        ...

    def unpack(self, file_name: str, content: bytes) -> Iterator[PackedFile]:
        """The files of an archive, one by one, within bounds."""
        ...

    def decode(self, file_name: str, content: bytes) -> list[Recording]:
        """The runs of one file, at least one. Raises a DomainError that says why there is none."""
        ...


class RunChanges(Protocol):
    """The changes of one athlete's runs, kept for a day."""

    async def latest(self, athlete_id: UUID) -> int:
        """The number of the newest change; 0 before the first."""
        ...

    async def after(self, athlete_id: UUID, number: int) -> list[RunChange]:
        """The changes behind `number`, in order; at most 100 at once."""
        ...

    async def forget_old(self) -> int:
        """Delete what nobody can be waiting for any more; answers how many."""
        ...
