"""One GraphQL request, whatever it came by, its shape checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.edge.refusals import RequestRefused

NO_OBJECT = 'A GraphQL request is a JSON object such as {"query": "{ viewer { id } }"}.'
SEVERAL = "Several operations in one request are not taken. Send them one by one."
NOTHING = "The request says neither `query` nor `documentId`: there is nothing to run."


@dataclass(slots=True)
class GraphQLRequest:
    """What a client asks: a document or the id of one, which of its operations, and with what."""

    query: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None


def read_request(body: object) -> GraphQLRequest:
    """The request that a decoded JSON body is; raises RequestRefused. Null is the same as not given."""
    if isinstance(body, list):
        raise RequestRefused.because(SEVERAL)
    if not isinstance(body, dict):
        raise RequestRefused.because(NO_OBJECT)
    return GraphQLRequest(
        query=_text(body, "query"),
        operation_name=_text(body, "operationName"),
        variables=_object(body, "variables"),
        extensions=_object(body, "extensions"),
        document_id=_text(body, "documentId"),
    )


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise RequestRefused.because(f"`{name}` must be a string.")
    return value


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RequestRefused.because(f"`{name}` must be a JSON object.")
    return value
