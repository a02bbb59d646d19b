"""A thing has one id, and it comes back as what it was."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.node_ids import id_of, node_id, parse_node_id

ID = UUID("01a1fc6b-4651-7000-94ff-87bd97ffde01")


@given(st.sampled_from(["Plan", "Run", "ThrottlePlan"]), st.uuids())
def test_an_id_comes_back_as_its_type_and_its_own_id(kind: str, id: UUID) -> None:
    assert parse_node_id(node_id(kind, id)) == (kind, id)
    assert id_of(kind, node_id(kind, id)) == id


@given(st.text())
def test_other_text_is_no_id(text: str) -> None:
    assert parse_node_id(text) is None


def test_an_id_of_another_type_is_none_of_this() -> None:
    assert id_of("Plan", node_id("Run", ID)) is None


@pytest.mark.parametrize(
    "spelling",
    [
        f"Run:{str(ID).upper()}",
        f"Run:{ID.hex}",
        f"Run:{{{ID}}}",
        f"Run:urn:uuid:{ID}",
        f"Run:{ID} ",
        f"Run: {ID}",
        "Run:",
    ],
)
def test_another_spelling_is_no_id(spelling: str) -> None:
    assert parse_node_id(spelling) is None


@pytest.mark.parametrize("more", ["\n", "=", "\x00", ":", "x" * 1_000])
def test_an_id_with_something_behind_it_is_none(more: str) -> None:
    assert parse_node_id(node_id("Workout", ID) + more) is None
