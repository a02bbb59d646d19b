"""How much one operation may ask for: its shape before it is validated, its sizes once its variables are known."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from app.edge.documents.measure import CEILING, Amount, Arguments, Repeated, Sum, Weight, weights_of
from app.edge.refusals import RequestRefused
from domain.shared.errors import LimitExceeded

SENTENCES = {
    "characters": "The document has {found} characters, and at most {allowed} are read. Send it in parts.",
    "tokens": "The document has more than {allowed} tokens, and no more are read. Send it in parts.",
    "operations": "The document has {found} operations, and at most {allowed} are taken. Send only the one to run.",
    "depth": "The fields are {found} levels deep, and at most {allowed} are allowed. Ask for less at once.",
    "aliases": "There are {found} aliases, fragments written out, and at most {allowed} are allowed.",
    "directives": "There are {found} directives, fragments written out, and at most {allowed} are allowed.",
    "rootFields": "There are {found} root fields, and at most {allowed} are allowed. Send several requests.",
    "values": "The variables hold more than {allowed} values, and no more are read at once. Send them in parts.",
    "nodes": "Up to {found} list entries could come, and at most {allowed} are allowed. Ask for smaller pages.",
    "cost": "This costs {found}, and at most {allowed} is allowed. Ask for fewer fields or smaller pages.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of everything; each is a setting."""

    characters: int = 100_000
    tokens: int = 2_000
    depth: int = 20
    aliases: int = 100
    directives: int = 50
    root_fields: int = 20
    nodes: int = 10_000
    cost: int = 50_000
    values: int = 10_000


def refuse(limit: str, *, allowed: int, found: int) -> NoReturn:
    """Raise the refusal that names the limit and its value."""
    many = f"{found:,}" if found < CEILING else f"{CEILING:,} or more"
    message = SENTENCES[limit].format(found=many, allowed=f"{allowed:,}")
    raise RequestRefused.because(message, code=LimitExceeded.code, limit=limit, allowed=allowed, found=found)


@dataclass(frozen=True, slots=True)
class StaticMeasure:
    """What can be counted without variables; `cost` takes every list to have one entry."""

    depth: int
    aliases: int
    directives: int
    root_fields: int
    cost: int

    def require_within(self, limits: Limits) -> None:
        """Raises RequestRefused (LIMIT_EXCEEDED) for the first limit that is exceeded."""
        _require("depth", self.depth, limits.depth)
        _require("rootFields", self.root_fields, limits.root_fields)
        _require("aliases", self.aliases, limits.aliases)
        _require("directives", self.directives, limits.directives)
        _require("cost", self.cost, limits.cost)


@dataclass(frozen=True, slots=True)
class Measure:
    """The most list entries that can come, and what all of it costs."""

    nodes: int
    cost: int

    def require_within(self, limits: Limits) -> None:
        """Raises RequestRefused (LIMIT_EXCEEDED) for the first limit that is exceeded."""
        _require("nodes", self.nodes, limits.nodes)
        _require("cost", self.cost, limits.cost)

    def told(self) -> dict[str, int]:
        """As it stands in the answer's extensions."""
        return asdict(self)


class Sizes:
    """How much one operation asks for, as far as it depends on the variables named in `variables`."""

    def __init__(self, total: Sum, variables: tuple[str, ...]) -> None:
        self._total, self.variables = total, variables

    def measure(self, variables: Mapping[str, Any]) -> Measure:
        """How much comes with these variables, at most.

        What @skip and @include leave out is counted, and what several fragments ask for is counted for each of them.
        """
        amount = self._total.total(variables, {})
        return Measure(amount.nodes, amount.cost)


