"""Long computations beside the event loop: in their order, bounded, and never with everybody waiting for one."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from domain.shared.errors import Unavailable
from infrastructure.machine.computing import MOST_AT_ONCE, MOST_OF_ONE, ThreadComputing

ANNA, BERT = UUID(int=1), UUID(int=2)


@pytest.fixture
async def computing() -> AsyncIterator[ThreadComputing]:
    computing = ThreadComputing()
    yield computing
    await computing.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Work that waits for it holds a lane up; it opens at the test's end at the latest."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_work_answers_what_it_makes(computing: ThreadComputing) -> None:
    assert await computing.run(lambda: 6 * 7, of=ANNA) == 42


async def test_work_raises_what_it_raises(computing: ThreadComputing) -> None:
    def wrong() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await computing.run(wrong, of=ANNA)


async def test_the_event_loop_goes_on_meanwhile(computing: ThreadComputing, gate: threading.Event) -> None:
    computed = asyncio.ensure_future(computing.run(gate.wait, of=ANNA))
    await asyncio.sleep(0)
    gate.set()  # reached only because the loop was not held up
    assert await computed


async def test_urgent_work_does_not_wait_for_long_work(computing: ThreadComputing, gate: threading.Event) -> None:
    long = asyncio.ensure_future(computing.run(gate.wait, of=ANNA))
    await asyncio.sleep(0)
    assert await computing.run(lambda: "at once", of=ANNA, urgent=True) == "at once"
    assert not long.done()
    gate.set()
    await long


async def test_one_athlete_may_not_have_all_others_wait(computing: ThreadComputing, gate: threading.Event) -> None:
    hers = [asyncio.ensure_future(computing.run(gate.wait, of=ANNA)) for _ in range(MOST_OF_ONE)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await computing.run(gate.wait, of=ANNA)
    his = asyncio.ensure_future(computing.run(gate.wait, of=BERT))
    await asyncio.sleep(0)
    gate.set()
    assert all(await asyncio.gather(*hers, his))


async def test_athletes_take_turns(computing: ThreadComputing, gate: threading.Event) -> None:
    done: list[str] = []
    first = asyncio.ensure_future(computing.run(gate.wait, of=ANNA))
    hers = [asyncio.ensure_future(computing.run(lambda: done.append("anna"), of=ANNA)) for _ in range(3)]
    await asyncio.sleep(0)
    his = asyncio.ensure_future(computing.run(lambda: done.append("bert"), of=BERT))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *hers, his)
    assert done.index("bert") <= 1
    assert done.count("anna") == 3


async def test_what_is_asked_for_at_the_end_is_refused(computing: ThreadComputing, gate: threading.Event) -> None:
    running = asyncio.ensure_future(computing.run(gate.wait, of=ANNA))
    waiting = asyncio.ensure_future(computing.run(lambda: "never", of=ANNA))
    await asyncio.sleep(0)
    await computing.close()
    with pytest.raises(Unavailable):
        await computing.run(lambda: "never", of=BERT)
    gate.set()
    assert await running
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_no_more_waits_than_can_be_done_soon(computing: ThreadComputing, gate: threading.Event) -> None:
    athletes = [UUID(int=number // MOST_OF_ONE + 10) for number in range(MOST_AT_ONCE)]
    waiting = [asyncio.ensure_future(computing.run(gate.wait, of=athlete)) for athlete in athletes]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await computing.run(gate.wait, of=BERT)
    gate.set()
    await asyncio.gather(*waiting)


async def test_who_gives_up_waiting_frees_the_place(computing: ThreadComputing, gate: threading.Event) -> None:
    running = asyncio.ensure_future(computing.run(gate.wait, of=ANNA))
    waiting = [asyncio.ensure_future(computing.run(gate.wait, of=ANNA)) for _ in range(MOST_OF_ONE - 1)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    again = asyncio.ensure_future(computing.run(lambda: "mine", of=ANNA))
    await asyncio.sleep(0)
    assert not again.done()
    gate.set()
    assert (await running, await again) == (True, "mine")
