"""Lines are stored as they come: in their order, batch by batch, and all that became of them is counted."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.events import bulk
from app.events.bulk import Tally, take_lines
from domain.events.model import MAX_BATCH, TopicId
from domain.shared.errors import Unauthenticated, Unavailable
from domain.shared.viewer import Viewer
from tests.factories.bulk import NOON, FakeEventIntake, a_line, coming, lines

TOPIC = TopicId(UUID(int=1))
VIEWER = Viewer(UUID(int=2), frozenset())


class _Noon:
    def now(self) -> Any:
        return NOON


async def _take(
    pieces: AsyncGenerator[bytes], intake: FakeEventIntake, *, tally: Tally | None = None, viewer: Viewer = VIEWER
) -> Tally:
    tally = tally or Tally()
    await take_lines(pieces, tally, topic_id=TOPIC, viewer=viewer, intake=intake, clock=_Noon())
    return tally


def _ids(intake: FakeEventIntake) -> list[str]:
    return [event.event_id for batch in intake.took for event in batch]


async def test_events_are_given_in_the_order_of_their_lines() -> None:
    """Ten thousand, in pieces of any size."""
    sent = lines(*range(10_000))
    intake = FakeEventIntake()
    tally = await _take(coming([sent[at : at + 7_001] for at in range(0, len(sent), 7_001)]), intake)
    assert _ids(intake) == [f"mat-{number}" for number in range(10_000)]
    assert (tally.received, tally.taken.accepted, tally.malformed) == (10_000, 10_000, 0)
    assert intake.most_at_once == 1


async def test_no_batch_is_larger_than_one_transaction_takes() -> None:
    """By number and by size."""
    intake = FakeEventIntake()
    large = b"\n".join(a_line(number, payload="x" * 60_000) for number in range(40))
    await _take(coming([lines(*range(2_500)), large]), intake)
    assert max(len(batch) for batch in intake.took) == MAX_BATCH
    assert max(sum(len(event.payload) for event in batch) for batch in intake.took) <= bulk.BATCH_CHARACTERS + 64_000


async def test_the_next_batch_is_read_while_one_is_stored_and_no_further_one() -> None:
    """Reading goes on, but not without bound: whoever sends has to wait."""
    intake = FakeEventIntake()
    intake.may_store.clear()
    read = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal read
        while True:
            yield lines(*range(read, read + MAX_BATCH))
            read += MAX_BATCH

    taking = asyncio.create_task(_take(endless(), intake))
    for _ in range(100):
        await asyncio.sleep(0)
    assert (len(intake.took), read) == (1, MAX_BATCH)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking


async def test_after_a_pause_what_is_there_is_stored() -> None:
    """An empty piece says that nothing came for a moment."""
    intake = FakeEventIntake()
    tally = Tally()

    async def pieces() -> AsyncGenerator[bytes]:
        yield lines(1, 2)
        yield b""
        assert _ids(intake) == ["mat-1", "mat-2"]
        yield lines(3)

    await _take(pieces(), intake, tally=tally)
    assert tally.taken.accepted == 3


async def test_bad_lines_are_told_by_their_number_and_good_ones_kept() -> None:
    """Blank lines count as lines, as an editor numbers them."""
    intake = FakeEventIntake()
    tally = await _take(coming([a_line(1) + b"\n\n  \nnonsense\n" + a_line(2) + b"\n{}"]), intake)
    assert [number for number, _ in tally.reasons] == [4, 6]
    assert (tally.received, tally.taken.accepted, tally.malformed) == (4, 2, 2)


async def test_of_bad_lines_the_first_hundred_are_told() -> None:
    """The others are counted."""
    tally = await _take(coming([b"x\n" * 1_000]), FakeEventIntake())
    assert (len(tally.reasons), tally.reasons[-1][0], tally.malformed) == (100, 100, 1_000)


async def test_when_the_intake_is_full_the_stream_waits_and_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not reading on is what holds the sender back."""
    monkeypatch.setattr(bulk, "FULL_PAUSE_S", 0)
    intake = FakeEventIntake(full=50)
    tally = await _take(coming([lines(*range(3_000))]), intake)
    assert _ids(intake) == [f"mat-{number}" for number in range(3_000)]
    assert tally.taken.accepted == 3_000


async def test_an_intake_that_stays_full_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patience has an end."""
    monkeypatch.setattr(bulk, "FULL_PAUSE_S", 0)
    with pytest.raises(Unavailable):
        await _take(coming([lines(1)]), FakeEventIntake(full=10_000))


@pytest.mark.parametrize("broken_at", [0, 1, 2])
async def test_when_storing_fails_only_what_was_stored_is_counted(broken_at: int) -> None:
    """The batch that failed is not, nor are those that were not given."""
    intake, tally = FakeEventIntake(broken_at=broken_at), Tally()
    with pytest.raises(Unavailable):
        await _take(
            coming([lines(*range(number, number + 1_000)) for number in range(0, 5_000, 1_000)]), intake, tally=tally
        )
    assert tally.taken.accepted == broken_at * MAX_BATCH


async def test_nothing_is_stored_that_stands_behind_what_could_not_be() -> None:
    """Sent again, it would come behind it in the feed."""
    intake = FakeEventIntake(broken_at=1)
    with pytest.raises(Unavailable):
        await _take(coming([lines(*range(4_000))]), intake)
    assert [step for step in intake.steps if step[0] == "stored"] == [("stored", "mat-0")]
    assert len(intake.took) == 2


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_is_cancelled_leaves_nothing_under_way(turns: int) -> None:
    """Wherever it happens: a client hung up, or the server stops."""
    intake, before = FakeEventIntake(), asyncio.all_tasks()
    intake.may_store.clear()
    taking = asyncio.create_task(_take(coming([lines(*range(1_500)), b"", lines(1)]), intake))
    for _ in range(turns):
        await asyncio.sleep(0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("line", [b"\n", b"x\n", a_line() + b"\n", b"{" * 100 + b"\n"])
async def test_others_have_their_turn_however_many_lines_come_at_once(line: bytes) -> None:
    """Of gzip, a few bytes are very many lines."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(other())
    await _take(coming([line * 5_000]), FakeEventIntake())
    others.cancel()
    assert turns >= 5_000 // bulk.TURN


@pytest.mark.parametrize(
    "line", [b"x", b"{" * 100, b'{"of": "another kind", "and": "longer than the shortest event, with a text"}']
)
async def test_a_reason_is_looked_for_only_if_it_is_told(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    """Or a file of another kind would be read twice."""
    looked = list[bytes]()
    monkeypatch.setattr("app.events.lines._fault_of", looked.append)
    tally = await _take(coming([(line + b"\n") * 1_000]), FakeEventIntake())
    assert (tally.malformed, len(looked)) == (1_000, bulk.MOST_TOLD)


async def test_what_was_given_is_stored_when_the_stream_breaks_off() -> None:
    """And counted, before whoever asked is told that it broke off."""
    intake, tally = FakeEventIntake(), Tally()

    async def breaking() -> AsyncGenerator[bytes]:
        yield lines(*range(1_500))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await _take(breaking(), intake, tally=tally)
    assert tally.taken.accepted == MAX_BATCH


async def test_a_token_that_expires_ends_the_stream() -> None:
    """It may go on for hours."""
    with pytest.raises(Unauthenticated):
        await _take(coming([lines(1)]), FakeEventIntake(), viewer=replace(VIEWER, expires_at=NOON))
