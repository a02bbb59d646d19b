"""The operations that an app was built with: where Cairn is given them, it runs these and no others.

Read from the manifest that the app's build writes: Apollo's (`apollo-persisted-query-manifest`), or a plain JSON object
of ids and texts, as relay-compiler and graphql-codegen write it.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import orjson

from domain.shared.errors import OperatorError

APOLLO = "apollo-persisted-query-manifest"
APOLLO_VERSION = 1
SHA256 = "sha256:"  # how GraphQL over HTTP writes an id that is the hash of the text
LONGEST_ID_SHOWN = 80


class BrokenManifest(OperatorError):
    """The manifest of trusted documents cannot be used; nothing runs before it can."""

    def __init__(self, path: Path, trouble: str) -> None:
        super().__init__(f"CAIRN_TRUSTED_DOCUMENTS: {path} {trouble}")


class TrustedDocuments:
    """Documents by their ids. Each is known by its id in the manifest and by its SHA-256, with `sha256:` or without."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        hashes = {sha256(text.encode()).hexdigest(): text for text in texts.values()}
        # An id of the manifest comes last, and so wins, should it look like the hash of another text.
        self._by_id = hashes | {SHA256 + digest: text for digest, text in hashes.items()} | dict(texts)
        self._texts = frozenset(texts.values())

    def __len__(self) -> int:
        return len(self._texts)

    def text_of(self, document_id: str) -> str | None:
        """The document of this id; None when there is none."""
        return self._by_id.get(document_id)

    def holds(self, text: str) -> bool:
        """Whether this very text, to the letter, is one of them."""
        return text in self._texts


def read_manifest(path: Path) -> TrustedDocuments:
    """The documents of a manifest file; raises BrokenManifest."""
    try:
        return TrustedDocuments(_texts(_parse(path.read_bytes())))
    except OSError as wrong:
        raise BrokenManifest(path, f"cannot be read: {wrong.strerror}.") from wrong
    except ValueError as wrong:
        raise BrokenManifest(path, str(wrong)) from wrong


def _parse(content: bytes) -> object:
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as wrong:
        raise ValueError(f"is not JSON: {wrong}.") from wrong


def _texts(manifest: object) -> dict[str, str]:
    if not isinstance(manifest, dict):
        raise ValueError('is not a manifest, which is a JSON object such as {"<id>": "query { … }"}.')
    texts: dict[str, str] = {}
    entries = _of_apollo(manifest) if "operations" in manifest or "format" in manifest else manifest.items()
    for id, text in (_checked(*entry) for entry in entries):
        if texts.setdefault(id, text) != text:
            raise ValueError(f"has two documents under the id {_shown(id)}.")
    if not texts:
        raise ValueError("holds no document at all: then nothing could be run.")
    return texts


def _of_apollo(manifest: Mapping[str, object]) -> Iterator[tuple[object, object]]:
    if manifest.get("format") != APOLLO or manifest.get("version") != APOLLO_VERSION:
        raise ValueError(f'is of another kind: its "format" must be "{APOLLO}" and its "version" {APOLLO_VERSION}.')
    operations = manifest.get("operations")
    if isinstance(operations, dict):  # by their ids, as a plugin of graphql-codegen writes them
        operations = [{"id": id, **entry} if isinstance(entry, dict) else entry for id, entry in operations.items()]
    if not isinstance(operations, list):
        raise ValueError('has no list of "operations".')
    for number, entry in enumerate(operations, 1):
        if not isinstance(entry, dict) or "id" not in entry:
            raise ValueError(f'has no "id" in operation {number}.')
        yield entry["id"], entry.get("body")


def _checked(id: object, text: object) -> tuple[str, str]:
    if not isinstance(id, str) or not id:
        raise ValueError(f"has an id that is no text: {_shown(id)}.")
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"has no text under the id {_shown(id)}.")
    if id.startswith(SHA256) and id != SHA256 + sha256(text.encode()).hexdigest():
        raise ValueError(f"has another text under {_shown(id)} than the one that this is the SHA-256 of.")
    return id, text


def _shown(id: object) -> str:
    return repr(id)[:LONGEST_ID_SHOWN]
