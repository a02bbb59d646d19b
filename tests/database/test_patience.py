"""What is tried again when the database fails, how often, and until when."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from app.edge.deadline import Deadline
from domain.shared.errors import Invalid
from infrastructure.database.failures import Away, Collided, CommitWaits, Full, OutcomeUnknown, ReadOnly, Spoilt
from infrastructure.database.outage import Outage
from infrastructure.database.patience import COLLISIONS, Patience


class Server:
    """A database that comes and goes: how it answers when it is looked at."""

    def __init__(self, *, answers: bool = True, writable: bool = True) -> None:
        self.answers, self.writable, self.looks, self.lost = answers, writable, 0, 0
        self.looked = asyncio.Event()
        self.trouble: Exception = Away()

    async def look(self) -> bool:
        self.looks += 1
        self.looked.set()
        if not self.answers:
            raise self.trouble
        return self.writable

    def lose(self) -> None:
        self.lost += 1


class Attempt:
    """Something asked of the database, which goes wrong as often as it is told to."""

    def __init__(self, *failures: Exception, then: Callable[[], None] = lambda: None) -> None:
        self.times, self._failures, self._then = 0, list(failures), then

    async def __call__(self) -> str:
        self.times += 1
        if self._failures:
            self._then()
            raise self._failures.pop(0)
        return "done"


def still() -> float:
    """No pause at all."""
    return 0.0


def patience(server: Server, *, longest_s: float = 60) -> Patience:
    return Patience(Outage(server.look, still, lose=server.lose), longest_s=longest_s, jitter=still)


async def asked(patience: Patience, attempt: Attempt, *, for_writing: bool = True, settles: bool = False) -> str:
    return await patience.see_through(attempt, for_writing=for_writing, settles=settles)


@pytest.mark.parametrize("lost", [Away(), ReadOnly()])
async def test_what_was_not_done_is_done_again(lost: Away) -> None:
    attempt = Attempt(lost, lost)
    assert (await asked(patience(Server()), attempt), attempt.times) == ("done", 3)


async def test_a_server_that_keeps_failing_is_asked_until_the_time_is_over() -> None:
    with pytest.raises(Away):
        await asked(patience(Server(), longest_s=0.05), Attempt(*[Away()] * 1000))


async def test_nothing_is_asked_of_a_server_that_is_away() -> None:
    server = Server(answers=False)
    attempt = Attempt(Away())
    waiting = asyncio.create_task(asked(patience(server), attempt))
    await server.looked.wait()
    server.looked.clear()
    await server.looked.wait()
    assert (attempt.times, waiting.done()) == (1, False)
    server.answers = True
    assert (await waiting, attempt.times) == ("done", 2)


async def test_who_comes_during_an_outage_waits_and_does_not_try_first() -> None:
    server = Server(answers=False)
    among = patience(server)
    first = asyncio.create_task(asked(among, Attempt(Away())))
    await server.looked.wait()
    late = Attempt()
    second = asyncio.create_task(asked(among, late))
    server.looked.clear()
    await server.looked.wait()
    assert late.times == 0
    server.answers = True
    assert await asyncio.gather(first, second) == ["done", "done"]


async def test_readers_go_on_with_a_server_that_takes_no_writes_and_writers_wait() -> None:
    server = Server(writable=False)
    among, write = patience(server), Attempt(ReadOnly())
    writing = asyncio.create_task(asked(among, write))
    await server.looked.wait()
    assert await asked(among, Attempt(), for_writing=False) == "done"
    assert not writing.done()
    server.writable = True
    assert (await writing, write.times) == ("done", 2)


async def test_it_gives_up_early_enough_to_say_so_before_the_deadline() -> None:
    among = patience(Server(answers=False))
    with pytest.raises(Away), Deadline(0.4):
        await asked(among, Attempt(Away()))


async def test_an_unknown_outcome_is_told_where_doing_it_again_might_do_it_twice() -> None:
    attempt = Attempt(OutcomeUnknown())
    with pytest.raises(OutcomeUnknown):
        await asked(patience(Server()), attempt)
    assert attempt.times == 1


async def test_an_unknown_outcome_is_settled_by_doing_it_again() -> None:
    attempt = Attempt(OutcomeUnknown())
    assert (await asked(patience(Server()), attempt, settles=True), attempt.times) == ("done", 2)


async def test_what_got_in_each_others_way_is_done_again_a_few_times() -> None:
    attempt = Attempt(*[Collided()] * COLLISIONS)
    with pytest.raises(Collided):
        await asked(patience(Server()), attempt)
    assert attempt.times == COLLISIONS


async def test_a_refusal_is_told_at_once() -> None:
    attempt = Attempt(Invalid("No."))
    with pytest.raises(Invalid):
        await asked(patience(Server()), attempt)
    assert attempt.times == 1


async def test_without_patience_an_outage_is_told_at_once_and_nobody_looks() -> None:
    server, attempt = Server(), Attempt(Away())
    with pytest.raises(Away):
        await asked(patience(server, longest_s=0), attempt)
    assert (attempt.times, server.looks) == (1, 0)


async def test_those_who_lose_the_server_together_are_one_outage_though_they_notice_one_after_the_other() -> None:
    server, under_way = Server(), asyncio.Barrier(20)
    among = patience(server)

    class UnderWay(Attempt):
        async def __call__(self) -> str:
            if not self.times:
                await under_way.wait()
            return await super().__call__()

    await asyncio.gather(*(asked(among, UnderWay(Away())) for _ in range(20)))
    assert server.lost == 1


async def test_when_the_process_ends_nobody_waits_for_the_database_any_longer() -> None:
    server = Server(answers=False)
    outage = Outage(server.look, still, lose=server.lose)
    outage.begin(read_only=False, reason="killed")
    waiting = asyncio.create_task(outage.over(for_writing=True, within_s=60))
    await server.looked.wait()
    await outage.close()
    assert not await waiting


async def test_what_an_operation_began_and_left_behind_is_not_bound_by_its_deadline() -> None:
    server = Server(answers=False)
    among, over = patience(server), asyncio.Event()

    async def later() -> str:
        await over.wait()
        return await asked(among, Attempt(Away()))

    with Deadline(0.21):  # a moment more than it takes to tell that the database is away
        left_behind = asyncio.create_task(later())
    over.set()
    await server.looked.wait()
    server.looked.clear()
    await server.looked.wait()
    server.answers = True
    assert await left_behind == "done"


@pytest.mark.parametrize(
    "trouble",
    [
        asyncpg.ObjectNotInPrerequisiteStateError(),
        asyncpg.OutOfMemoryError(),
        asyncpg.InterfaceError("closed"),
        OSError(),
    ],
)
async def test_whatever_a_look_meets_the_next_one_is_taken(trouble: Exception) -> None:
    server = Server(answers=False)
    server.trouble = trouble
    waiting = asyncio.create_task(asked(patience(server), Attempt(Away())))
    await server.looked.wait()
    server.looked.clear()
    await server.looked.wait()
    server.answers = True
    assert await waiting == "done"


async def test_connections_that_others_hold_do_not_keep_a_look_from_the_server() -> None:
    server = Server(answers=False)
    waiting = asyncio.create_task(asked(patience(server), Attempt(Away())))
    while server.looks < 3:
        server.looked.clear()
        await server.looked.wait()
    assert server.lost >= 3
    server.answers = True
    await waiting


@pytest.mark.parametrize("passing", [Spoilt(), Full()])
async def test_one_connection_that_fails_is_no_outage(passing: Exception) -> None:
    server, attempt = Server(), Attempt(passing)
    assert (await asked(patience(server), attempt), attempt.times, server.lost) == ("done", 2, 0)


async def test_a_commit_that_waits_for_its_standby_is_no_outage_and_is_not_begun_again() -> None:
    server, attempt = Server(), Attempt(CommitWaits())
    with pytest.raises(CommitWaits):
        await asked(patience(server), attempt, settles=True)
    assert (attempt.times, server.lost) == (1, 0)


async def test_when_all_is_closed_nobody_looks_any_more() -> None:
    server = Server(answers=False)
    outage = Outage(server.look, still, lose=server.lose)
    await outage.close()
    outage.begin(read_only=False, reason="cut off at the end")
    assert not outage.is_on
