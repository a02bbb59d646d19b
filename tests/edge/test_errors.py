"""Every error has a code and the request's id, and tells nothing that was not meant to be told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
import strawberry
import structlog
from starlette.applications import Starlette
from svcs import Container

from app.schema import MASKED, tell
from domain.accounts.ports import AthleteRepository
from domain.shared.errors import DomainError, Forbidden, NotFound, Unavailable
from domain.shared.node_ids import node_id
from domain.shared.ports import Reader
from tests.conftest import Athlete

SECRET = "connection string with a password"
BUGS = [ValueError(SECRET), KeyError(SECRET), AssertionError(SECRET), RecursionError(SECRET), OSError(SECRET)]


class Raises:
    """Stands where any port stands, and fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*args: object, **kwargs: object) -> None:
            raise self.error

        return fail


@contextmanager
def failing(app: Starlette, port: type, error: Exception) -> Iterator[None]:
    """The application with one port failing."""
    registry = app.state.registry
    value = Container(registry).get(port)
    registry.register_value(port, Raises(error))
    try:
        yield
    finally:
        registry.register_value(port, value)


def only_error(answer: dict[str, Any]) -> dict[str, Any]:
    (error,) = answer["errors"]
    assert re.fullmatch("[0-9a-f]{16}", error["extensions"]["requestId"])
    return dict(error)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: type(bug).__name__)
async def test_a_bug_in_a_resolver_is_masked_and_logged(app: Starlette, ada: Athlete, bug: Exception) -> None:
    with failing(app, Reader, bug), structlog.testing.capture_logs() as logged:
        response = await ada.http.post("/graphql", json={"query": "{ runs { totalCount } }"})

    error = only_error(response.json())
    assert (error["extensions"]["code"], error["message"], error["path"]) == ("INTERNAL", MASKED, ["runs"])
    assert "password" not in response.text
    assert type(bug).__name__ not in response.text
    assert [entry["exc_info"] for entry in logged if entry["event"] == "bug"] == [bug]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: type(bug).__name__)
async def test_a_bug_before_the_first_resolver_is_masked_and_logged(
    app: Starlette, ada: Athlete, bug: Exception
) -> None:
    with failing(app, AthleteRepository, bug), structlog.testing.capture_logs() as logged:
        response = await ada.http.post("/graphql", json={"query": "{ runs { totalCount } }"})

    (error,) = response.json()["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("INTERNAL", MASKED)
    assert "password" not in response.text
    assert [entry["exc_info"] for entry in logged if entry["event"] == "bug"] == [bug]


async def test_a_bug_is_logged_under_the_id_that_is_told(app: Starlette, ada: Athlete) -> None:
    with (
        failing(app, Reader, ValueError(SECRET)),
        structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logged,
    ):
        error = only_error(await ada.ask("{ runs { totalCount } }"))

    assert {entry["request_id"] for entry in logged} == {error["extensions"]["requestId"]}


async def test_an_outage_says_when_to_come_again(app: Starlette, ada: Athlete) -> None:
    with failing(app, Reader, Unavailable("The database is away.", retry_after_ms=2500)):
        error = only_error(await ada.ask("{ runs { totalCount } }"))

    assert error["message"] == "The database is away."
    assert {"code": "UNAVAILABLE", "retryAfterMs": 2500}.items() <= error["extensions"].items()


async def test_an_outage_takes_only_the_fields_that_need_what_is_away(app: Starlette, ada: Athlete) -> None:
    with failing(app, Reader, Unavailable("The database is away.")):
        query = 'query($id: ID!) { __typename node(id: "nonsense") { id } job(id: "Job:0") { id } run(id: $id) { id } }'
        answer = await ada.ask(query, id=node_id("Run", UUID(int=7)))

    assert answer["data"] == {"__typename": "Query", "node": None, "job": None, "run": None}
    assert only_error(answer)["path"] == ["run"]


async def test_a_refusal_keeps_its_code_and_its_words(app: Starlette, ada: Athlete) -> None:
    with failing(app, Reader, NotFound("There is no such thing.")):
        error = only_error(await ada.ask("{ runs { totalCount } }"))

    assert (error["extensions"]["code"], error["message"]) == ("NOT_FOUND", "There is no such thing.")


async def test_a_scope_that_is_missing_is_named(athlete: Any) -> None:
    writer = athlete("writer", scopes=["training:write"])

    error = only_error(await writer.ask("{ runs { totalCount } }"))

    assert error["extensions"]["code"] == Forbidden.code
    assert "training:read" in error["message"]


@pytest.mark.parametrize(
    ("query", "variables", "says"),
    [
        ("{", {}, "Syntax Error"),
        ("{ nope }", {}, "Cannot query field 'nope'"),
        ("{ viewer }", {}, "must have a selection of subfields"),
        ("{ viewer { ...F } }", {}, "Unknown fragment 'F'"),
        ("{ runs(first: 99999999999) { totalCount } }", {}, "32-bit"),
        ("{ runs(orderBy: NOPE) { totalCount } }", {}, "does not exist in 'RunOrder'"),
        ("{ runs(filter: {from: 5}) { totalCount } }", {}, "A Date is a string"),
        ("query($x: Int!) { runs(first: $x) { totalCount } }", {}, "Variable '$x'"),
        ("query($x: Int) { runs(first: $x) { totalCount } }", {"x": "many"}, "Variable '$x'"),
        ("query($x: Int!) { runs(first: $x) { totalCount } }", {"x": None}, "not to be null."),
        ("mutation { createPlan(input: null) { userErrors { code } } }", {}, "not to be null."),
        ("query($x: Date) { runs(filter: {from: $x}) { totalCount } }", {"x": "2026-02-30"}, "'2026-02-30' is no Date"),
        ("query($x: RunFilter) { runs(filter: $x) { totalCount } }", {"x": {"nope": 1}}, "'nope'"),
        ("query($x: Nope) { runs(first: $x) { totalCount } }", {}, "Unknown type 'Nope'"),
        ("fragment F on Viewer { ...F } { viewer { ...F } }", {}, "within itself"),
    ],
)
async def test_a_mistake_in_the_document_is_the_client_s(ada: Athlete, query: str, variables: Any, says: str) -> None:
    answer = await ada.ask(query, **variables)

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert says in answer["errors"][0]["message"]
    assert "data" not in answer


async def test_a_long_value_is_not_echoed_whole(ada: Athlete) -> None:
    response = await ada.http.post(
        "/graphql",
        json={"query": "query($x: Int) { runs(first: $x) { totalCount } }", "variables": {"x": "a" * 100_000}},
    )

    assert only_error(response.json())["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(response.content) < 1000


@strawberry.type
class Query:
    @strawberry.field
    def refused(self) -> int:
        raise DomainError("A refusal of no particular kind.")

    @strawberry.field
    def missing(self) -> int:
        return None  # type: ignore[return-value]


@pytest.mark.parametrize("field", ["refused", "missing"])
async def test_a_refusal_of_no_kind_and_a_null_that_may_not_be_are_bugs(field: str) -> None:
    result = await strawberry.Schema(query=Query).execute(f"{{ {field} }}")
    assert result.errors

    tell(result.errors, "0" * 16)

    assert [(error.message, error.extensions) for error in result.errors] == [
        (MASKED, {"code": "INTERNAL", "requestId": "0" * 16})
    ]
