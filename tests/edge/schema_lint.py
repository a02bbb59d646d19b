"""The rules by which a schema is written: each fault is a sentence that begins with the place it speaks of."""

import re
from collections.abc import Iterator

from graphql import (
    DEFAULT_DEPRECATION_REASON,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_required_argument,
    is_specified_scalar_type,
)

PASCAL, CAMEL, UPPER = (
    re.compile(r"[A-Z][A-Za-z0-9]*"),
    re.compile(r"[a-z][A-Za-z0-9]*"),
    re.compile(r"[A-Z][A-Z0-9_]*"),
)
MEASURE = re.compile(
    r"distance|time|duration|pace|speed|ascent|descent|altitude|elapsed|heartRate|cadence", re.IGNORECASE
)
UNIT_IN_NAME = re.compile(r"(M|S|Ms|Km|Kg|J|W|Percent|MPerS|SPerKm)$")
UNIT_IN_WORDS = re.compile(
    r"\b(bpm|beats|steps|degrees|s/km|m/s|ratio|0 to 1|same unit|without a unit)\b", re.IGNORECASE
)
PAGE = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
CONNECTION = {"pageInfo": "PageInfo!", "totalCount": "Int!"}
PAGE_INFO = {"hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!", "startCursor": "String", "endCursor": "String"}
Part = tuple[str, str, object]  # its place, its name, and itself


def faults(schema: GraphQLSchema) -> list[str]:
    """What is not as it should be, in the order of the schema."""
    kinds = [
        kind
        for kind in schema.type_map.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    ]
    found = [fault for kind in kinds for fault in _of_type(schema, kind)]
    mutations = schema.mutation_type.fields if schema.mutation_type else {}
    return found + [fault for name, field in mutations.items() for fault in _of_mutation(f"Mutation.{name}", field)]


def _of_type(schema: GraphQLSchema, kind: GraphQLNamedType) -> Iterator[str]:
    if not PASCAL.fullmatch(kind.name):
        yield f"{kind.name}: a type is written like TrainingPlan."
    parts = list(_parts(kind))
    for place, _, part in [(kind.name, kind.name, kind), *parts]:
        words = getattr(part, "description", None)
        if not words or words[-1] not in ".?!":
            yield f"{place}: nothing describes it in a sentence."
        if getattr(part, "deprecation_reason", None) in ("", DEFAULT_DEPRECATION_REASON):
            yield f"{place}: it is deprecated without a word of what to use instead."
    for place, name, part in parts:
        if not (UPPER if is_enum_type(kind) else CAMEL).fullmatch(name):
            yield f"{place}: a value is written like EASY_RUN, all else like startDate."
        if not is_enum_type(kind) and _lacks_unit(name, part):
            yield f"{place}: neither its name nor its description tells the unit."
    if is_object_type(kind) or is_interface_type(kind):
        yield from _of_object(schema, kind)


def _parts(kind: GraphQLNamedType) -> Iterator[Part]:
    if is_enum_type(kind):
        yield from ((f"{kind.name}.{name}", name, value) for name, value in kind.values.items())
    if is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", name, field
            for arg, definition in getattr(field, "args", {}).items():
                yield f"{kind.name}.{name}({arg}:)", arg, definition


def _lacks_unit(name: str, part: object) -> bool:
    number = get_named_type(part.type).name  # type: ignore[attr-defined]
    measured = number == "Float" or (number == "Int" and MEASURE.search(name))
    words = part.description or ""  # type: ignore[attr-defined]
    return bool(measured) and not UNIT_IN_NAME.search(name) and not UNIT_IN_WORDS.search(words)


def _of_object(schema: GraphQLSchema, kind: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[str]:
    types = {name: str(field.type) for name, field in kind.fields.items()}
    if "id" in types and kind.name != "Node" and "Node" not in [interface.name for interface in kind.interfaces]:
        yield f"{kind.name}: it has an id, and yet is no Node."
    if kind.name == "PageInfo" and types != PAGE_INFO:
        yield "PageInfo: it is not what Relay has."
    if kind.name.endswith("Connection"):
        yield from _of_connection(schema, kind.name, types)
    for name, field in kind.fields.items():
        given = {arg: str(field.args[arg].type) for arg in PAGE if arg in field.args}
        if get_named_type(field.type).name.endswith("Connection") and given != PAGE:
            yield f"{kind.name}.{name}: a list in pages takes first, after, last and before, all optional."


def _of_connection(schema: GraphQLSchema, name: str, types: dict[str, str]) -> Iterator[str]:
    entry = name.removesuffix("Connection")
    edge = schema.get_type(f"{entry}Edge")
    if types != {"edges": f"[{entry}Edge!]!"} | CONNECTION:
        yield f"{name}: a page has edges, pageInfo and totalCount, none of them null."
    edge_types = {name: str(field.type) for name, field in edge.fields.items()} if is_object_type(edge) else {}
    if edge_types != {"cursor": "String!", "node": f"{entry}!"}:
        yield f"{name}: its {entry}Edge has a cursor and a node, neither of them null."


def _of_mutation(place: str, field: GraphQLField) -> Iterator[str]:
    taken = list(field.args)
    if taken != ["input"] or not is_required_argument(field.args["input"]):
        yield f"{place}: a mutation takes one argument, `input`, which it needs."
    elif not get_named_type(field.args["input"].type).name.endswith("Input"):
        yield f"{place}: an input's type is named like CreatePlanInput."
    payload = get_named_type(field.type)
    told = payload.fields.get("userErrors") if is_object_type(payload) else None
    if not payload.name.endswith("Payload") or str(field.type) != f"{payload.name}!":
        yield f"{place}: a mutation answers a payload that is never null."
    if told is None or str(told.type) != "[UserError!]!":
        yield f"{place}: its payload has no userErrors."
