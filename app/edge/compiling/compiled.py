"""Queries that only read what is stored, compiled once: run again, they need no graphql-core at all.

A compiled operation holds a plan for each combination of those variables that shape it (page sizes, filters, orders,
conditions of @include). Ids and cursors, which differ every time, stay open in the plan. Whatever is out of the
ordinary, be it a variable of a wrong type or a cursor that is none, has no plan: then graphql-core executes the
operation and tells what is wrong with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    is_non_null_type,
)
from graphql.execution.values import get_variable_values

from app.edge.compiling.open_variables import open_variables
from app.edge.compiling.plan import WHO_ASKS, Plan, RootRead
from app.edge.compiling.plans import Plans
from app.edge.compiling.reads import reads_of
from app.edge.compiling.selection import select_root
from app.edge.refusals import RequestRefused
from domain.shared.errors import DomainError
from domain.shared.ports import Reader
from domain.shared.selection import Field, Given, Selection
from domain.shared.viewer import Scope, Viewer

RequireFit = Callable[[Mapping[str, Any]], None]  # raises RequestRefused when coerced variables make it too large
ABSENT = object()
_COUNT = count()


class CannotCompile(Exception):
    """The operation asks for something else than reads of what is stored, or with variables that do not fit."""


class CompiledOperation:
    """The plans of one query; raises CannotCompile when it asks for more than stored things."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        node: OperationDefinitionNode,
        *,
        require_fit: RequireFit,
        plans: Plans,
    ) -> None:
        if node.operation is not OperationType.QUERY or not _only_reads(schema, document, node):
            raise CannotCompile
        self._schema, self._document, self._node, self._require_fit = schema, document, node, require_fit
        self._plans = plans
        # Plans outlive the operation that the store lets go: they must not hold it.
        self._number = next(_COUNT)

    @cached_property
    def _open(self) -> tuple[str, ...]:
        return open_variables(self._schema, self._document, self._node)

    @cached_property
    def _shaping(self) -> list[str]:
        names = [definition.variable.name.value for definition in self._node.variable_definitions or ()]
        return [name for name in names if name not in self._open]

    async def run(self, variables: Mapping[str, Any], viewer: Viewer, reader: Reader) -> bytes | None:
        """The JSON of the whole answer; None where graphql-core must find it, or tell what is wrong."""
        found = self.plan_for(variables, reader)
        return None if found is None else await found[0].run(viewer, found[1])

    def plan_for(self, variables: Mapping[str, Any], reader: Reader) -> tuple[Plan, dict[str, str]] | None:
        """The plan for these variables, and the values that it leaves open; None when there is no plan."""
        given: dict[str, str] = {}
        key: list[Any] = [self._number, reader]
        for name in self._open:
            value = variables.get(name, ABSENT)
            if type(value) is str:
                given[name] = value
            elif value is not None and value is not ABSENT:
                return None
            key.append(None if value is None else name in given)
        if self._shaping:
            try:
                key.append(orjson.dumps([[variables[name]] if name in variables else 0 for name in self._shaping]))
            except TypeError:  # an uploaded file, or a number out of all bounds
                return None
        found = self._plans.find(tuple(key))
        plan = self._planned(key, variables, given, reader) if found is None else found[0]
        return None if plan is None else (plan, given)

    def _planned(
        self, key: list[Any], variables: Mapping[str, Any], given: Mapping[str, str], reader: Reader
    ) -> Plan | None:
        try:
            plan = self._compile(variables, given, reader)
        except (CannotCompile, DomainError, GraphQLError, RequestRefused):
            plan = None
        self._plans.keep(tuple(key), plan, sum(len(part) for part in key if isinstance(part, bytes)))
        return plan

    def _compile(self, variables: Mapping[str, Any], given: Mapping[str, str], reader: Reader) -> Plan:
        coerced = get_variable_values(self._schema, self._node.variable_definitions or (), dict(variables))
        if isinstance(coerced, list):
            raise CannotCompile
        self._require_fit(coerced.coerced)
        values = {**coerced.coerced, **{name: Given(name) for name in given}}
        root = select_root(self._schema, self._document, self._node, values)
        return _Planning(self._schema, reader).plan(root)


class _Planning:
    def __init__(self, schema: GraphQLSchema, reader: Reader) -> None:
        assert schema.query_type is not None
        self._fields, self._reader = schema.query_type.fields, reader
        self._scopes: set[Scope] = set()
        self._constants: dict[str, str] = {}

    def plan(self, root: Selection) -> Plan:
        roots = [self._root(field) for field in root.fields]
        if not roots:  # all are skipped
            raise CannotCompile
        starts = (b'{"data":{', *[b","] * (len(roots) - 1))
        roots = [replace(one, before=start + one.before) for one, start in zip(roots, starts, strict=True)]
        return Plan(tuple(roots), frozenset(self._scopes), self._constants)

    def _root(self, field: Field) -> RootRead:
        before = orjson.dumps(field.key) + b":"
        if field.name == "__typename":
            return RootRead(before, None, constant=b'"Query"')
        definition = self._fields.get(field.name)
        reads = definition and reads_of(definition)
        if definition is None or not reads or field.of is None:
            raise CannotCompile
        if reads.scope is not None:
            self._scopes.add(reads.scope)
        if reads.check is not None:
            reads.check(field.args)
        if reads.page:
            read = self._reader.prepare_page(field.of, args=field.args)
        elif reads.rows:
            read = self._reader.prepare_rows(field.of, args=field.args)
        elif reads.single:
            read = self._reader.prepare_single(field.of, args=field.args)
        else:
            read = self._reader.prepare_one(field.of, id=self._who_asks() if reads.viewer else self._id(field))
        return RootRead(before, read, nullable=not is_non_null_type(definition.type))

    def _who_asks(self) -> Given:
        self._constants[WHO_ASKS.name] = ""  # until somebody asks
        return WHO_ASKS

    def _id(self, field: Field) -> Given:
        id = field.args["id"]
        if isinstance(id, Given):
            return id
        place = Given(f"{field.key} ")  # nor has any a name with a space
        self._constants[place.name] = str(id)
        return place


def compiled(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    *,
    require_fit: RequireFit,
    plans: Plans,
) -> CompiledOperation | None:
    """The operation, to be compiled when it is first run; None for one that graphql-core must execute."""
    try:
        return CompiledOperation(schema, document, operation, require_fit=require_fit, plans=plans)
    except CannotCompile:
        return None


def _only_reads(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Whether all root fields, those in fragments too, read what is stored."""
    assert schema.query_type is not None
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    waiting: list[Any] = [*operation.selection_set.selections]
    spread: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            definition = schema.query_type.fields.get(node.name.value)
            if node.name.value != "__typename" and (definition is None or reads_of(definition) is None):
                return False
        elif isinstance(node, InlineFragmentNode):
            waiting += node.selection_set.selections
        elif node.name.value not in spread:
            spread.add(node.name.value)
            waiting += fragments[node.name.value].selection_set.selections
    return True
