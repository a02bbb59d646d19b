"""An import in memory whose lease can be taken away, and a bus that remembers what it was told."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from domain.operations.model import Claim, ItemId, JobId, JobKind, LeaseLost
from domain.runs.imports import ImportItem, PackedFile, RecordedRun, UploadedFile
from domain.runs.recording import Recording
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from tests.factories.recordings import a_recording

JOB = JobId(UUID(int=1))
WORKER = UUID(int=2)


class FakeImports:
    """The ImportRepository port for one job of the files given; `happened` is what became of each, in order."""

    def __init__(self, *names: str, attempts: int = 1) -> None:
        self.waiting = [
            ImportItem(ItemId(UUID(int=place)), UploadedFile(name, name.encode()), attempts)
            for place, name in enumerate(names)
        ]
        self.happened: list[tuple[str, str]] = []
        self.taken = self.finished = self.released = self.given_up = False
        self.before_store: Callable[[], None] = lambda: None

    async def add(self, job_id: JobId, viewer: Viewer, files: Sequence[PackedFile], *, once: Once | None) -> JobId:
        self.happened += [(file.name, "added") for file in files]
        return job_id

    async def claim(self, job_id: JobId, worker_id: UUID) -> Claim | None:
        return None if self.taken else Claim(job_id, UUID(int=3), worker_id)

    async def renew(self, claim: Claim) -> None:
        self._held()

    async def release(self, claim: Claim) -> None:
        self.released = True

    async def give_up(self, claim: Claim) -> None:
        self.given_up = True

    async def next_item(self, claim: Claim) -> ImportItem | None:
        self._held()
        return self.waiting[0] if self.waiting else None

    async def unpacked(self, claim: Claim, item_id: ItemId, members: Sequence[PackedFile]) -> None:
        self._held()
        archive = self.waiting.pop(0)
        self.waiting[:0] = [
            ImportItem(ItemId(UUID(int=100 + place)), UploadedFile(member.name, member.content or b""), 1)
            for place, member in enumerate(members)
        ]
        self.happened.append((archive.file.name, "unpacked"))

    async def store(self, claim: Claim, item: ImportItem, runs: Sequence[RecordedRun]) -> None:
        self.before_store()
        self._held()
        self._end(item.id, f"stored {len(runs)}")

    async def fail(self, claim: Claim, item_id: ItemId, message: str) -> None:
        self._held()
        self._end(item_id, message)

    async def finish(self, claim: Claim) -> None:
        self._held()
        self.finished = True

    async def undo(self, job_id: JobId, viewer: Viewer, *, once: Once | None) -> JobId:
        self.happened.append(("job", "undone"))
        return job_id

    def _held(self) -> None:
        if self.taken:
            raise LeaseLost

    def _end(self, item_id: ItemId, how: str) -> None:
        item = self.waiting.pop(0)
        assert item.id == item_id
        self.happened.append((item.file.name, how))


class FakeFiles:
    """The RecordingFiles port: every name is one run, unless `wrong` has an error for it or `packed` its files."""

    def __init__(self, *, wrong: dict[str, Exception] | None = None, packed: dict[str, Sequence[str]] | None = None):
        self._wrong, self._packed = wrong or {}, packed or {}

    def is_archive(self, content: bytes) -> bool:
        return content.decode() in self._packed

    def unpack(self, file_name: str, content: bytes) -> Iterator[PackedFile]:
        return (PackedFile(name, name.encode()) for name in self._packed[file_name])

    def decode(self, file_name: str, content: bytes) -> list[Recording]:
        if file_name in self._wrong:
            raise self._wrong[file_name]
        return [a_recording(time_s=[0, 1])]


class FakeBus:
    """The Bus port, remembering the channels it was told of."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def publish(self, channel: str, message: str = "") -> None:
        self.told.append(channel)

    @asynccontextmanager
    async def listen(self, channel: str, *, at_least_every_s: float) -> AsyncIterator[AsyncIterator[None]]:
        raise NotImplementedError
        yield


class FakeJobQueue:
    """The JobQueue port, remembering what was handed over, and what had happened by then."""

    def __init__(self, imports: FakeImports) -> None:
        self._imports = imports
        self.handed_over: list[tuple[JobKind, JobId, int]] = []

    async def hand_over(self, kind: JobKind, job_id: JobId, *, after_s: float = 0) -> None:
        self.handed_over.append((kind, job_id, len(self._imports.happened)))
