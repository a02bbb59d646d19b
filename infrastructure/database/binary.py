"""Rows and arrays in PostgreSQL's binary form, to and from numpy: of an athlete's zones there are millions of entries.

The form: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format", and array_send in arrayfuncs.c.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.copied import HEADER, TRAILER

_FIELDS, _LENGTH, _ARRAY = struct.Struct(">h"), struct.Struct(">i"), struct.Struct(">5i")


class Kind(Enum):
    """A type of numbers: its OID, and how numpy calls what is sent."""

    INTEGER = (23, ">i4")
    BIGINT = (20, ">i8")
    REAL = (700, ">f4")
    DOUBLE = (701, ">f8")

    def array(self, values: NDArray[Any]) -> bytes:
        """One array of this type, (n,), as the value of a field."""
        oid, _ = self.value
        entries = np.empty(len(values), dtype=self._form)
        entries["length"], entries["value"] = self._form["value"].itemsize, values
        return _ARRAY.pack(1, 0, oid, len(values), 1) + entries.tobytes()

    def values(self, field: bytes) -> NDArray[Any]:
        """The array, (n,), that a field holds, in this machine's own order of bytes; none of its entries is null."""
        _, name = self.value
        told = np.frombuffer(field, dtype=self._form, offset=_ARRAY.size)["value"]
        return told.astype(np.dtype(name).newbyteorder("="))

    @property
    def _form(self) -> np.dtype[Any]:
        return np.dtype([("length", ">i4"), ("value", self.value[1])])


def packed(rows: Iterable[Sequence[bytes]]) -> bytes:
    """Rows of fields, none of them null, as COPY takes them."""
    parts = [HEADER]
    for row in rows:
        parts.append(_FIELDS.pack(len(row)))
        for field in row:
            parts += (_LENGTH.pack(len(field)), field)
    return b"".join([*parts, TRAILER])


def unpacked(copied: bytes) -> Iterator[list[bytes]]:
    """The rows that COPY gave; none of their fields is null."""
    place = len(HEADER)
    while (count := _FIELDS.unpack_from(copied, place)[0]) >= 0:
        place, row = place + _FIELDS.size, list[bytes]()
        for _ in range(count):
            begin = place + _LENGTH.size
            place = begin + _LENGTH.unpack_from(copied, place)[0]
            row.append(copied[begin:place])
        yield row
