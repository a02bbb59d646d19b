"""Rows into tables as fast as PostgreSQL takes them: whole columns, laid out in its binary form by numpy."""

import io
from collections.abc import Mapping

import asyncpg
import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
TRAILER = b"\xff\xff"
EPOCH_S = 946_684_800  # PostgreSQL counts from 2000 on


async def copy_columns(connection: asyncpg.Connection, table: str, columns: Mapping[str, NDArray[np.generic]]) -> None:
    """Add rows; the arrays are of one length and of the very types of the columns. Nothing may be null."""
    rows = len(next(iter(columns.values())))
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, values in columns.items():
        form += [(f"length of {name}", ">i4"), (name, values.dtype.newbyteorder(">").str)]
    packed = np.empty(rows, dtype=np.dtype(form))
    packed["fields"] = len(columns)
    for name, values in columns.items():
        packed[f"length of {name}"], packed[name] = values.dtype.itemsize, values
    source = io.BytesIO(HEADER + packed.tobytes() + TRAILER)
    await connection.copy_to_table(table, source=source, columns=list(columns), format="binary")


def instants(seconds: Floats) -> NDArray[np.int64]:
    """Seconds since 1970 as timestamptz has them."""
    return ((seconds - EPOCH_S) * 1e6).round().astype(np.int64)


def new_ids(rng: np.random.Generator, count: int) -> NDArray[np.void]:
    """So many UUIDs of chance."""
    return np.frombuffer(rng.bytes(16 * count), dtype="V16")


def words(word: str, count: int) -> NDArray[np.bytes_]:
    """One word, so many times."""
    return np.full(count, word.encode("ascii"))
