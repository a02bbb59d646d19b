"""Many rows as columns: read in PostgreSQL's binary form, which numpy takes as it is.

The form: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

import io
from collections.abc import Sequence
from typing import Any

import asyncpg
import numpy as np

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
BEGINNING_US = 946_684_800_000_000  # PostgreSQL counts microseconds from the year 2000 on

# Its name, what it is in SQL, and how PostgreSQL writes it. None may be null.
Column = tuple[str, str, str]


async def read_columns(connection: asyncpg.Connection, columns: Sequence[Column], source: str) -> dict[str, Any]:
    """Columns by name, all of one length, of what follows `from` in `source`: values stand in it as they are."""
    query = f"select {', '.join(sql for _, sql, _ in columns)} from {source}"
    taken = io.BytesIO()
    await connection.copy_from_query(query, output=taken, format="binary")
    # A row is the number of its fields, and each field its length and its bytes.
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, _, kind in columns:
        form += [(f"length of {name}", ">i4"), (name, kind)]
    table = np.frombuffer(taken.getbuffer()[len(HEADER) : -len(TRAILER)], dtype=np.dtype(form))
    return {name: _native(table[name]) for name, _, _ in columns}


def _native(values: Any) -> Any:
    """In this machine's own order of bytes; whole numbers as int64."""
    if values.dtype.kind in "Vb":
        return values
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)
