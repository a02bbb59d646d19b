"""Views and schema name the same things, or Cairn does not start."""

from dataclasses import replace

import pytest

from app.schema import build_schema, stored_types
from di.registry import VIEWS
from domain.shared.selection import Readable
from infrastructure.reading.columns import column
from infrastructure.reading.view import Order, View, Views, ViewsDisagree

PLAN = View(
    "Plan",
    fields={"name": column("name")},
    filters={"to": lambda row, _: row.row},
    orders={"NAME_ASC": Order(lambda row: row.row, "text")},
)
DECLARED = Readable(frozenset({"name"}), filters=frozenset({"to"}), orders=frozenset({"NAME_ASC"}))


def complaint(views: tuple[View, ...], types: dict[str, Readable]) -> str:
    with pytest.raises(ViewsDisagree) as disagreement:
        Views(views).check(types)
    return str(disagreement.value)


def test_the_real_ones_agree() -> None:
    VIEWS.check(stored_types(build_schema()))


def test_agreement_is_silent() -> None:
    Views((PLAN,)).check({"Plan": DECLARED})


def test_a_field_without_a_mapping_is_named() -> None:
    types = {"Plan": replace(DECLARED, fields=frozenset({"name", "mood"}))}

    assert complaint((PLAN,), types) == "Views and schema disagree: Plan.mood has no mapping in its view."


def test_a_mapping_without_a_field_is_named() -> None:
    view = replace(PLAN, fields={"name": column("name"), "mood": column("mood")})

    assert "the view Plan maps mood, which its type lacks" in complaint((view,), {"Plan": DECLARED})


def test_a_type_without_a_view_is_named() -> None:
    assert "the type Run has no view" in complaint((PLAN,), {"Plan": DECLARED, "Run": DECLARED})


def test_a_view_without_a_type_is_named() -> None:
    assert "the view Plan has no type" in complaint((PLAN,), {})


def test_a_filter_that_nothing_applies_is_named() -> None:
    types = {"Plan": replace(DECLARED, filters=frozenset({"to", "mood"}))}

    assert "the filter mood of Plan has no mapping in its view" in complaint((PLAN,), types)


def test_an_order_that_nothing_sorts_by_is_named() -> None:
    types = {"Plan": replace(DECLARED, orders=frozenset({"NAME_ASC", "MOOD_ASC"}))}

    assert "the order MOOD_ASC of Plan has no mapping in its view" in complaint((PLAN,), types)


def test_all_differences_are_told_at_once() -> None:
    text = complaint((PLAN,), {"Plan": Readable(frozenset({"mood"})), "Run": DECLARED})

    assert text.count(";") == 3


def test_the_schema_s_lists_tell_what_they_are_narrowed_and_sorted_by() -> None:
    run = stored_types(build_schema())["Run"]

    assert {"from", "linked"} <= run.filters
    assert "DISTANCE_ASC" in run.orders


def test_pages_and_edges_need_no_view() -> None:
    assert not {"PlanConnection", "PlanEdge", "PageInfo"} & set(stored_types(build_schema()))