def measure_static(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> StaticMeasure:
    """The operation's shape with its fragments written out, be it valid or not.

    Linear in the document: each fragment is measured once. What the schema does not know weighs 1, and a spread that
    closes a circle nothing: validation tells of both.
    """
    shape = _Measuring(schema, document, operation).operation(operation)
    directives = shape.directives + len(operation.directives or ())
    directives += sum(len(node.directives or ()) for node in operation.variable_definitions or ())
    return StaticMeasure(shape.depth, shape.aliases, directives, shape.fields, shape.least)


def prepare_sizes(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Sizes:
    """What is left to measure of a valid operation once its variables are known."""
    measuring = _Measuring(schema, document, operation)
    return Sizes(measuring.operation(operation).total, measuring.arguments.variables)


class _Shape:
    """What a selection set comes to, its fragments written out; no count goes past CEILING."""

    __slots__ = ("aliases", "depth", "directives", "fields", "least", "total")

    def __init__(self) -> None:
        self.depth = self.aliases = self.directives = self.fields = self.least = 0
        self.total = Sum()

    def add(self, other: "_Shape") -> None:
        """A fragment at the same place."""
        self.depth = max(self.depth, other.depth)
        self._count(other, other.fields, 0)
        self.total.add(other.total)

    def add_field(self, field: Repeated, below: "_Shape") -> None:
        """A field, and what is selected below it."""
        self.depth = max(self.depth, below.depth + 1)
        self._count(below, 1, field.weight.cost)
        self.total.add_field(field)

    def add_leaves(self, number: int, cost: int) -> None:
        """So many fields with nothing below them, and what they weigh together."""
        if number:
            self.depth = max(self.depth, 1)
            self._count(NOTHING, number, cost)
            self.total.amount = self.total.amount.plus(Amount(0, cost))

    def _count(self, other: "_Shape", fields: int, cost: int) -> None:
        self.fields = min(self.fields + fields, CEILING)
        self.aliases = min(self.aliases + other.aliases, CEILING)
        self.directives = min(self.directives + other.directives, CEILING)
        self.least = min(self.least + other.least + cost, CEILING)


NOTHING = _Shape()


class _Measuring:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema, self._weights = schema, weights_of(schema)
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Shape] = {}
        self.arguments = Arguments(operation)

    def operation(self, operation: OperationDefinitionNode) -> _Shape:
        for name in self._innermost_first(operation):
            fragment = self._fragments[name]
            shape = self._selections(fragment.selection_set, self._kind(fragment.type_condition))
            shape.directives += len(fragment.directives or ())
            self._measured[name] = shape
        return self._selections(operation.selection_set, self._schema.get_root_type(operation.operation))

    def _selections(self, within: SelectionSetNode, parent: GraphQLNamedType | None) -> _Shape:
        shape = _Shape()
        leaves = cost = 0
        for node in within.selections:
            shape.directives += len(node.directives) if node.directives else 0
            if isinstance(node, FieldNode):
                shape.aliases += node.alias is not None
                weight = self._weights.of(parent, node.name.value)
                if node.selection_set or weight.is_list:
                    self._add_field(shape, node, weight)
                else:
                    leaves += 1
                    cost += weight.cost
            elif isinstance(node, InlineFragmentNode):
                kind = self._kind(node.type_condition) if node.type_condition else parent
                shape.add(self._selections(node.selection_set, kind))
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._measured:
                shape.add(self._measured[node.name.value])
        shape.add_leaves(leaves, cost)
        return shape

    def _add_field(self, shape: _Shape, node: FieldNode, weight: Weight) -> None:
        below = self._selections(node.selection_set, weight.of) if node.selection_set else _Shape()
        entries, page = self.arguments.size(weight.entries, node), self.arguments.size(weight.page, node)
        shape.add_field(Repeated(weight, below.total, entries, page), below)

    def _kind(self, condition: NamedTypeNode) -> GraphQLNamedType | None:
        return self._schema.get_type(condition.name.value)

    def _innermost_first(self, operation: OperationDefinitionNode) -> Iterator[str]:
        """The fragments that the operation spreads, each after those that it spreads itself; without recursion."""
        met: set[str] = set()
        path = [("", iter(_spreads(operation.selection_set)))]
        while path:
            name, spreads = path[-1]
            inner = next((one for one in spreads if one in self._fragments and one not in met), None)
            if inner is not None:
                met.add(inner)
                path.append((inner, iter(_spreads(self._fragments[inner].selection_set))))
            else:
                path.pop()
                if name:
                    yield name


def _spreads(within: SelectionSetNode) -> Iterator[str]:
    waiting = [within]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                yield node.name.value
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                waiting.append(node.selection_set)


def _require(limit: str, found: int, allowed: int) -> None:
    if found > allowed:
        refuse(limit, allowed=allowed, found=found)
