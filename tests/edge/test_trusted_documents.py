"""The manifest of an app's build says what may be run, in the forms that builds write."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.edge.documents.trusted_documents import TrustedDocuments, read_manifest
from domain.shared.errors import OperatorError

MINE, RUNS = "query Mine { viewer { id } }", "query Runs { runs { totalCount } }"
HASH = sha256(MINE.encode()).hexdigest()
Write = Callable[[object], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a manifest down; bytes stand for themselves."""

    def to_file(manifest: object) -> Path:
        path = tmp_path / "manifest.json"
        path.write_bytes(manifest if isinstance(manifest, bytes) else orjson.dumps(manifest))
        return path

    return to_file


def apollo(*operations: object, **more: object) -> dict[str, object]:
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": list(operations)} | more


def operation(id: str = "mine", body: str = MINE) -> dict[str, str]:
    return {"id": id, "name": "Mine", "type": "query", "body": body}


MANIFESTS = {
    "Apollo": apollo(operation(), operation("runs", RUNS)),
    "Apollo by id": apollo() | {"operations": {"mine": {"name": "Mine", "type": "query", "body": MINE}}},
    "Relay and graphql-codegen": {"mine": MINE, "runs": RUNS},
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_each_form_of_manifest_gives_a_document_by_its_id(write: Write, manifest: object) -> None:
    assert read_manifest(write(manifest)).text_of("mine") == MINE


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
@pytest.mark.parametrize("document_id", [HASH, f"sha256:{HASH}"])
def test_a_document_is_known_by_its_hash_too(write: Write, manifest: object, document_id: str) -> None:
    assert read_manifest(write(manifest)).text_of(document_id) == MINE


def test_a_file_may_begin_with_a_byte_order_mark(write: Write) -> None:
    assert read_manifest(write(b"\xef\xbb\xbf" + orjson.dumps({"mine": MINE}))).text_of("mine") == MINE


def test_an_id_that_nobody_wrote_down_has_no_document(write: Write) -> None:
    assert read_manifest(write({"mine": MINE})).text_of("other") is None


def test_a_text_is_held_to_the_letter(write: Write) -> None:
    documents = read_manifest(write({"mine": MINE}))

    assert documents.holds(MINE)
    assert not documents.holds(MINE + " ")


def test_one_text_may_have_several_ids(write: Write) -> None:
    documents = read_manifest(write({"mine": MINE, "still mine": MINE}))

    assert documents.text_of("mine") == documents.text_of("still mine") == MINE
    assert len(documents) == 1


def test_an_id_of_the_manifest_wins_over_a_hash_that_looks_like_it() -> None:
    assert TrustedDocuments({HASH: RUNS, "mine": MINE}).text_of(HASH) == RUNS


@given(st.dictionaries(st.text(min_size=1, max_size=20).map("id {}".format), st.text(min_size=1), min_size=1))
@settings(max_examples=100, deadline=None)
def test_every_document_is_found_by_its_id_and_held(texts: dict[str, str]) -> None:
    documents = TrustedDocuments(texts)

    assert {id: documents.text_of(id) for id in texts} == texts
    assert all(documents.holds(text) for text in texts.values())


@pytest.mark.parametrize(
    ("manifest", "trouble"),
    [
        (b"", "is not JSON: "),
        (b"{nope", "is not JSON: "),
        (b"\xff\xfe{}", "is not JSON: "),
        ([MINE], 'is not a manifest, which is a JSON object such as {"<id>": "query { … }"}.'),
        ({}, "holds no document at all: then nothing could be run."),
        (apollo(), "holds no document at all: then nothing could be run."),
        (apollo(operation(), version=2), 'its "format" must be "apollo-persisted-query-manifest" and its "version" 1.'),
        (apollo(operation(), format="other"), 'its "format" must be "apollo-persisted-query-manifest"'),
        ({"operations": [operation()]}, 'its "format" must be "apollo-persisted-query-manifest"'),
        (apollo() | {"operations": None}, 'has no list of "operations".'),
        (apollo(operation(), {"body": RUNS}), 'has no "id" in operation 2.'),
        (apollo("query"), 'has no "id" in operation 1.'),
        (apollo({"id": 5, "body": RUNS}), "has an id that is no text: 5."),
        (apollo({"id": "runs"}), "has no text under the id 'runs'."),
        ({"runs": " "}, "has no text under the id 'runs'."),
        ({"runs": {"query": RUNS}}, "has no text under the id 'runs'."),
        ({"": RUNS}, "has an id that is no text: ''."),
        (apollo(operation(), operation(body=RUNS)), "has two documents under the id 'mine'."),
        ({f"sha256:{HASH}": RUNS}, "than the one that this is the SHA-256 of."),
    ],
)
def test_a_broken_manifest_is_refused_with_what_is_wrong(write: Write, manifest: object, trouble: str) -> None:
    path = write(manifest)

    with pytest.raises(OperatorError) as refused:
        read_manifest(path)

    assert str(refused.value).startswith(f"CAIRN_TRUSTED_DOCUMENTS: {path} ")
    assert trouble in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_manifest_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"none\.json cannot be read: No such file"):
        read_manifest(tmp_path / "none.json")


def test_an_endless_id_does_not_fill_the_line(write: Write) -> None:
    with pytest.raises(OperatorError) as refused:
        read_manifest(write({"x" * 10_000: ""}))

    assert len(str(refused.value)) < 500
