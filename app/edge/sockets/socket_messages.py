"""What a client says on a socket, read as both protocols have it: malformed messages end the socket, with a reason."""

from typing import Any

import orjson

from app.edge.refusals import RequestRefused
from app.edge.request import NOTHING, GraphQLRequest, read_request

LONGEST_REASON = 123  # bytes that a WebSocket's close frame has for words: RFC 6455, 5.5
LONGEST_SHOWN = 40
LONGEST_ID = 1_000  # characters: ids are kept, and said again with every answer
MOST_ECHOED = 1_024  # bytes of a ping that the pong holds again, and that wait to be read
BAD_REQUEST = 4400


class SocketRefused(Exception):
    """The socket ends, with a code of the protocol and the reason why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def cut(text: str, most: int = LONGEST_REASON) -> str:
    """A text of at most so many bytes, never cut inside a character."""
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[: most - 3].decode(errors="ignore") + "…"


def read_message(text: str | None) -> dict[str, Any]:
    """A message: a JSON object whose `type` is a string. Raises SocketRefused."""
    if text is None:
        raise malformed("This was a binary frame. Send JSON in text frames.")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise malformed("The message is not JSON.") from wrong
    if not isinstance(message, dict):
        raise malformed('A message is a JSON object such as {"type": "connection_init"}.')
    if not isinstance(message.get("type"), str):
        raise malformed("A message has a `type`, which is a string.")
    return message


def unknown(message: dict[str, Any]) -> SocketRefused:
    """The refusal of a message whose type no client sends."""
    return malformed(f"Clients send no message of the type {cut(message['type'], LONGEST_SHOWN)!r} here.")


def id_in(message: dict[str, Any]) -> str:
    """The id of the operation that a message is about. Raises SocketRefused."""
    id = message.get("id")
    if not isinstance(id, str) or not id:
        raise malformed(f"`{message['type']}` needs the `id` of an operation: a string that is not empty.")
    if len(id) > LONGEST_ID:
        raise malformed(f"The `id` of an operation has at most {LONGEST_ID:,} characters.")
    return id


def payload_in(message: dict[str, Any]) -> dict[str, Any] | None:
    """What is said beside the type, if anything is. Raises SocketRefused."""
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise malformed(f"The `payload` of `{message['type']}` must be a JSON object, or be left out.")
    return payload


def echo_in(message: dict[str, Any]) -> bytes | None:
    """What a ping or a pong carries, as the JSON that answers it, if it carries anything. Raises SocketRefused."""
    payload = payload_in(message)
    if not payload:
        return None
    too_much = malformed(f"The `payload` of `{message['type']}` has at most {MOST_ECHOED:,} bytes.")
    try:
        echo = orjson.dumps(payload)
    except orjson.JSONEncodeError as wrong:  # orjson reads deeper than it writes
        raise too_much from wrong
    if len(echo) > MOST_ECHOED:
        raise too_much
    return echo


def request_in(message: dict[str, Any]) -> GraphQLRequest:
    """The operation that a message asks for. Raises SocketRefused."""
    if not isinstance(message.get("payload"), dict):
        raise malformed(f"`{message['type']}` needs a `payload`: a JSON object with a `query`.")
    try:
        request = read_request(message["payload"])
    except RequestRefused as refused:
        raise malformed(str(refused)) from refused
    if request.query is None and request.document_id is None and not request.extensions:
        raise malformed(NOTHING)
    return request


def malformed(reason: str) -> SocketRefused:
    """The refusal of a message that is not as the protocol has it."""
    return SocketRefused(BAD_REQUEST, reason)
