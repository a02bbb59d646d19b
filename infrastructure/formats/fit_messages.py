"""A FIT file as columns of numbers per kind of message: fast when it is whole, as far as it can be read when not."""

import io
import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import fitdecode
import fitfast
import numpy as np

from domain.runs.recording import Floats, SetAside

KINDS = ("file_id", "record", "session", "lap", "event", "sport")
DEGREES_PER_SEMICIRCLE = 180 / 2**31
# The patient decoder takes some three seconds a megabyte; a day's run with a point a second has under 4 MB.
PATIENCE_BYTES = 4_000_000
# All that the patient decoder raises on bytes that are no FIT; it checks itself with assertions.
BROKEN = (
    fitdecode.FitError,
    struct.error,
    ValueError,
    TypeError,
    LookupError,
    AssertionError,
    ArithmeticError,
    AttributeError,
)

PANICS_FROM = "pyo3_runtime"

Columns = Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class FitMessages:
    """Columns per kind of message (times in seconds of 1970, positions in degrees, enums as numbers)."""

    kinds: Mapping[str, Columns]
    set_aside: tuple[SetAside, ...] = ()

    def count(self, kind: str) -> int:
        """How many messages of a kind there are."""
        return max((len(values) for values in self.kinds.get(kind, {}).values()), default=0)

    def column(self, kind: str, *names: str) -> Floats:
        """One column; of several names, each value comes from the first that has it. NaN where none has."""
        columns = self.kinds.get(kind, {})
        found = np.full(self.count(kind), np.nan)
        for name in names:
            if name in columns:
                found = np.where(np.isfinite(found), found, columns[name])
        return found


def read_messages(content: bytes) -> FitMessages:
    """The messages of a FIT file, chained ones included; what cannot be read is reported, not raised."""
    try:
        return FitMessages({kind: fitfast.records(content, kind) for kind in KINDS})
    except fitfast.FitDecodeError:
        return _salvage(content)
    except BaseException as panic:
        # On some damaged definitions the Rust core panics. What PyO3 makes of that is no Exception, so that a plain
        # `except` would let it end the worker, and its class cannot be imported, only recognised.
        if type(panic).__module__ != PANICS_FROM:
            raise
        return _salvage(content)


def _salvage(content: bytes) -> FitMessages:
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    shortened = len(content) > PATIENCE_BYTES
    reason = "the file is damaged, and only its beginning is read"
    whole = False
    try:
        for kind, row in _patiently(content[:PATIENCE_BYTES]):
            rows[kind].append(row)
        whole = not shortened
    except fitdecode.FitEOFError:
        reason = reason if shortened else "the file ends in the middle"
    except BROKEN:
        reason = "the file is damaged in the middle"
    kinds = {kind: _columns(of_kind) for kind, of_kind in rows.items()}
    if whole:
        return FitMessages(kinds)
    read = len(rows["record"])
    return FitMessages(kinds, (SetAside(f"{reason}: {read} points could be read", 0),))


def _patiently(content: bytes) -> Iterator[tuple[str, dict[str, float]]]:
    with fitdecode.FitReader(
        io.BytesIO(content),
        check_crc=fitdecode.CrcCheck.DISABLED,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    ) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name in KINDS:
                yield frame.name, dict(_numbers(frame))


def _numbers(message: fitdecode.FitDataMessage) -> Iterator[tuple[str, float]]:
    for field in message.fields:
        if not isinstance(field.name, str) or isinstance(field.field_def, fitdecode.types.DevFieldDefinition):
            continue  # an app's own field may bear any name, even that of a field of the watch
        value = field.raw_value if isinstance(field.value, str) else field.value
        if isinstance(value, datetime):
            yield field.name, value.timestamp()
        elif isinstance(value, int | float):
            semicircles = field.name.startswith("position_")
            yield field.name, value * DEGREES_PER_SEMICIRCLE if semicircles else float(value)


def _columns(rows: list[dict[str, float]]) -> Columns:
    names = {name for row in rows for name in row}
    return {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in names}
