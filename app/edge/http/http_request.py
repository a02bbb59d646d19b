"""From the bytes of an HTTP request to the GraphQL request that they are."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

import orjson

from app.edge.http.forgery import FORMS, Head, media_type
from app.edge.http.numbers_past_json import first_past_json
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest, read_request

MOST_PARAMETERS = 20
NO_JSON = 'The body is not JSON. Send an object such as {"query": "{ viewer { id } }"}, encoded in UTF-8.'
NO_NUMBER = "is no number that JSON has: NaN, infinities and numbers past 1.8e308 are none."
NO_PARAMETERS = "The address's parameters cannot be read: they are percent-encoded UTF-8, 20 at the most."
NOT_TAKEN = "A GraphQL request is posted with `content-type: application/json`, or multipart/form-data with files."
BARE_DOCUMENT = 'Put the document into JSON, {"query": "…"}, and post it with `content-type: application/json`.'
ENCODING = "Requests are encoded in UTF-8; the content type names another charset."
CHARSET = re.compile(rb';\s*charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)
IN_JSON = ("variables", "extensions")
NAMES = ("query", "operationName", "documentId", *IN_JSON)


def head_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name, in lower case; one that comes several times is a list (RFC 9110, 5.3)."""
    head: dict[bytes, bytes] = {}
    for name, value in headers:
        head[name] = head[name] + b", " + value if name in head else value
    return head


def request_in_json(body: bytes) -> GraphQLRequest:
    """The request that a JSON body is; raises RequestRefused."""
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _no_json(body) from None
    return read_request(decoded)


def request_in_address(query_string: bytes) -> GraphQLRequest:
    """The request that an address's parameters are; raises RequestRefused."""
    given = parameters(query_string)
    decoded: dict[str, object] = {name: given[name] for name in NAMES if given.get(name)}
    for name in IN_JSON:
        if name in decoded:
            try:
                decoded[name] = orjson.loads(given[name])
            except orjson.JSONDecodeError:
                raise RequestRefused.because(f"The parameter `{name}` must be a JSON object.") from None
    return read_request(decoded)


def parameters(query_string: bytes) -> dict[str, str]:
    """An address's parameters, each of which stands there once; raises RequestRefused."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        raise RequestRefused.because(NO_PARAMETERS) from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise RequestRefused.because("A parameter stands several times in the address. Give each once.")
    return given


def refuse_other_content(head: Head) -> None:
    """Raise RequestRefused (415) unless the body is JSON or a form with files, in UTF-8."""
    kind = media_type(head)
    if kind not in (b"application/json", FORMS[0]):
        told = BARE_DOCUMENT if kind == b"application/graphql" else NOT_TAKEN
        raise RequestRefused.because(told, status=415)
    charset = CHARSET.search(head[b"content-type"])
    if charset and charset[1].lower() not in (b"utf-8", b"utf8"):
        raise RequestRefused.because(ENCODING, status=415)


def _no_json(body: bytes) -> RequestRefused:
    path = first_past_json(body)
    return RequestRefused.because(f"`{path}` {NO_NUMBER}", field=path) if path else RequestRefused.because(NO_JSON)
