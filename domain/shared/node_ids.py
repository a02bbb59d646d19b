"""The ids that clients see: opaque to them, unique over all types."""

import base64
import binascii
from uuid import UUID

MAX_LENGTH = 100


def node_id(type_name: str, id: UUID) -> str:
    """The global id of a thing: base64 of its type's name and its own id."""
    return base64.b64encode(f"{type_name}:{id}".encode()).decode()


def parse_node_id(text: str) -> tuple[str, UUID] | None:
    """The type's name and the id, or None when `text` is no id of this kind."""
    if len(text) > MAX_LENGTH:
        return None
    try:
        type_name, _, id = base64.b64decode(text, validate=True).decode("ascii").partition(":")
        parsed = type_name, UUID(id)
    except (ValueError, binascii.Error):
        return None
    # A thing has one id: other spellings of a UUID, or of base64, are none.
    return parsed if node_id(*parsed) == text else None


def id_of(type_name: str, text: str) -> UUID | None:
    """The id within `type_name`, or None when `text` is no id or one of another type."""
    parsed = parse_node_id(text)
    return parsed[1] if parsed and parsed[0] == type_name else None
