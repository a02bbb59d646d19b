"""The schema is the one that is written down, keeps what clients rely on, and explains itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, print_ast
from graphql.type import GraphQLArgument, is_introspection_type, is_required_argument, is_specified_scalar_type

from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.schema import build_schema
from tests.conftest import ROOT

SCHEMA = build_schema()._schema
OURS = {
    name: kind
    for name, kind in SCHEMA.type_map.items()
    if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
}
CONTRACT = parse((Path(__file__).parent / "contract.graphql").read_text()).definitions

# What of the contract is not there yet; a name that has come is taken off.
COMING = set((Path(__file__).parent / "contract_to_come.txt").read_text().split())


def promised() -> Iterator[tuple[str, str, str]]:
    """What the contract names: its path, what it is called there, and its type."""
    for kind in CONTRACT:
        name = kind.name.value
        yield name, "", ""
        for field in getattr(kind, "fields", None) or ():
            yield f"{name}.{field.name.value}", "field", print_ast(field.type)
            for arg in getattr(field, "arguments", None) or ():
                yield f"{name}.{field.name.value}", arg.name.value, print_ast(arg.type)
        for value in getattr(kind, "values", None) or ():
            yield f"{name}.{value.name.value}", "value", ""
        for interface in getattr(kind, "interfaces", None) or ():
            yield name, "implements", interface.name.value


def described() -> Iterator[tuple[str, str | None]]:
    for name, kind in OURS.items():
        yield name, kind.description
        for field_name, field in getattr(kind, "fields", {}).items():
            yield f"{name}.{field_name}", field.description
            for arg_name, arg in getattr(field, "args", {}).items():
                yield f"{name}.{field_name}({arg_name})", arg.description


def takes(arg: GraphQLArgument, wanted: str) -> bool:
    """Whether what is declared `wanted` may be given: a default makes up for nothing being said."""
    return str(arg.type) == wanted or (str(arg.type) == f"{wanted}!" and not is_required_argument(arg))


def there(path: str) -> Any:
    name, _, part = path.partition(".")
    kind = OURS.get(name)
    if not part or kind is None:
        return kind
    members: dict[str, object] = getattr(kind, "fields", None) or getattr(kind, "values", {})
    return members.get(part)


def test_the_schema_is_the_one_that_is_written_down() -> None:
    written = (ROOT / "schema.graphql").read_text()

    assert written == build_schema().as_str() + "\n", "Write it down anew with `make schema`."


def kept(path: str, part: str, kind: str) -> bool:
    """Whether one name of the contract is there, as it was promised."""
    found = there(path)
    if found is None:
        return path in COMING
    if part == "field":
        return str(found.type) == kind
    if part == "implements":
        return kind in [interface.name for interface in found.interfaces]
    return not kind or takes(found.args[part], kind)


@pytest.mark.parametrize("name", sorted({path.partition(".")[0] for path, _, _ in promised()} - COMING))
def test_what_clients_rely_on_is_there(name: str) -> None:
    asked = [one for one in promised() if one[0].partition(".")[0] == name]

    assert asked
    assert [one for one in asked if not kept(*one)] == []


def test_what_has_come_is_no_longer_coming() -> None:
    assert [path for path in COMING if there(path)] == []


def test_everything_in_the_schema_says_what_it_is_in_a_sentence() -> None:
    assert [place for place, words in described() if not words or words[-1] not in ".?!"] == []


def test_every_argument_that_clients_need_not_know_is_optional() -> None:
    known = {(path, part) for path, part, _ in promised()}
    new = [
        f"{name}.{field_name}({arg_name})"
        for name, kind in OURS.items()
        for field_name, field in getattr(kind, "fields", {}).items()
        for arg_name, arg in getattr(field, "args", {}).items()
        if (f"{name}.{field_name}", "field") in known
        and (f"{name}.{field_name}", arg_name) not in known
        and is_required_argument(arg)
    ]

    assert new == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ __schema { types { name } } }", "GraphQL introspection has been disabled"),
        ('{ __type(name: "Run") { name } }', "GraphQL introspection has been disabled"),
        ("{ vieweR { id } }", "Cannot query field 'vieweR' on type 'Query'."),
        ("{ runs(orderBy: STARTED_AT) { totalCount } }", "Value 'STARTED_AT' does not exist in 'RunOrder' enum."),
        ("{ runs(firs: 1) { totalCount } }", "Unknown argument 'firs' on field 'Query.runs'."),
        ("query($x: RunFilte) { runs(filter: $x) { totalCount } }", "Unknown type 'RunFilte'."),
    ],
)
def test_without_introspection_and_suggestions_the_schema_is_not_told(query: str, says: str) -> None:
    store = OperationStore(build_schema()._schema, limits=Limits(), introspection=False, suggestions=False)

    with pytest.raises(RequestRefused) as refused:
        store.find(GraphQLRequest(query))

    assert refused.value.errors[0]["message"].startswith(says)
    assert "Did you mean" not in str(refused.value.errors)
    assert {error["extensions"]["code"] for error in refused.value.errors} == {"BAD_USER_INPUT"}
