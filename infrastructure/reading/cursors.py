"""Places in a list that a client can come back to: opaque, versioned, and stable while rows come and go."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from domain.shared.errors import BadUserInput

VERSION = 1
MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key and the id of one row."""

    key: Any
    id: UUID


def cursor_sql(order_name: str, key: str, id: str) -> str:
    """The SQL that writes a row's cursor."""
    parts = f"json_build_array({VERSION}, '{order_name}', ({key})::text, {id}::text)"
    return f"translate(encode(convert_to({parts}::text, 'UTF8'), 'base64'), E'\\n', '')"


def parse_cursor(text: str, *, order_name: str, cast: str, argument: str) -> Cursor:
    """The place that `text` names, in a list sorted by `order_name`; raises BadUserInput."""
    try:
        if len(text) > MAX_LENGTH:
            raise ValueError(text)
        version, order, key, id = orjson.loads(base64.b64decode(text, validate=True))
        if version != VERSION or order != order_name:
            raise BadUserInput(
                f"The cursor in `{argument}` was made for another order of this list. Start again without it."
            )
        return Cursor(key=_PARSERS[cast](key), id=UUID(id))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        raise BadUserInput(
            f"`{argument}` is not a cursor of this list. Take one from pageInfo or an edge of an earlier answer."
        ) from None


def _date(text: str) -> date:
    return date.max if text == "infinity" else date.fromisoformat(text)  # asyncpg sends date.max as infinity


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


def _text(text: str) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError(text)
    return text


_PARSERS: dict[str, Callable[[str], Any]] = {
    "timestamptz": _instant,
    "date": _date,
    "double precision": float,
    "text": _text,
}
