"""How much comes of a selection: what each field weighs, and how many entries its lists are taken to have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)
from strawberry.types.field import StrawberryField

from app.edge.declaring.fields import COST, ENTRIES, Entries

PAGE = Entries(arguments=("first", "last"), default=20, most=100)
LIST = Entries(default=20)  # of a list that declares nothing
WRITING = 10  # what a mutation costs that declares nothing
# Introspection needs no more than its usual shape: GraphiQL's own question must stay possible as the schema grows.
INTROSPECTED = {"types": Entries(default=50), "fields": Entries(default=3)}
INTROSPECTED_LIST = Entries(default=2)
CEILING = 1_000_000_000  # past all limits: what fragments multiply without end stays a plain number
LONGEST_SIZE = 10  # digits


@dataclass(frozen=True, slots=True)
class Weight:
    """What one field costs each time it comes, what it is of, and how often it brings what is asked below it."""

    cost: int = 1
    of: GraphQLNamedType | None = None
    entries: Entries | None = None  # of a list with a size of its own
    by_page: bool = False  # a list as long as the field that holds its parent says: `edges`
    page: Entries | None = None  # what it says of the lists in the object that it is

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return self.by_page or self.entries is not None


UNKNOWN = Weight()  # a field that validation will tell of, or __typename


class Weights:
    """The weights of one schema's fields."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, str], Weight] = {}
        self._paged = {get_named_type(field.type).name for field in _fields(schema) if _page(field)}

    def of(self, parent: GraphQLNamedType | None, name: str) -> Weight:
        """The weight of one field; UNKNOWN where the type has no such field."""
        if parent is None:
            return UNKNOWN
        known = self._known.get((parent.name, name))
        if known is not None:
            return known
        field = self._schema.get_field(parent, name) if is_composite_type(parent) else None
        if field is None:
            return UNKNOWN
        weight = self._known[parent.name, name] = self._weight(parent, name, field)
        return weight

    def _weight(self, parent: GraphQLNamedType, name: str, field: GraphQLField) -> Weight:
        declared = _declared(field)
        cost = declared.get(COST) or (WRITING if parent is self._schema.mutation_type else 1)
        of, entries = get_named_type(field.type), declared.get(ENTRIES)
        if not isinstance(get_nullable_type(field.type), GraphQLList):
            return Weight(cost, of, page=_page(field) or (LIST if of.name in self._paged else None))
        if parent.name.startswith("__"):
            return Weight(cost, of, INTROSPECTED.get(name, INTROSPECTED_LIST))
        if entries is None and PAGE.arguments[0] in field.args:
            return Weight(cost, of, PAGE)
        if entries is None and parent.name in self._paged:
            return Weight(cost, of, by_page=True)
        return Weight(cost, of, entries or LIST)


@lru_cache(maxsize=4)
def weights_of(schema: GraphQLSchema) -> Weights:
    """The weights of a schema's fields, looked up once."""
    return Weights(schema)


def _page(field: GraphQLField) -> Entries | None:
    """What a field that is no list says of the lists within it."""
    if isinstance(get_nullable_type(field.type), GraphQLList):
        return None
    entries: Entries | None = _declared(field).get(ENTRIES)
    return entries or (PAGE if PAGE.arguments[0] in field.args else None)


def _declared(field: GraphQLField) -> Mapping[str, Any]:
    definition = field.extensions.get("strawberry-definition")
    return definition.metadata if isinstance(definition, StrawberryField) else {}


def _fields(schema: GraphQLSchema) -> Iterator[GraphQLField]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from kind.fields.values()


class Amount(NamedTuple):
    """List entries and cost: of the selection itself, and again for each entry of the page that it describes."""

    nodes: int = 0
    cost: int = 0
    page_nodes: int = 0
    page_cost: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """Both at once."""
        return Amount(
            min(self.nodes + other.nodes, CEILING),
            min(self.cost + other.cost, CEILING),
            min(self.page_nodes + other.page_nodes, CEILING),
            min(self.page_cost + other.page_cost, CEILING),
        )


