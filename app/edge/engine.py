"""One operation from its request to its answer, the same on every transport."""

import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, cast

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from graphql.execution import Executor, create_source_event_stream, map_source_to_response_event

from app.edge.deadline import Deadlines
from app.edge.documents.operation_store import OperationStore
from app.edge.documents.validation import MOST_ERRORS
from app.edge.executor import SplicingExecutionContext
from app.edge.fan_out import Broadcast
from app.edge.iterating import one_by_one
from app.edge.operation import Answer, Caller, Operation, OperationContext, Scopes
from app.edge.own_changes import noting_changes
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.edge.shared_operations import SharedOperations, scope_shared_by
from domain.shared.errors import DomainError, Unavailable
from domain.shared.ports import HoldUp
from domain.shared.viewer import Viewer

DEADLINE_S = 10.0
log = structlog.get_logger("cairn.engine")

Tell = Callable[[list[GraphQLError], str], None]  # gives every error its code and the request's id


class Engine:
    """Prepares operations and executes them. `held_up_by` tells what holds up the database just now."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        store: OperationStore,
        scopes: Scopes,
        tell: Tell,
        deadline_s: float = DEADLINE_S,
        held_up_by: Callable[[], HoldUp | None] = lambda: None,
    ) -> None:
        self._schema, self._store, self._scopes, self._tell = schema, store, scopes, tell
        self.deadlines = Deadlines(deadline_s, held_up_by)
        self._shared = SharedOperations(self.events)

    def prepare(self, request: GraphQLRequest) -> Operation:
        """The operation that is asked for, valid and within all limits that need no variables.

        Raises RequestRefused.
        """
        return Operation(self._store.find(request), request.variables, request.extensions)

    async def identify(self, caller: Caller) -> Viewer | DomainError:
        """Who the caller's token speaks for, or what is wrong with it."""
        try:
            with self.deadlines.kept():
                return await self._scopes.identify(caller)
        except Unavailable as too_late:
            return too_late

    async def answer(self, operation: Operation, caller: Caller, request_id: str) -> Answer:
        """Execute a query or a mutation; raises RequestRefused. Cancelled, it cancels its SQL too."""
        try:
            with self.deadlines.next():
                read = await self._read(operation, caller, request_id)
                if read is not None:
                    return read
                with self._bugs_refused(request_id):
                    async with noting_changes(operation, caller, self._scopes):
                        return await self._execute(operation, caller, request_id)
        except TimeoutError:
            raise RequestRefused.of(self.deadlines.missed()) from None

    @asynccontextmanager
    async def watch(
        self, operation: Operation, caller: Caller, request_id: str
    ) -> AsyncIterator[Broadcast | AsyncIterator[Answer]]:
        """Begin a subscription: what gives an answer for each event.

        A Broadcast is joined after the block: whoever waits for its answers needs nothing that the block keeps open.
        Anything else is iterated within the block. Raises RequestRefused when it cannot begin or go on.
        """
        self._store.require_fit(operation.stored, operation.variables)
        with self._bugs_refused(request_id):
            async with self._scopes(operation.stored, caller, request_id) as context:
                shared = self._shared_by(operation, caller, context, request_id)
                source = shared or await self._begun(operation, context, request_id)
                if not isinstance(source, Broadcast):
                    async with aclosing(self._told_of(source, context, request_id)) as answers:
                        yield answers
                    return
        yield source

    async def events(self, operation: Operation, caller: Caller, request_id: str) -> AsyncGenerator[Answer, None]:
        """Execute a subscription, and tell its answers one by one. Raises RequestRefused when it cannot begin or go on.

        Close it (`aclosing`) to end the subscription.
        """
        self._store.require_fit(operation.stored, operation.variables)
        with self._bugs_refused(request_id):
            async with self._scopes(operation.stored, caller, request_id) as context:
                source = await self._begun(operation, context, request_id)
                async with aclosing(
                    one_by_one(source) if isinstance(source, Broadcast) else self._told_of(source, context, request_id)
                ) as answers:
                    async for answer in answers:
                        yield answer

    def _shared_by(
        self, operation: Operation, caller: Caller, context: OperationContext, request_id: str
    ) -> Broadcast | None:
        """The one execution that all share who may see it, where the schema says that there is one."""
        scope = scope_shared_by(self._schema, operation.stored)
        if scope is None:
            return None
        try:
            if isinstance(context.who, DomainError):
                raise context.who
            context.who.require(scope)
        except DomainError as wrong:
            context.errors += 1
            raise self._refused([GraphQLError("", original_error=wrong)], request_id) from wrong
        return self._shared.find(operation, caller)

    async def _told_of(
        self, source: AsyncGenerator[ExecutionResult, None], context: OperationContext, request_id: str
    ) -> AsyncGenerator[Answer, None]:
        async with aclosing(source):
            try:
                async for result in source:
                    yield self._told(result, context, request_id)
            except (DomainError, GraphQLError) as wrong:
                context.errors += 1
                told = wrong if isinstance(wrong, GraphQLError) else GraphQLError("", original_error=wrong)
                raise self._refused([told], request_id) from wrong

    async def _read(self, operation: Operation, caller: Caller, request_id: str) -> Answer | None:
        """The answer of a compiled query; None when graphql-core must find it, or tell what is wrong."""
        compiled = operation.stored.compiled
        if compiled is None or "cost" in operation.extensions:
            return None
        began = time.perf_counter()
        try:
            reading = self._scopes.reading(caller)
            if reading is None:
                return None
            viewer, reader = reading
            body = await compiled.run(operation.variables, viewer, reader.for_queries)
        except Unavailable:  # as below, but no news
            return None
        except Exception as trouble:  # whatever it is, graphql-core meets it too, and tells it where it belongs
            log.warning("compiled read failed", request_id=request_id, exc_info=trouble)
            return None
        if body is None:
            return None
        self._scopes.log_read(operation.stored, viewer, request_id, time.perf_counter() - began)
        return Answer(body)

    async def _execute(self, operation: Operation, caller: Caller, request_id: str) -> Answer:
        measure = self._store.require_fit(operation.stored, operation.variables)
        async with self._scopes(operation.stored, caller, request_id) as context:
            result = execute(self._schema, **self._asked(operation, context))
            if not isinstance(result, ExecutionResult):
                result = await result
            if result.errors and result.data is None and all(error.path is None for error in result.errors):
                raise self._refused(result.errors, request_id)  # the variables are not what the operation declares
            more = {"cost": measure.told()} if operation.extensions.get("cost") is True else None
            return self._told(result, context, request_id, more)

    def _asked(self, operation: Operation, context: OperationContext) -> dict[str, Any]:
        """What graphql-core is told of an operation, whichever kind it is."""
        document, at_once, read = operation.stored.document, operation.stored.at_once, None
        if at_once is not None and "cost" not in operation.extensions:
            read = at_once.read(operation.variables)
            document = document if read is None else at_once.document
        return {
            "document": document,
            "context_value": context,
            "variable_values": dict(operation.variables),
            "operation_name": operation.stored.name,
            "executor_class": SplicingExecutionContext,
            "read": read,
            "max_coercion_errors": MOST_ERRORS,
            "hide_suggestions": not self._store.suggestions,
        }

    async def _begun(
        self, operation: Operation, context: OperationContext, request_id: str
    ) -> Broadcast | AsyncGenerator[ExecutionResult, None]:
        try:
            with self.deadlines.next():
                return await self._subscribe(operation, context, request_id)
        except TimeoutError:
            raise RequestRefused.of(self.deadlines.missed()) from None

    async def _subscribe(
        self, operation: Operation, context: OperationContext, request_id: str
    ) -> Broadcast | AsyncGenerator[ExecutionResult, None]:
        """What graphql-core's `subscribe` does; only that answers which are made already are not executed again."""
        asked = self._asked(operation, context)
        build, variables = asked.pop("executor_class").build, asked.pop("variable_values")
        executor = build(self._schema, raw_variable_values=variables, **asked)
        if not isinstance(executor, Executor):
            raise self._refused(executor, request_id)
        source = create_source_event_stream(executor)
        if not isinstance(source, ExecutionResult | AsyncIterable):
            source = await source
        if isinstance(source, ExecutionResult):
            raise self._refused(list(source.errors or ()), request_id)
        if isinstance(source, Broadcast):
            return source
        return map_source_to_response_event(executor, source)

    def _told(
        self,
        result: ExecutionResult,
        context: OperationContext,
        request_id: str,
        extensions: Mapping[str, Any] | None = None,
    ) -> Answer:
        told: dict[str, Any] = {"data": result.data}
        if result.errors:
            context.errors += len(result.errors)
            self._tell(result.errors, request_id)
            told["errors"] = [error.formatted for error in result.errors]
        if extensions:
            told["extensions"] = extensions
        return Answer(orjson.dumps(told), context.cursor)

    @contextmanager
    def _bugs_refused(self, request_id: str) -> Iterator[None]:
        """Tell what no field has told: a bug outside of all of them, masked."""
        try:
            yield
        except (RequestRefused, GeneratorExit):
            raise
        except Exception as bug:
            raise self._refused([GraphQLError("", original_error=bug)], request_id, 500) from bug

    def _refused(self, errors: list[GraphQLError], request_id: str, status: int = 400) -> RequestRefused:
        errors = errors[:MOST_ERRORS]  # behind these stands that there were too many
        self._tell(errors, request_id)
        return RequestRefused([cast("dict[str, Any]", error.formatted) for error in errors], status=status)
