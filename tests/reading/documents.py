"""A selection as a document that says it in a roundabout way: fragments, directives, variables and repetition."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql import get_named_type
from hypothesis import strategies as st

from app.schema import build_schema
from tests.reading.contract import FIELDS
from tests.reading.reference import Asked

SCHEMA = build_schema()._schema


class Enum(str):
    """A name that stands without quotes."""

    __slots__ = ()


class Place(str):
    """A cursor to be: a mark in the text, put in place of which the row's cursor is sent."""

    __slots__ = ("id", "order")

    def __new__(cls, order: str, id: UUID) -> "Place":
        """Mark a row in an order."""
        self = super().__new__(cls, f"cursor of {id} in {order}")
        self.order, self.id = order, id
        return self


@dataclass
class Writing:
    """A document on its way: what it needs declared, and where it may still vary."""

    draw: st.DrawFn
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    left: int = 40  # fields, before it goes no deeper

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def pick(self, choices: Any) -> Any:
        return self.draw(choices if isinstance(choices, st.SearchStrategy) else st.sampled_from(list(choices)))

    def name(self, kind: str) -> str:
        return f"{kind}{len(self.declared) + len(self.fragments)}"


def document(writing: Writing, asked: list[Asked]) -> str:
    """The operation's text; its variables are left in `writing`."""
    body = _fields(writing, "Query", asked)
    head = f"query Random({', '.join(writing.declared)})" if writing.declared else "query Random"
    return "\n".join([f"{head} {body}", *writing.fragments])


def _fields(writing: Writing, kind: str, asked: list[Asked]) -> str:
    """A selection set, some of it in fragments, some twice, with some that is skipped."""
    parts: list[str] = []
    rest = list(asked)
    while rest:
        size = writing.pick(st.integers(1, len(rest)))
        some, rest = rest[:size], rest[size:]
        parts.append(_wrapped(writing, kind, [_field_text(writing, kind, one) for one in some], some))
        if writing.chance(6):
            parts.append(f"skipped{len(parts)}: __typename {_never(writing)}")
    return "{ " + " ".join(parts) + " }"


def _wrapped(writing: Writing, kind: str, texts: list[str], asked: list[Asked]) -> str:
    body = " ".join(texts)
    how = writing.pick(["plain", "plain", "inline", "bare", "named", "interface", "never"])
    on = kind
    if how == "interface" and "id" in FIELDS.get(kind, ()) and all(one.name in ("id", "__typename") for one in asked):
        on, how = "Node", "inline"
    if how == "inline":
        return f"... on {on} {_always(writing)} {{ {body} }}"
    if how == "bare":
        return f"... {_always(writing)} {{ {body} }}"
    if how == "named":
        name = writing.name("F")
        writing.fragments.append(f"fragment {name} on {on} {{ {body} }}")
        return f"...{name} {_always(writing)} ...{name}" if writing.chance(2) else f"...{name}"
    if how == "never":
        return f"{body} ... {_never(writing)} {{ gone: __typename }}"
    return body


def _field_text(writing: Writing, kind: str, asked: Asked) -> str:
    head = f"{asked.key}: {asked.name}{_arguments(writing, kind, asked)}"
    if asked.of is None:
        return f"{head} {_always(writing)}"
    if asked.name == "node" and kind == "Query":
        return f"{head} {{ ... on {asked.on} {_fields(writing, asked.on, asked.of)} }}"
    below = get_named_type(SCHEMA.get_type(kind).fields[asked.name].type).name  # type: ignore[union-attr]
    at = writing.pick(st.integers(0, len(asked.of)))
    halves = [half for half in (asked.of[:at], asked.of[at:]) if half]
    # The same field twice is one field with both selections.
    return " ".join(f"{head} {_always(writing)} {_fields(writing, below, half)}" for half in halves)


def _arguments(writing: Writing, kind: str, asked: Asked) -> str:
    if asked.name == "__typename":
        return ""
    definitions = SCHEMA.get_type(kind).fields[asked.name].args  # type: ignore[union-attr]
    given = [f"{name}: {_argument(writing, value, str(definitions[name].type))}" for name, value in asked.args.items()]
    left_out = [
        name for name in definitions if name not in asked.args and not str(definitions[name].type).endswith("!")
    ]
    if left_out and writing.chance(4):
        given.append(f"{left_out[0]}: {_declare(writing, str(definitions[left_out[0]].type))}")  # given no value
    return f"({', '.join(given)})" if given else ""


def _argument(writing: Writing, value: Any, kind: str) -> str:
    how = writing.pick(["literal", "variable", "default", "inside"])
    if how == "variable" or (isinstance(value, str) and "\x00" in value):
        name = _declare(writing, kind)
        writing.variables[name[1:]] = value
        return name
    if how == "default" and value is not None:
        return _declare(writing, f"{kind.removesuffix('!')} = {literal(value)}")
    return literal(value)


def _declare(writing: Writing, kind: str) -> str:
    name = f"${writing.name('v')}"
    writing.declared.append(f"{name}: {kind}")
    return name


def _always(writing: Writing) -> str:
    return _directive(writing, {"include": True, "skip": False})


def _never(writing: Writing) -> str:
    return _directive(writing, {"include": False, "skip": True}, needed=True)


def _directive(writing: Writing, values: dict[str, bool], *, needed: bool = False) -> str:
    if not needed and not writing.chance(5):
        return ""
    name, value = writing.pick(values.items())
    return f"@{name}(if: {_argument(writing, value, 'Boolean!')})"


def literal(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    return orjson.dumps(value).decode()
