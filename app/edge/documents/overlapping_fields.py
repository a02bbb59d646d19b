"""Whether fields that share a response name can be merged, told in time that grows with the document alone.

The rule is the specification's (https://spec.graphql.org/draft/#sec-Field-Selection-Merging). graphql-core compares the
fields two by two; here they are grouped, as Simon Adameit of XING has it: those of one response name must have one
shape, and those that may meet in one object must be one field with one set of arguments. What is selected below a group
is merged and grouped in its turn, and the same selections are never merged twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLOutputType,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    ValueNode,
    VariableNode,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_wrapping_type,
    print_ast,
)
from graphql.validation.validate import ValidationAbortedError

MOST_STEPS = 100_000  # selections looked at, over all merges: where fragments meet in ever new combinations, it ends
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True, eq=False)
class Selections:
    """A selection set and the type that it selects from; None when the schema does not know the type."""

    node: SelectionSetNode
    parent: GraphQLNamedType | None


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A field as it stands in the document, with what decides whether it merges with another."""

    node: FieldNode
    parent: GraphQLNamedType | None
    type: GraphQLOutputType | None
    shape: tuple[str, ...] | None  # None when the schema does not know the field: it goes with every shape
    call: tuple[str, object]
    below: Selections | None


Merge = tuple[tuple[Selections, ...], bool]  # the bool: whether what is selected from may be one object


class OverlappingFields(ValidationRule):
    """Refuses fields of one response name that differ. Fragments that no operation spreads are refused as such."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._asked: dict[int, Asked] = {}
        self._fragments: dict[str, Selections] = {}
        self._merged: set[tuple[frozenset[Selections], bool]] = set()
        self._told: set[frozenset[Asked]] = set()
        self._steps = 0

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Check one operation, level by level."""
        root = Selections(node.selection_set, self.context.schema.get_root_type(node.operation))
        waiting: list[Merge] = [((root,), True)]
        for selections, may_meet in waiting:
            known = frozenset(selections)
            if (known, True) not in self._merged and (known, may_meet) not in self._merged:
                self._merged.add((known, may_meet))
                waiting += self._check(selections, may_meet)

    def _check(self, selections: tuple[Selections, ...], may_meet: bool) -> Iterator[Merge]:
        """Check what is selected together; what is selected below it is yet to be checked."""
        for key, fields in self._by_response_name(selections).items():
            groups = list(self._that_may_meet(fields)) if may_meet else []
            for group in groups:
                self._require_one_call(key, group)
                yield _below(group), True
            self._require_one_shape(key, fields)
            if len(groups) != 1:  # one group is all of them
                yield _below(fields), False

    def _by_response_name(self, selections: tuple[Selections, ...]) -> dict[str, list[Asked]]:
        fields: dict[str, list[Asked]] = {}
        waiting, spread = list(selections), set[str]()
        for within in waiting:
            self._step(1 + len(within.node.selections))
            for node in within.node.selections:
                if isinstance(node, FieldNode):
                    key = node.alias.value if node.alias else node.name.value
                    fields.setdefault(key, []).append(self._field(node, within.parent))
                elif isinstance(node, InlineFragmentNode):
                    condition = node.type_condition
                    kind = self.context.schema.get_type(condition.name.value) if condition else within.parent
                    waiting.append(Selections(node.selection_set, kind))
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                    spread.add(node.name.value)
                    waiting += self._fragment(node.name.value)
        return fields

    def _fragment(self, name: str) -> Iterable[Selections]:
        fragment = self.context.get_fragment(name)
        if fragment and name not in self._fragments:
            kind = self.context.schema.get_type(fragment.type_condition.name.value)
            self._fragments[name] = Selections(fragment.selection_set, kind)
        return [self._fragments[name]] if fragment else []

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Asked:
        known = self._asked.get(id(node))
        if known is None:
            defined = (is_object_type(parent) or is_interface_type(parent)) and parent.fields.get(node.name.value)
            kind = defined.type if defined else None
            below = Selections(node.selection_set, get_named_type(kind)) if node.selection_set else None
            known = Asked(node, parent, kind, _shape(kind), (node.name.value, _arguments(node)), below)
            self._asked[id(node)] = known
        return known

    def _that_may_meet(self, fields: list[Asked]) -> Iterator[list[Asked]]:
        """The fields of each object type, with those of interfaces and unions, which may be that object's too."""
        by_object: dict[GraphQLNamedType, list[Asked]] = {}
        others: list[Asked] = []
        for field in fields:
            (by_object.setdefault(field.parent, []) if is_object_type(field.parent) else others).append(field)
        if len(by_object) < 2:
            yield fields
            return
        for group in by_object.values():
            self._step(len(others) + len(group))
            yield [*others, *group]

    def _require_one_shape(self, key: str, fields: list[Asked]) -> None:
        known = [field for field in fields if field.shape is not None]
        other = next((field for field in known if field.shape != known[0].shape), None)
        if other is not None:
            types = f"{known[0].type} of {_shown(known[0].node)}, and {other.type} of {_shown(other.node)}"
            self._tell(known[0], other, f"`{_clipped(key)}` would be of two types: {types}.")

    def _require_one_call(self, key: str, fields: list[Asked]) -> None:
        other = next((field for field in fields if field.call != fields[0].call), None)
        if other is not None:
            both = f"{_shown(fields[0].node)}, and {_shown(other.node)}"
            self._tell(fields[0], other, f"`{_clipped(key)}` would be two things: {both}.")

    def _tell(self, one: Asked, other: Asked, trouble: str) -> None:
        if frozenset((one, other)) not in self._told:
            self._told.add(frozenset((one, other)))
            self.report_error(GraphQLError(f"{trouble} Give one of them an alias.", [one.node, other.node]))

    def _step(self, count: int) -> None:
        self._steps += count
        if self._steps > MOST_STEPS:
            raise ValidationAbortedError("Too many combinations of fragments.")


def _below(fields: list[Asked]) -> tuple[Selections, ...]:
    return tuple(field.below for field in fields if field.below is not None)


def _shape(kind: GraphQLOutputType | None) -> tuple[str, ...] | None:
    """How a type is wrapped, and which leaf it is; what is no leaf is told apart by its fields alone."""
    if kind is None:
        return None
    shape: list[str] = []
    while is_wrapping_type(kind):
        shape.append("[]" if is_list_type(kind) else "!")
        kind = kind.of_type
    return (*shape, kind.name if is_leaf_type(kind) else "{}")


def _arguments(node: FieldNode) -> object:
    return _named((one.name.value, one.value) for one in node.arguments or ())


def _named(values: Iterable[tuple[str, ValueNode]]) -> object:
    return sorted(((name, _value(value)) for name, value in values), key=lambda one: one[0])


def _value(node: ValueNode) -> object:
    """A value in a form that equals that of the same value in another place."""
    if isinstance(node, VariableNode):
        return node.kind, node.name.value
    if isinstance(node, ListValueNode):
        return node.kind, [_value(value) for value in node.values]
    if isinstance(node, ObjectValueNode):
        return node.kind, _named((field.name.value, field.value) for field in node.fields)
    return node.kind, getattr(node, "value", None), getattr(node, "block", None) is True


def _shown(node: FieldNode) -> str:
    arguments = ", ".join(print_ast(one) for one in node.arguments or ())
    return f"`{_clipped(node.name.value + (f'({arguments})' if arguments else ''))}`"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
