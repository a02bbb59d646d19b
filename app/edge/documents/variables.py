"""How much the variables of a request hold, counted before anything looks at what they are."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_nullable_type,
    is_input_object_type,
    is_input_type,
    is_list_type,
    type_from_ast,
)

from app.edge.declaring.json_scalars import JSON
from app.edge.documents.limits import Limits, refuse

Declared = Mapping[str, GraphQLInputType]  # the types of an operation's variables


def declared_inputs(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Declared:
    """The types that a valid operation declares its variables with."""
    types = {
        node.variable.name.value: type_from_ast(schema, node.type) for node in operation.variable_definitions or ()
    }
    return {name: kind for name, kind in types.items() if is_input_type(kind)}


def require_few_values(variables: Mapping[str, Any], declared: Declared, limits: Limits) -> None:
    """Raises RequestRefused for more values in lists and objects than are allowed: each is looked at several times.

    What stands within a JSON scalar is not: the scalar is one value, whose size the request's own bounds.
    """
    if _count(_parts(variables), len(variables), limits.values) <= limits.values:  # nearly always
        return
    found = _count(_parts_of_types(variables, declared), len(variables), limits.values)
    if found > limits.values:
        refuse("values", allowed=limits.values, found=found)


def _count(sizes: Iterator[int], found: int, most: int) -> int:
    """The sum of the sizes; past `most` there is no need to go on."""
    for size in sizes:
        found += size
        if found > most:
            break
    return found


def _parts(variables: Mapping[str, Any]) -> Iterator[int]:
    """The sizes of all lists and objects."""
    waiting = [part for part in variables.values() if isinstance(part, dict | list)]
    while waiting:
        part = waiting.pop()
        yield len(part)
        waiting += [one for one in (part.values() if isinstance(part, dict) else part) if isinstance(one, dict | list)]


def _parts_of_types(variables: Mapping[str, Any], declared: Declared) -> Iterator[int]:
    """The sizes of all lists and objects that are not within a JSON scalar, told by the types that are declared."""
    waiting: list[tuple[Any, Any]] = [(value, declared.get(name)) for name, value in variables.items()]
    while waiting:
        part, kind = waiting.pop()
        kind = None if kind is None else get_nullable_type(kind)
        if getattr(kind, "name", None) == JSON.name or not isinstance(part, dict | list):
            continue
        yield len(part)
        if isinstance(part, list):
            waiting += [(one, kind.of_type if is_list_type(kind) else None) for one in part]
        else:
            fields = kind.fields if is_input_object_type(kind) else {}
            waiting += [(one, fields[name].type if name in fields else None) for name, one in part.items()]
