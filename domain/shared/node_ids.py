"""The ids that clients see: opaque to them, unique over all types."""

from uuid import UUID

MAX_LENGTH = 100


def node_id(type_name: str, id: UUID) -> str:
    """The global id of a thing: its type's name and its own id."""
    return f"{type_name}:{id}"


def parse_node_id(text: str) -> tuple[str, UUID] | None:
    """The type's name and the id, or None when `text` is no id of this kind."""
    type_name, _, id = text[:MAX_LENGTH].partition(":")
    try:
        parsed = UUID(id)
    except ValueError:
        return None
    # A thing has one id: other spellings of a UUID are none.
    return (type_name, parsed) if node_id(type_name, parsed) == text else None


def id_of(type_name: str, text: str) -> UUID | None:
    """The id within `type_name`, or None when `text` is no id or one of another type."""
    parsed = parse_node_id(text)
    return parsed[1] if parsed and parsed[0] == type_name else None
