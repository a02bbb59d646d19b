"""A thing has one id, and it comes back as what it was."""

import base64
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
    assert parse_node_id(base64.b64encode(spelling.encode()).decode()) is None


def test_another_spelling_of_base64_is_no_id() -> None:
    text = node_id("Workout", ID)
    padded = text.rstrip("=")

    assert padded != text
    assert parse_node_id(padded) is None
    assert parse_node_id(text + "\n") is None
    assert parse_node_id(padded[:-1] + chr(ord(padded[-1]) + 1) + "=" * (len(text) - len(padded))) is None
