"""The manners of this codebase, where a machine can watch them."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from graphql.type import GraphQLField, is_input_object_type, is_list_type, is_non_null_type

from app.schema import build_schema
from domain.shared import errors
from domain.shared.errors import DomainError
from domain.shared.node_ids import node_id
from tests.conftest import ROOT, Athlete

SCHEMA = build_schema()._schema
LAYERS = ("app", "domain", "infrastructure", "di", "configuration")
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc|base|impl|dtos?)(_|$)", re.IGNORECASE)
LONGEST_FILE = 250
STORED = ("Workout", "Plan", "Run", "Job", "Tracker", "Course")
EXAMPLES = {"ID": '"x"', "String": '"x"', "Int": "1", "Float": "1.5", "Boolean": "true", "Date": '"2026-01-02"'}
EXAMPLES |= {"DateTime": '"2026-01-02T03:04:05Z"', "Upload": "null"}


def sources() -> Iterator[Path]:
    return (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def example(kind: object) -> str:
    """A literal of an input type: required parts only."""
    if is_non_null_type(kind):
        return example(kind.of_type)
    if is_list_type(kind):
        return "[]"
    if is_input_object_type(kind):
        needed = {name: field for name, field in kind.fields.items() if is_non_null_type(field.type)}
        literals = {name: example(field.type) for name, field in needed.items()}
        if "id" in literals:  # one of the type that the input speaks of
            type_name = next(name for name in STORED if name in kind.name)
            literals["id"] = f'"{node_id(type_name, UUID(int=7))}"'
        if "planId" in literals:
            literals["planId"] = f'"{node_id("Plan", UUID(int=7))}"'
        return "{" + ", ".join(f"{name}: {literal}" for name, literal in literals.items()) + "}"
    named = get_named_type(kind)
    return EXAMPLES.get(named.name) or next(iter(named.values))


def asking(name: str, field: GraphQLField) -> str:
    """The field with its required arguments and the least selection."""
    args = {arg: definition for arg, definition in field.args.items() if is_non_null_type(definition.type)}
    given = ", ".join(f"{arg}: {example(definition.type)}" for arg, definition in args.items())
    below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{name}{f'({given})' if given else ''}{below}"


def root_fields(root: GraphQLObjectType | None, operation: str) -> list[str]:
    assert root is not None
    return [f"{operation} {{ {asking(name, field)} }}" for name, field in root.fields.items()]


@pytest.mark.parametrize(
    "document",
    root_fields(SCHEMA.query_type, "query") + root_fields(SCHEMA.mutation_type, "mutation"),
)
async def test_every_root_field_refuses_a_stranger(ada: Athlete, document: str) -> None:
    response = await ada.http.post("/graphql", json={"query": document}, headers={"authorization": ""})

    answer = response.json()
    assert answer["data"] is None or set(answer["data"].values()) == {None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], answer


@pytest.mark.parametrize("document", root_fields(SCHEMA.mutation_type, "mutation"))
async def test_every_mutation_needs_the_scope_to_write(athlete: Callable[..., Athlete], document: str) -> None:
    reader = athlete("reader", scopes=["training:read"])

    answer = await reader.ask(document)

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], answer


def test_error_codes_are_unique() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, DomainError) and "code" in vars(kind)
    ]
    codes = [kind.code for kind in kinds]

    assert len(codes) == len(set(codes))


def test_no_file_is_named_by_a_word_that_says_nothing() -> None:
    assert [str(path) for path in sources() if BANNED_NAMES.search(path.stem)] == []


def test_no_file_is_longer_than_one_thing_takes() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}

    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_only_the_domain_s_ports_are_async() -> None:
    def is_async(path: Path) -> bool:
        return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(ast.parse(path.read_text())))

    assert {path.name for path in (ROOT / "domain").rglob("*.py") if is_async(path)} <= {"ports.py"}


def test_every_module_says_in_its_first_line_what_it_holds() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []


def test_the_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()

    assert not re.search(r"https?://|--index-url|--find-links|@ file", lock)
    assert all("--hash=sha256:" in part for part in re.split(r"\n(?=\S)", lock.strip()))
