"""Which text a request means: the one it carries, one that a client registered before, or one of the trusted."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from app.edge.documents.trusted_documents import SHA256, TrustedDocuments
from app.edge.refusals import RequestRefused
from app.edge.request import NOTHING, GraphQLRequest
from domain.shared.errors import Forbidden

VERSION = 1
HASH = re.compile(r"[0-9a-f]{64}")
# Code and message are those that Apollo's clients wait for before they send the text.
NOT_FOUND, NOT_FOUND_CODE = "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"
MALFORMED = '`extensions.persistedQuery` is like {"version": 1, "sha256Hash": "…"}, a SHA-256 in hexadecimal.'
OTHER_HASH = "`sha256Hash` is not the SHA-256 of `query`."
BOTH = "Send `query` or `documentId`, not both."
UNTRUSTED = "This server runs the operations that its apps were built with, and no others. This is none of them."


def document_text(request: GraphQLRequest, registered: Mapping[str, str], trusted: TrustedDocuments | None) -> str:
    """The document's text; `registered` are texts by their SHA-256. Raises RequestRefused."""
    digest = persisted_hash(request)
    if request.document_id is not None and request.query is not None:
        raise RequestRefused.because(BOTH)
    if digest is not None and request.query is not None and text_hash(request.query) != digest:
        raise RequestRefused.because(OTHER_HASH)
    id = request.document_id if request.document_id is not None else digest
    if id is None and request.query is None:
        raise RequestRefused.because(NOTHING)
    if trusted is not None:
        return _trusted_text(request.query, id, trusted)
    if request.query is not None:
        return request.query
    text = registered.get(str(id).removeprefix(SHA256))
    if text is None:
        raise RequestRefused.because(NOT_FOUND, code=NOT_FOUND_CODE)
    return text


def persisted_hash(request: GraphQLRequest) -> str | None:
    """The hash that a request of automatic persisted queries names; raises RequestRefused."""
    asked: Any = request.extensions.get("persistedQuery")
    if asked is None:
        return None
    digest = asked.get("sha256Hash") if isinstance(asked, dict) and asked.get("version") == VERSION else None
    if not isinstance(digest, str) or not HASH.fullmatch(digest.lower()):
        raise RequestRefused.because(MALFORMED)
    return digest.lower()


def hash_to_remember(request: GraphQLRequest) -> str | None:
    """The hash under which a client registers the text it sends, checked against it already."""
    return persisted_hash(request) if request.query is not None and request.extensions else None


def text_hash(text: str) -> str:
    """The SHA-256 by which clients name a document."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _trusted_text(query: str | None, id: str | None, trusted: TrustedDocuments) -> str:
    text = query if query is not None and trusted.holds(query) else None
    if query is None and id is not None:
        text = trusted.text_of(id)
    if text is None:
        raise RequestRefused.because(UNTRUSTED, code=Forbidden.code, status=403)
    return text
