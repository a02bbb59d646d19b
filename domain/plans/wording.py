"""What a coach writes: names, descriptions and notes that can be stored and shown."""

from domain.plans.bounds import Field
from domain.shared.errors import Invalid

MAX_NAME_LENGTH = 255
MAX_DESCRIPTION_LENGTH = 10_000
MAX_NOTE_LENGTH = 500


class NameOutOfBounds(Invalid):
    """A name is blank, or longer than a name may be."""

    def __init__(self, length: int, *, field: Field) -> None:
        super().__init__(
            f"A name has 1 to {MAX_NAME_LENGTH} characters, not counting spaces around it; this one has {length}.",
            field=field,
        )


class TextTooLong(Invalid):
    """A description or a note is longer than it may be."""

    def __init__(self, length: int, longest: int, *, field: Field) -> None:
        super().__init__(f"This text has {length:,} characters; at most {longest:,} are kept.", field=field)


class TextUnstorable(Invalid):
    """A text holds what is no character: PostgreSQL stores neither NUL nor half of a surrogate pair."""

    def __init__(self, *, field: Field) -> None:
        super().__init__("This text holds a NUL or half of a character; take that out and send it again.", field=field)


def checked_name(name: str, field: Field) -> str:
    """The name without the spaces around it. Raises NameOutOfBounds, TextUnstorable."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME_LENGTH:
        raise NameOutOfBounds(len(trimmed), field=field)
    _check_storable(trimmed, field)
    return trimmed


def check_text(text: str | None, field: Field, *, longest: int = MAX_DESCRIPTION_LENGTH) -> None:
    """Raise TextTooLong or TextUnstorable for a text that cannot be kept as it is."""
    if text is None:
        return
    if len(text) > longest:
        raise TextTooLong(len(text), longest, field=field)
    _check_storable(text, field)


def _check_storable(text: str, field: Field) -> None:
    if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text):
        raise TextUnstorable(field=field)
