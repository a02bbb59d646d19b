"""Events on their way into PostgreSQL: requests to one topic that come at once share a transaction."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from contextvars import Context
from dataclasses import asdict

import asyncpg
import orjson

from domain.events.model import NewEvent, Taken, TopicId
from domain.events.ports import EventWire
from domain.shared.deadline import Bound, set_bound
from domain.shared.errors import Invalid
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.ports import Ids
from infrastructure.database.engine import Database
from infrastructure.database.once import CLAIM
from infrastructure.events.queues import IntakeQueues, Request
from infrastructure.events.taking import Outcome, TopicHeld, take
from infrastructure.events.telling import Telling

TOPICS_AT_ONCE = 4  # transactions at a time; the pool's other connections are for those who read
PATIENCE_MS = 1_000  # with whoever holds a topic, or a key: a process that froze is not to stop the other topics too
CLOSE_S = 5.0
NOT_TAKEN = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)
PATIENCE = "select set_config('lock_timeout', $1, true)"
REMEMBERED = "select fingerprint, told from idempotency where athlete = $1 and key = $2 for update"  # as once.py does
REMEMBER = "update idempotency set told = $3 where athlete = $1 and key = $2"


class PayloadNotTaken(Invalid):
    """PostgreSQL refuses a payload that looked fit."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The payload of one of these events cannot be stored ({reason}). None of them was; send them without it.",
            field=("events",),
        )


class PostgresEventIntake:
    """See EventIntake. `most_events` and `most_characters` (of payload) bound what waits in this process, and
    `patience_ms` how long it waits for a topic that another process holds."""

    def __init__(
        self,
        database: Database,
        wire: EventWire,
        ids: Ids,
        *,
        most_events: int,
        most_characters: int,
        patience_ms: int = PATIENCE_MS,
    ) -> None:
        self._database, self._ids, self._patience_ms = database, ids, patience_ms
        self._queues = IntakeQueues(most_events=most_events, most_characters=most_characters)
        self._telling = Telling(wire)
        self._turns = asyncio.Semaphore(TOPICS_AT_ONCE)
        self._turn_of_held = asyncio.Semaphore(1)  # topics that were found held have one of the turns together
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, topic_id: TopicId, events: Sequence[NewEvent], *, once: Once | None = None) -> Taken:
        """See EventIntake.take."""
        characters = sum(len(event.payload) for event in events)
        loop = asyncio.get_running_loop()
        request = Request(events, once, characters, loop.create_future(), loop.time() + self._database.patience_s)
        if self._queues.put(topic_id, request):
            # In a context of its own: it goes on for others when this request is over.
            task = asyncio.create_task(self._serve(topic_id), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            return await request.told
        except asyncio.CancelledError:
            self._queues.withdraw(topic_id, request)
            raise

    async def close(self) -> None:
        """Wait a moment until nothing waits any more, and all has been told."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                while self._tasks:
                    await asyncio.wait(self._tasks)
                await self._telling.rest()

    async def _serve(self, topic_id: TopicId) -> None:
        """Run after run, until none waits for the topic."""
        while self._queues.is_waited_for(topic_id):
            in_line = self._turn_of_held if self._queues.is_held(topic_id) else nullcontext()
            async with in_line, self._turns:
                if run := self._queues.next_run(topic_id):  # not all gave up meanwhile
                    await self._settle(topic_id, run)

    async def _settle(self, topic_id: TopicId, run: Sequence[Request]) -> None:
        """Store a run of requests and tell each what became of it."""
        (outcome,) = await asyncio.gather(self._store(topic_id, run), return_exceptions=True)
        if isinstance(outcome, TopicHeld):
            run = [*run, *self._queues.found_held(topic_id)]
        else:
            self._queues.found_free(topic_id)
        match outcome:
            case Outcome():
                for request, taken in zip(run, outcome.taken, strict=True):
                    request.answer(taken)
                if outcome.accepted is not None:
                    self._telling.tell(outcome.accepted)
            case asyncpg.PostgresError() if isinstance(outcome, NOT_TAKEN) and len(run) > 1:
                middle = len(run) // 2  # one request is at fault: the others are not to suffer
                await self._settle(topic_id, run[:middle])
                await self._settle(topic_id, run[middle:])
            case asyncpg.PostgresError() if isinstance(outcome, NOT_TAKEN):
                run[0].refuse(PayloadNotTaken(str(outcome)))
            case _:
                for request in run:
                    request.refuse(outcome)

    async def _store(self, topic_id: TopicId, run: Sequence[Request]) -> Outcome:
        """An event that is stored already is a duplicate: so it may be run again whatever became of it."""
        # Topics have their turns one after the other: those that waited meanwhile do not wait all over again.
        set_bound(Bound(max(request.until for request in run)))
        return await self._database.write(lambda connection: self._taken(connection, topic_id, run), settles=True)

    async def _taken(self, connection: asyncpg.Connection, topic_id: TopicId, run: Sequence[Request]) -> Outcome:
        once = run[0].once
        if once is not None:
            await connection.execute(PATIENCE, str(self._patience_ms))
        if once is not None and (told := await _told_before(connection, once)) is not None:
            return Outcome([told], None)
        outcome = await take(
            connection, topic_id, [request.events for request in run], self._ids, patience_ms=self._patience_ms
        )
        if once is not None:
            counts = orjson.dumps(asdict(outcome.taken[0])).decode()
            await connection.execute(REMEMBER, once.athlete_id, once.key, counts)
        return outcome


async def _told_before(connection: asyncpg.Connection, once: Once) -> Taken | None:
    """What was answered under this key; None: nothing yet, and now it is claimed. Raises IdempotencyKeyReused."""
    if await connection.fetchval(CLAIM, once.athlete_id, once.key, once.fingerprint) is not None:
        return None
    fingerprint, told = await connection.fetchrow(REMEMBERED, once.athlete_id, once.key)
    if fingerprint != once.fingerprint or told is None:
        raise IdempotencyKeyReused
    return Taken(**orjson.loads(told))
