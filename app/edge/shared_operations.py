"""Subscriptions that are the same for all who may see them: executed once, for everybody who asks the same."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)
from strawberry.types.field import StrawberryField

from app.edge.declaring.fields import SHARED
from app.edge.documents.operation_store import StoredOperation
from app.edge.fan_out import Sink
from app.edge.iterating import one_by_one
from app.edge.operation import Answer, Caller, Operation, new_request_id
from app.edge.refusals import RequestRefused
from domain.shared.viewer import Scope

Execute = Callable[[Operation, Caller, str], AsyncGenerator[Answer, None]]
Key = tuple[int, bytes]


class SharedOperations:
    """The shared executions that go on in this process."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._going_on: dict[Key, SharedOperation] = {}

    def find(self, operation: Operation, caller: Caller) -> "SharedOperation | None":
        """What all share who ask this with these variables; it begins with the first who joins.

        None for variables that cannot be told apart: such an operation is executed for itself, and what is wrong with
        it is told there.
        """
        try:
            key = id(operation.stored), _canonical(operation)
        except orjson.JSONEncodeError:
            return None
        found = self._going_on.get(key)
        # Two documents never have the same `id` here: what goes on holds its own.
        return found or SharedOperation(self._going_on, key, self._execute, operation, caller)


class SharedOperation:
    """One execution and those who watch it; a Broadcast. Late joiners get the latest answer at once."""

    def __init__(
        self, going_on: dict[Key, "SharedOperation"], key: Key, execute: Execute, operation: Operation, caller: Caller
    ) -> None:
        self._going_on, self._key = going_on, key
        self._execute, self._operation, self._caller = execute, operation, caller
        self._sinks: dict[int, Sink] = {}
        self._latest: Answer | None = None
        self._task: asyncio.Task[None] | None = None

    def join(self, sink: Sink) -> Callable[[], None]:
        """See Broadcast."""
        if self._latest is None or sink.put([self._latest]):
            self._sinks[id(sink)] = sink
            if self._task is None:
                self._going_on[self._key] = self
                self._task = asyncio.get_running_loop().create_task(self._run())
        return lambda: self._leave(sink)

    def __aiter__(self) -> AsyncIterator[Answer]:
        return one_by_one(self)

    def _leave(self, sink: Sink) -> None:
        self._sinks.pop(id(sink), None)
        if not self._sinks and self._task:
            self._task.cancel()
            self._forget()

    async def _run(self) -> None:
        task, refused = self._task, None
        try:
            async with aclosing(self._execute(self._operation, self._caller, new_request_id())) as answers:
                async for answer in answers:
                    self._tell(answer)
        except RequestRefused as why:
            refused = why
        if self._task is task:  # else all have left it, and others may have begun it again
            sinks = list(self._sinks.values())
            self._sinks.clear()
            self._forget()
            for sink in sinks:
                sink.end(refused)

    def _tell(self, answer: Answer) -> None:
        self._latest = answer
        for sink in list(self._sinks.values()):
            if not sink.put([answer]):
                self._leave(sink)

    def _forget(self) -> None:
        self._task = self._latest = None
        if self._going_on.get(self._key) is self:
            del self._going_on[self._key]


def scope_shared_by(schema: GraphQLSchema, stored: StoredOperation) -> Scope | None:
    """Which scope all have who share this subscription; None for one that everybody executes for themselves."""
    name = _root_field(stored.node.selection_set, stored.document)
    field = schema.subscription_type.fields.get(name) if schema.subscription_type and name else None
    definition = field.extensions.get("strawberry-definition") if field else None
    return definition.metadata.get(SHARED) if isinstance(definition, StrawberryField) else None


def _root_field(selections: SelectionSetNode, document: DocumentNode) -> str | None:
    """The one root field that a valid subscription has, wherever it stands."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            return selection.name.value
        fragment: SelectionNode | FragmentDefinitionNode = selection
        if isinstance(selection, FragmentSpreadNode):
            fragment = _fragment(document, selection.name.value)
        if isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode) and (
            name := _root_field(fragment.selection_set, document)
        ):
            return name
    return None


def _fragment(document: DocumentNode, name: str) -> FragmentDefinitionNode:
    fragments = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    return next(fragment for fragment in fragments if fragment.name.value == name)


def _canonical(operation: Operation) -> bytes:
    """The variables that the operation declares, the same text for equal ones. Raises JSONEncodeError for those that
    are nested too deep for it."""
    declared = [definition.variable.name.value for definition in operation.stored.node.variable_definitions or ()]
    given = {name: operation.variables[name] for name in declared if name in operation.variables}
    return orjson.dumps(given, option=orjson.OPT_SORT_KEYS, default=repr)
