"""Places in a list that a client can come back to: opaque, versioned, and stable while rows come and go."""

import base64
import binascii
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from domain.shared.errors import BadUserInput

VERSION = 1
MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key and the id of one row; the key in a form that `Order.cast` takes."""

    key: Any
    id: UUID


def cursor_sql(order_name: str, key: str, id: str) -> str:
    """The SQL that writes a row's cursor: as JSON the key is exact, and the same whatever the server's settings are."""
    parts = f"'[{VERSION},\"{order_name}\",' || to_json({key})::text || ',\"' || {id}::text || '\"]'"
    return f"translate(encode(convert_to({parts}, 'UTF8'), 'base64'), E'\\n', '')"


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


def _date(key: str) -> date:
    return date.max if key == "infinity" else date.fromisoformat(key)  # asyncpg sends date.max as infinity


def _instant(key: str) -> datetime:
    instant = datetime.fromisoformat(key)
    if instant.tzinfo is None:
        raise ValueError(key)
    return instant.astimezone(UTC)  # an offset may lead out of the calendar, which only shows here


def _number(key: object) -> float:
    if isinstance(key, bool) or not isinstance(key, int | float) or not math.isfinite(key):
        raise ValueError(key)
    return float(key)


def _whole_number(key: object) -> int:
    if isinstance(key, bool) or not isinstance(key, int) or not -(2**31) <= key < 2**31:
        raise ValueError(key)
    return key


def _big_number(key: object) -> int:
    if isinstance(key, bool) or not isinstance(key, int) or not -(2**63) <= key < 2**63:
        raise ValueError(key)
    return key


def _text(key: object) -> str:
    if not isinstance(key, str) or "\x00" in key:
        raise ValueError(key)
    return key


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "timestamptz": _instant,
    "date": _date,
    "double precision": _number,
    "int": _whole_number,
    "bigint": _big_number,
    "text": _text,
    "uuid": UUID,
}
