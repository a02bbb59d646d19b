"""Only names of GraphQL stand in the SQL; everything else is a parameter."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from di.registry import VIEWS
from domain.shared.selection import Field, Selection
from domain.shared.viewer import Viewer
from infrastructure.reading.compiler import json_object
from infrastructure.reading.connections import json_connection
from infrastructure.reading.objects import JsonText, build_object
from infrastructure.reading.statement import Asking, Scope, Statement
from tests.reading.world import World

ASKING = Asking(Viewer(World.NOBODY, frozenset({"'; --"})), datetime(2026, 1, 1, tzinfo=UTC), {})


def a_statement() -> Statement:
    return Statement(VIEWS)


@pytest.mark.parametrize("key", ["", "a'b", "a b", "1a", "a-b", 'a"', "é", "a\n", "a\x00", "a;"])
def test_what_is_no_graphql_name_never_reaches_the_statement(key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        build_object([("fine", JsonText.of("1")), (key, JsonText.of("2"))])


@given(st.text().filter(lambda text: not text.isidentifier() or not text.isascii()))
def test_no_text_but_a_name_is_a_key(key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        build_object([(key, JsonText.of("1"))])


@pytest.mark.parametrize("place", ["connection", "edges", "pageInfo", "node"])
def test_keys_of_pages_are_looked_at_too(place: str) -> None:
    statement = a_statement()
    bad = Field("x' || 'y", "__typename")
    of = Selection("", (bad,))
    asked = {
        "connection": of,
        "edges": Selection("", (Field("edges", "edges", of=of),)),
        "pageInfo": Selection("", (Field("pageInfo", "pageInfo", of=of),)),
        "node": Selection("", (Field("edges", "edges", of=Selection("", (Field("node", "node", of=of),))),)),
    }[place]

    with pytest.raises(ValueError, match="x' "):
        json_connection(statement, VIEWS["Plan"], Field("p", "p", of=asked), lambda _: [], json_object)


@given(st.text(), st.floats(allow_nan=False))
def test_values_are_parameters(source: str, metres: float) -> None:
    def told(given: dict[str, object]) -> tuple[JsonText, list[object]]:
        statement = a_statement()
        asked = Field("p", "p", {"filter": given}, Selection("", (Field("totalCount", "totalCount"),)))
        return json_connection(statement, VIEWS["Run"], asked, lambda _: [], json_object), statement.bound(ASKING)

    page, values = told({"source": source, "minDistanceM": metres})

    assert values == [source, metres, World.NOBODY]
    assert page == told({"source": "FILE", "minDistanceM": 1.0})[0]


def test_a_statement_names_its_viewer_once() -> None:
    statement = a_statement()
    row = Scope(statement, "t1")

    assert (row.viewer_id, Scope(statement, "t2").viewer_id, row.today.count("$1")) == ("$1::uuid", "$1::uuid", 1)
    assert statement.bound(ASKING)[0] == World.NOBODY


def test_a_field_of_pages_that_nothing_reads_is_a_fault_not_a_guess() -> None:
    asked = Field("p", "p", of=Selection("", (Field("nodes", "nodes"),)))

    with pytest.raises(LookupError, match=r"PlanConnection\.nodes"):
        json_connection(a_statement(), VIEWS["Plan"], asked, lambda _: [], json_object)
