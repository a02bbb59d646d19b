"""What a field's selection asks for, read off the document: aliases, fragments, directives and variables resolved."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from graphql.execution.values import VariableValues
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from domain.shared.selection import Field, Selection


def select(info: GraphQLResolveInfo[Any], type_name: str | None = None) -> Selection:
    """The selection below the field being resolved, on its own type or, for an interface, on `type_name`."""
    kind = info.schema.get_type(type_name) if type_name else get_named_type(info.return_type)
    assert isinstance(kind, GraphQLObjectType), f"{kind} is no object type"
    return _reading(info).selection(kind, info.field_nodes)


def select_root(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, given: dict[str, Any]
) -> Selection:
    """The selection of a whole query; `given` holds its variables, coerced. Raises GraphQLError."""
    assert schema.query_type is not None
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    return _Reading(schema, fragments, given).selection(schema.query_type, [operation])


def arguments(info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
    """The arguments given to the field being resolved, under their names in the schema."""
    field = info.parent_type.fields[info.field_name]
    return _plain_args(get_argument_values(field, info.field_nodes[0], _reading(info).variables))


def _reading(info: GraphQLResolveInfo[Any]) -> "_Reading":
    # Strawberry hands resolvers the coerced values alone, whatever the annotation says.
    return _Reading(info.schema, info.fragments, cast("dict[str, Any]", info.variable_values))


class _Reading:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, Any], variables: dict[str, Any]) -> None:
        self.schema, self.fragments = schema, fragments
        self.variables = VariableValues({}, variables)

    def selection(self, kind: GraphQLObjectType, nodes: Iterable[FieldNode | OperationDefinitionNode]) -> Selection:
        """Fields that share a response key are one field, with what is selected below any of them."""
        merged: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for node in nodes:
            if node.selection_set:
                for field in self._fields(kind, node.selection_set, visited):
                    merged.setdefault(field.alias.value if field.alias else field.name.value, []).append(field)
        return Selection(kind.name, tuple(self._field(kind, key, group) for key, group in merged.items()))

    def _field(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
        name = nodes[0].name.value
        if name == "__typename":
            return Field(key, name)
        definition = kind.fields[name]
        args = get_argument_values(definition, nodes[0], self.variables) if definition.args else {}
        below = get_named_type(definition.type)
        of = self.selection(below, nodes) if is_object_type(below) else None
        return Field(key, name, _plain_args(args), of)

    def _fields(self, kind: GraphQLObjectType, within: SelectionSetNode, visited: set[str]) -> Iterator[FieldNode]:
        for node in within.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(kind, node):
                    yield from self._fields(kind, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(kind, fragment):
                    yield from self._fields(kind, fragment.selection_set, visited)

    def _included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, kind: GraphQLObjectType, fragment: Any) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self.schema.get_type(fragment.type_condition.name.value)
        return condition is kind or (is_abstract_type(condition) and self.schema.is_sub_type(condition, kind))


def _plain_args(args: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in args.items()}


def _plain(value: Any) -> Any:
    """Enum members as their names, at any depth."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
