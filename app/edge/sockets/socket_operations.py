"""The operations that one socket carries: begun, told of and ended each for itself."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from graphql import OperationType

from app.edge.engine import Engine
from app.edge.operation import Caller, new_request_id
from app.edge.refusals import BUG, RequestRefused
from app.edge.request import GraphQLRequest
from app.edge.sockets.delivery import Delivery, SocketWriter
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


@dataclass(slots=True)
class Running:
    """An operation until the socket has taken its last message."""

    delivery: Delivery
    task: asyncio.Task[None]


class SocketOperations:
    """Operations by the ids that the client gave them. An idle subscription costs one task."""

    __slots__ = ("_engine", "_leaving", "_most", "_most_waiting", "_running", "_wording", "_writer")

    def __init__(self, engine: Engine, writer: SocketWriter, wording: Wording, *, most: int, most_waiting: int) -> None:
        self._engine, self._writer, self._wording = engine, writer, wording
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
            self._writer.say(self._wording.error(id, refused.told(request_id)))
            return
        delivery = Delivery(self._writer, self._wording.head(id), most=self._most_waiting, ended=partial(self._end, id))
        task = asyncio.get_running_loop().create_task(self._run(id, request, caller, delivery, request_id, after))
        task.add_done_callback(partial(self._look_for_bug, id, delivery, request_id))
        self._running[id] = Running(delivery, task)

    def stop(self, id: str) -> bool:
        """End an operation: nothing more is told of it. Answers whether there was one."""
        running = self._running.pop(id, None)
        if running is None:
            return False
        running.delivery.drop()
        if not running.task.done():
            running.task.cancel()
            self._leaving.add(running.task)
            running.task.add_done_callback(self._leaving.discard)
        return True

    def stop_all(self) -> set[asyncio.Task[None]]:
        """End all; answers the tasks that are ending."""
        for id in list(self._running):
            self.stop(id)
        return self._leaving

    async def _run(
        self,
        id: str,
        request: GraphQLRequest,
        caller: Caller,
        delivery: Delivery,
        request_id: str,
        after: asyncio.Task[None] | None,
    ) -> None:
        try:
            if after:
                await asyncio.wait({after})  # not `await after`: an operation that is stopped must not cancel it
            operation = self._engine.prepare(request)
            del request  # a subscription may live for days: the text that it came in need not
            if operation.type is not OperationType.SUBSCRIPTION:
                delivery.put(await self._engine.answer(operation, caller, request_id))
            else:
                async with aclosing(self._engine.events(operation, caller, request_id)) as answers:
                    async for answer in answers:
                        delivery.put(answer)
                        if delivery.is_filling:  # a burst must not overtake a client that would read it: it has a turn
                            await asyncio.sleep(0)
        except RequestRefused as refused:
            delivery.finish(self._wording.error(id, refused.told(request_id)))
        else:
            delivery.finish(self._wording.complete(id))

    def _end(self, id: str) -> None:
        self._running.pop(id, None)

    def _look_for_bug(self, id: str, delivery: Delivery, request_id: str, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (bug := task.exception()):
            log.error("bug", request_id=request_id, exc_info=bug)
            delivery.finish(self._wording.error(id, BUG.told(request_id)))