class Sum:
    """What a selection set comes to: what is certain, and what depends on variables."""

    __slots__ = ("amount", "growing")

    def __init__(self) -> None:
        self.amount = Amount()
        self.growing: list[Sum | Repeated] = []

    def add(self, other: "Sum") -> None:
        """Another selection set at the same place: that of a fragment."""
        if other.growing:
            self.growing.append(other)
        else:
            self.amount = self.amount.plus(other.amount)

    def add_field(self, field: "Repeated") -> None:
        """One field with what is selected below it."""
        if field.below.growing or field.entries.variables or field.page.variables:
            self.growing.append(field)
        else:
            self.amount = self.amount.plus(field.times({}, field.below.amount))

    def total(self, values: Mapping[str, Any], known: dict["Sum", Amount]) -> Amount:
        """The amount with these variables; `known` spares counting a fragment again at each of its spreads."""
        if self in known:
            return known[self]
        amount = self.amount
        for part in self.growing:
            if isinstance(part, Sum):
                amount = amount.plus(part.total(values, known))
            else:
                amount = amount.plus(part.times(values, part.below.total(values, known)))
        known[self] = amount
        return amount


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries a list is asked to have: the largest that its arguments say."""

    entries: Entries
    given: tuple[int, ...] = ()
    variables: tuple[str, ...] = ()
    defaults: Mapping[str, int | None] | None = None

    def number(self, values: Mapping[str, Any]) -> int:
        """The number of entries; sizes that are refused later are taken for the nearest that are not."""
        said = [*self.given, *(size for name in self.variables if (size := self._value(name, values)) is not None)]
        size = min(max(0, *said), self.entries.most) if said else self.entries.default
        return -(-size // self.entries.as_one)

    def _value(self, name: str, values: Mapping[str, Any]) -> int | None:
        value = values[name] if name in values else (self.defaults or {}).get(name)
        return value if value is None or type(value) is int else self.entries.most


ONE = Size(Entries(default=1))


@dataclass(frozen=True, slots=True)
class Repeated:
    """One field: what it weighs, what is selected below it, and how often that comes."""

    weight: Weight
    below: Sum
    entries: Size = ONE
    page: Size = ONE

    def times(self, values: Mapping[str, Any], below: Amount) -> Amount:
        """The amount of the field; a list by its parent's page comes again for each of the page's entries."""
        page, entries = self.page.number(values), self.entries.number(values)
        nodes, cost = below.nodes + page * below.page_nodes, below.cost + page * below.page_cost
        if not self.weight.is_list:
            amount = Amount(nodes, self.weight.cost + cost)
        elif self.weight.by_page:
            amount = Amount(0, self.weight.cost, 1 + nodes, max(1, cost))
        else:
            amount = Amount(entries * (1 + nodes), self.weight.cost + entries * max(1, cost))
        return amount.plus(Amount())


class Arguments:
    """Reads page sizes off the arguments of one operation's fields."""

    def __init__(self, operation: OperationDefinitionNode) -> None:
        self._defaults = {
            node.variable.name.value: _literal(node.default_value) for node in operation.variable_definitions or ()
        }
        self._variables: dict[str, None] = {}

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables met so far that are sizes."""
        return tuple(self._variables)

    def size(self, entries: Entries | None, node: FieldNode) -> Size:
        """The size that a field's arguments say."""
        if entries is None:
            return ONE
        values = [one.value for one in node.arguments or () if one.name.value in entries.arguments]
        names = tuple(value.name.value for value in values if isinstance(value, VariableNode))
        self._variables.update(dict.fromkeys(names))
        given = tuple(size for value in values if (size := _literal(value)) is not None)
        return Size(entries, given, names, self._defaults if names else None)


def _literal(value: ValueNode | None) -> int | None:
    """The number that a literal is; one past all sizes for what is none, as validation will tell."""
    if value is None or isinstance(value, NullValueNode | VariableNode):
        return None
    if isinstance(value, IntValueNode) and len(value.value) <= LONGEST_SIZE:
        return int(value.value)
    return -1 if isinstance(value, IntValueNode) and value.value.startswith("-") else CEILING
