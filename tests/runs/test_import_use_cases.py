"""An import is a row before it is a message, and its undoing is told to those who watch."""

import pytest

from app.runs.use_cases import import_runs, undo_import
from domain.operations.model import JobKind
from domain.operations.ports import job_channel
from domain.runs.changes import runs_channel
from domain.runs.imports import MAX_FILES, NoFiles, PackedFile, TooManyFilesAtOnce
from domain.shared.errors import Forbidden
from domain.shared.viewer import Scope
from tests.factories.plans import a_viewer
from tests.fakes.imports import JOB, FakeBus, FakeImports, FakeJobQueue
from tests.fakes.plans import FakeIds

FILE = PackedFile("a.fit", b"x")
READER = a_viewer(scopes=frozenset({Scope.TRAINING_READ}))


async def test_a_worker_is_woken_once_the_files_are_stored() -> None:
    imports = FakeImports()
    queue = FakeJobQueue(imports)
    job_id = await import_runs([FILE, FILE], viewer=a_viewer(), once=None, imports=imports, queue=queue, ids=FakeIds())
    assert queue.handed_over == [(JobKind.IMPORT_RUNS, job_id, 2)]


@pytest.mark.parametrize(("count", "refusal"), [(0, NoFiles), (MAX_FILES + 1, TooManyFilesAtOnce)])
async def test_an_import_that_is_refused_stores_nothing_and_wakes_nobody(count: int, refusal: type[Exception]) -> None:
    imports = FakeImports()
    queue = FakeJobQueue(imports)
    with pytest.raises(refusal):
        await import_runs([FILE] * count, viewer=a_viewer(), once=None, imports=imports, queue=queue, ids=FakeIds())
    assert (imports.happened, queue.handed_over) == ([], [])


async def test_those_who_watch_hear_that_an_import_was_taken_back() -> None:
    bus = FakeBus()
    viewer = a_viewer()
    await undo_import(JOB, viewer=viewer, once=None, imports=FakeImports(), bus=bus)
    assert bus.told == [job_channel(JOB), runs_channel(viewer.athlete_id)]


async def test_who_may_only_read_neither_imports_nor_takes_back() -> None:
    imports = FakeImports()
    queue = FakeJobQueue(imports)
    with pytest.raises(Forbidden):
        await import_runs([FILE], viewer=READER, once=None, imports=imports, queue=queue, ids=FakeIds())
    with pytest.raises(Forbidden):
        await undo_import(JOB, viewer=READER, once=None, imports=imports, bus=FakeBus())
    assert imports.happened == []
