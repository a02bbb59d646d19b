"""One file's trouble is its own; a worker that stops or loses its lease leaves the rest to the next."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.operations import working
from app.runs.importing import MAX_ATTEMPTS, process_import
from domain.operations.model import Claim
from domain.operations.ports import job_channel
from domain.runs.changes import runs_channel
from domain.runs.imports import (
    FiguresOutOfBounds,
    FileBreaksReading,
    FileStopsWorkers,
    ImportItem,
    RecordedRun,
)
from domain.runs.refusals import NoTimes
from domain.shared.errors import Unavailable
from tests.fakes.imports import JOB, WORKER, FakeBus, FakeFiles, FakeImports
from tests.fakes.plans import FakeIds

GONE = Unavailable("The database is away.")


async def process(imports: FakeImports, files: FakeFiles | None = None, bus: FakeBus | None = None) -> None:
    """Take the job up."""
    ids = FakeIds()
    await process_import(JOB, WORKER, imports=imports, files=files or FakeFiles(), bus=bus or FakeBus(), ids=ids)


async def test_every_file_is_stored_and_the_job_finished() -> None:
    imports = FakeImports("a.fit", "b.fit")
    await process(imports)
    assert imports.happened == [("a.fit", "stored 1"), ("b.fit", "stored 1")]
    assert imports.finished


async def test_a_job_that_another_worker_has_is_left_alone() -> None:
    imports = FakeImports("a.fit")
    imports.taken = True
    bus = FakeBus()
    await process(imports, bus=bus)
    assert (imports.happened, imports.finished, bus.told) == ([], False, [])


async def test_those_who_watch_hear_of_the_start_of_each_file_and_of_the_end() -> None:
    bus = FakeBus()
    await process(FakeImports("a.fit", "b.fit"), bus=bus)
    assert [channel for channel in bus.told if channel == job_channel(JOB)] == [job_channel(JOB)] * 4


async def test_those_who_watch_the_runs_hear_of_each_file() -> None:
    bus = FakeBus()
    await process(FakeImports("a.fit", "b.fit"), bus=bus)
    assert bus.told.count(runs_channel(UUID(int=3))) == 2


async def test_a_refused_file_fails_with_its_sentence_and_the_next_goes_on() -> None:
    imports = FakeImports("a.fit", "b.fit")
    await process(imports, FakeFiles(wrong={"a.fit": NoTimes()}))
    assert imports.happened == [("a.fit", NoTimes().message), ("b.fit", "stored 1")]
    assert imports.finished


@pytest.mark.parametrize("bug", [ZeroDivisionError(), KeyError("x"), MemoryError(), RecursionError(), OSError("disk")])
async def test_a_bug_costs_one_file_and_is_logged(bug: Exception) -> None:
    imports = FakeImports("a.fit", "b.fit")
    with capture_logs() as logs:
        await process(imports, FakeFiles(wrong={"a.fit": bug}))
    assert imports.happened == [("a.fit", FileBreaksReading().message), ("b.fit", "stored 1")]
    assert [(line["event"], line["exc_info"]) for line in logs] == [("bug", bug)]
    assert "a.fit" not in str(logs)


async def test_what_the_database_cannot_hold_fails_alone_and_is_logged() -> None:
    imports = FakeImports("a.fit", "b.fit")
    refusals = iter([FiguresOutOfBounds()])

    def refuse_once() -> None:
        if refusal := next(refusals, None):
            raise refusal from OverflowError("int4")

    imports.before_store = refuse_once
    with capture_logs() as logs:
        await process(imports)
    assert imports.happened == [("a.fit", FiguresOutOfBounds().message), ("b.fit", "stored 1")]
    assert [line["event"] for line in logs] == ["file refused"]


async def test_a_file_that_stopped_its_worker_too_often_is_given_up_unread() -> None:
    imports = FakeImports("a.fit", attempts=MAX_ATTEMPTS + 1)
    await process(imports, FakeFiles(wrong={"a.fit": ZeroDivisionError()}))
    assert imports.happened == [("a.fit", FileStopsWorkers().message)]
    assert imports.finished


async def test_a_file_on_its_last_attempt_is_still_read() -> None:
    imports = FakeImports("a.fit", attempts=MAX_ATTEMPTS)
    await process(imports)
    assert imports.happened == [("a.fit", "stored 1")]


async def test_an_archive_is_unpacked_in_its_place() -> None:
    imports = FakeImports("a.zip", "c.fit")
    await process(imports, FakeFiles(packed={"a.zip": ["a.fit", "b.fit"]}))
    stored = [(name, "stored 1") for name in ("a.fit", "b.fit", "c.fit")]
    assert imports.happened == [("a.zip", "unpacked"), *stored]


async def test_a_worker_that_lost_its_lease_stores_nothing_more() -> None:
    imports = FakeImports("a.fit", "b.fit")

    def lose() -> None:
        imports.taken = True

    imports.before_store = lose
    await process(imports)
    assert (imports.happened, imports.finished, imports.released) == ([], False, False)


async def test_an_outage_leaves_the_job_for_later_and_blames_no_file() -> None:
    imports = FakeImports("a.fit")

    def away() -> None:
        raise GONE

    imports.before_store = away
    with pytest.raises(Unavailable):
        await process(imports)
    assert (imports.happened, imports.finished, imports.released) == ([], False, True)


async def test_a_job_that_an_outage_left_is_let_go_of_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or its attempt would count, as if the file had ended the worker."""
    monkeypatch.setattr(working, "RELEASE_AGAIN_S", 0.0)
    away = [GONE, GONE, GONE]

    class Away(FakeImports):
        async def release(self, claim: Claim) -> None:
            if away:
                raise away.pop()
            await super().release(claim)

        async def store(self, claim: Claim, item: ImportItem, runs: Sequence[RecordedRun]) -> None:
            raise GONE

    imports = Away("a.fit")
    with capture_logs() as logs, pytest.raises(Unavailable):
        await process(imports)
    assert imports.released
    assert [line["event"] for line in logs] == ["work left for later"]


async def test_a_worker_that_is_stopped_leaves_the_job_to_another_at_once() -> None:
    imports, reached = FakeImports("a.fit"), asyncio.Event()

    class Endless(FakeBus):
        async def publish(self, channel: str, message: str = "") -> None:
            reached.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(process(imports, bus=Endless()))
    await reached.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert imports.released
    assert not imports.finished
