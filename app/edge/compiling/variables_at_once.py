"""Variables that hold many things at once, read in one go. What comes of it is what graphql-core makes of them.

It looks at each value three times, and asks what its type is each time. Here that is asked when the operation is
stored. Whatever is out of the ordinary, be it a value of a wrong type or a name that is unknown, is left to
graphql-core, which tells what is wrong with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    get_nullable_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value

from app.edge.declaring.inputs_at_once import is_made_at_once

Read = Callable[[Any], Any]
UNUSUAL = (GraphQLError, KeyError, TypeError, ValueError)


class Unusual(ValueError):
    """The value does not fit, or only by one of GraphQL's courtesies."""


class VariablesAtOnce:
    """How an operation's large variables are read. `document` declares only the others."""

    def __init__(self, document: DocumentNode, reads: Mapping[str, tuple[GraphQLVariableSignature, Read]]) -> None:
        self.document, self._reads = document, reads

    def read(self, variables: Mapping[str, Any]) -> VariableValues | None:
        """What graphql-core would make of them; None when it must look at them itself."""
        sources, coerced = {}, {}
        try:
            for name, (signature, read) in self._reads.items():
                sources[name] = VariableValueSource(signature, variables[name])
                coerced[name] = read(variables[name])
        except UNUSUAL:
            return None
        return VariableValues(sources, coerced)


def variables_at_once(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> VariablesAtOnce | None:
    """The operation's variables of inputs that are made at once; None when it has none."""
    reads: dict[str, tuple[GraphQLVariableSignature, Read]] = {}
    others: list[VariableDefinitionNode] = []
    for definition in operation.variable_definitions or ():
        signature = get_variable_signature(schema, definition)
        if not isinstance(signature, GraphQLError) and (read := _reads_input_at_once(signature.type)):
            reads[signature.name] = signature, read
        else:
            others.append(definition)
    return VariablesAtOnce(_declaring(document, operation, others), reads) if reads else None


def _declaring(
    document: DocumentNode, operation: OperationDefinitionNode, variables: list[VariableDefinitionNode]
) -> DocumentNode:
    """The document, with these variables of the operation alone."""
    changed = replace(operation, variable_definitions=tuple(variables))
    return replace(document, definitions=tuple(changed if one is operation else one for one in document.definitions))


def _reads_input_at_once(type_: GraphQLInputType) -> Read | None:
    kind = type_.of_type if is_non_null_type(type_) else None
    return _reads_input(kind) if is_input_object_type(kind) and is_made_at_once(kind) else None


def _reads_input(kind: GraphQLInputObjectType) -> Read | None:
    """Reads one input; None for a kind that holds something else than leaves and lists of inputs."""
    found = [(name, field, _reads_value(get_nullable_type(field.type))) for name, field in kind.fields.items()]
    fields = [(name, field, not is_non_null_type(field.type), read) for name, field, read in found if read]
    if kind.is_one_of or len(fields) < len(found):
        return None

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Unusual
        coerced, left_out = {}, 0
        for name, field, nullable, read_one in fields:
            one = value.get(name, Undefined)
            if one is Undefined:
                one, left_out = _default(field), left_out + 1
            elif one is not None:
                one = read_one(one)
            elif not nullable:
                raise Unusual
            if one is not Undefined:
                coerced[field.out_name or name] = one
        if len(value) + left_out != len(fields):
            raise Unusual
        return kind.out_type(coerced)

    return read


def _reads_value(kind: Any) -> Read | None:
    if is_leaf_type(kind):
        return kind.coerce_input_value
    item = kind.of_type if is_list_type(kind) else None
    one = _reads_input(item.of_type) if is_non_null_type(item) and is_input_object_type(item.of_type) else None
    return None if one is None else lambda value: _each(one, value)


def _each(read: Read, value: Any) -> list[Any]:
    if type(value) is not list:
        raise Unusual
    return [read(one) for one in value]


def _default(field: GraphQLInputField) -> Any:
    """What stands for a field that is left out; Undefined: nothing."""
    default = coerce_default_value(field)
    if default is Undefined and is_non_null_type(field.type):
        raise Unusual
    return default
