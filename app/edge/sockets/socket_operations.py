"""The operations that one socket carries: begun, told of and ended each for itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from graphql import OperationType

from app.edge.engine import Engine
from app.edge.fan_out import Broadcast
from app.edge.operation import Answer, Caller, new_request_id
from app.edge.refusals import BUG, RequestRefused
from app.edge.request import GraphQLRequest
from app.edge.sockets.delivery import Delivery
from app.edge.sockets.writer import SocketWriter
from domain.shared.errors import LimitExceeded

log = structlog.get_logger("cairn.socket")
Errors = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the messages about operations are called in one protocol."""

    answer: str
    one_error_only: bool

    def head(self, id: str) -> bytes:
        """The message of an answer up to the answer itself; `}` ends it."""
        return orjson.dumps({"id": id, "type": self.answer})[:-1] + b',"payload":'

    def error(self, id: str, errors: Errors) -> str:
        """The message that an operation cannot begin or go on."""
        payload = errors[0] if self.one_error_only else errors
        return orjson.dumps({"id": id, "type": "error", "payload": payload}).decode()

    def complete(self, id: str) -> str:
        """The message that nothing more comes."""
        return orjson.dumps({"id": id, "type": "complete"}).decode()


class Running:
    """An operation until the socket has taken its last message. What waits for events has a task or, for answers that
    many share, only a way to leave."""

    __slots__ = ("_id", "_operations", "_request_id", "delivery", "leave", "task")

    def __init__(self, operations: "SocketOperations", id: str, request_id: str) -> None:
        self._operations, self._id, self._request_id = operations, id, request_id
        self.delivery = operations.delivery(id, self)
        self.task: asyncio.Task[None] | None = None
        self.leave: Callable[[], None] | None = None

    def last_words(self, refused: RequestRefused | None) -> bytes:
        """See Ending."""
        wording = self._operations.wording
        if refused is None:
            return wording.complete(self._id).encode()
        return wording.error(self._id, refused.told(self._request_id)).encode()

    def over(self) -> None:
        """See Ending."""
        self._operations.forget(self._id, self)


class SocketOperations:
    """Operations by the ids that the client gave them."""

    __slots__ = ("_engine", "_leaving", "_most", "_most_waiting", "_running", "_writer", "wording")

    def __init__(self, engine: Engine, writer: SocketWriter, wording: Wording, *, most: int, most_waiting: int) -> None:
        self._engine, self._writer, self.wording = engine, writer, wording
        self._most, self._most_waiting = most, most_waiting
        self._running: dict[str, Running] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __contains__(self, id: str) -> bool:
        return id in self._running

    def begin(self, id: str, request: GraphQLRequest, caller: Caller, after: asyncio.Task[None] | None = None) -> None:
        """Run an operation under an id that is free, once `after` is done; its answers go out as they come."""
        request_id = new_request_id()
        if len(self._running) + len(self._leaving) >= self._most:
            told = f"A socket carries at most {self._most} operations at once. End one first, or open another socket."
            refused = RequestRefused.because(told, code=LimitExceeded.code)
            self._writer.say(self.wording.error(id, refused.told(request_id)))
            return
        running = Running(self, id, request_id)
        running.task = asyncio.get_running_loop().create_task(self._run(running, request, caller, request_id, after))
        running.task.add_done_callback(partial(_look_back, running, request_id))
        self._running[id] = running

    def stop(self, id: str) -> bool:
        """End an operation: nothing more is told of it. Answers whether there was one."""
        running = self._running.pop(id, None)
        if running is None:
            return False
        running.delivery.drop()
        if running.leave:
            running.leave()
        if running.task:
            running.task.cancel()
        self._wait_for(running)
        return True

    def stop_all(self) -> set[asyncio.Task[None]]:
        """End all; answers the tasks that are ending."""
        for id in list(self._running):
            self.stop(id)
        return self._leaving

    def delivery(self, id: str, running: Running) -> Delivery:
        """The way out for the answers of an operation."""
        return Delivery(self._writer, self.wording.head(id), running, most=self._most_waiting)

    def forget(self, id: str, running: Running) -> None:
        """An operation has ended; another one may have its id by now."""
        if self._running.get(id) is running:
            del self._running[id]
        self._wait_for(running)

    def _wait_for(self, running: Running) -> None:
        if running.task:  # it may be ending still, as that of a client that was too slow
            self._leaving.add(running.task)
            running.task.add_done_callback(self._leaving.discard)

    async def _run(
        self,
        running: Running,
        request: GraphQLRequest,
        caller: Caller,
        request_id: str,
        after: asyncio.Task[None] | None,
    ) -> None:
        delivery = running.delivery
        try:
            if after:
                await asyncio.wait({after})  # not `await after`: an operation that is stopped must not cancel it
            operation = self._engine.prepare(request)
            del request  # a subscription may live for days: the text that it came in need not
            if operation.type is not OperationType.SUBSCRIPTION:
                delivery.put([await self._engine.answer(operation, caller, request_id)])
            else:
                async with self._engine.watch(operation, caller, request_id) as answers:
                    if not isinstance(answers, Broadcast):
                        await _deliver(answers, delivery)
                if isinstance(answers, Broadcast):
                    running.leave = answers.join(delivery)
                    return
        except RequestRefused as refused:
            delivery.end(refused)
        else:
            delivery.end()


async def _deliver(answers: AsyncIterator[Answer], delivery: Delivery) -> None:
    async for answer in answers:
        if not delivery.put([answer]):
            return
        if delivery.is_filling:  # a burst must not overtake a client that would read it: it has a turn
            await asyncio.sleep(0)


def _look_back(running: Running, request_id: str, task: asyncio.Task[None]) -> None:
    running.task = None
    if not task.cancelled() and (bug := task.exception()):
        log.error("bug", request_id=request_id, exc_info=bug)
        running.delivery.end(BUG)
