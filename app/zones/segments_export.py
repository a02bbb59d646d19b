"""A TrailMetrics export of segments: the table as it was written, and every reason why it cannot be read."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.shared.errors import OperatorError

MOST_BYTES = 200_000_000
MOST_SEGMENTS = 100_000
MISSING = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>", "nat", "\\n"})
DELIMITERS = ",;\t"


class CannotRead(OperatorError):
    """The file that was named is no export of segments, or holds something that cannot be right."""


@dataclass(frozen=True, slots=True)
class SegmentsExport:
    """The columns that were looked for and are there, by name: a cell a row, None where nothing is known.

    `lines` says on which line of the file each row ends, for what is to be told about it.
    """

    lines: list[int]
    columns: dict[str, list[str | None]]

    def cells(self, name: str) -> list[str | None]:
        """A column, or nothing but None where the file has none of this name."""
        return self.columns.get(name) or [None] * len(self.lines)


def read_segments_export(path: Path, wanted: tuple[str, ...]) -> SegmentsExport:
    """The wanted columns of a CSV file in UTF-8, with commas, semicolons or tabs; others are ignored.

    Raises CannotRead with one line that names the file and what is wrong.
    """
    text = io.TextIOWrapper(io.BytesIO(_content(path)), encoding="utf-8-sig", newline="")
    try:
        return _table(path, _rows(path, text), wanted)
    except UnicodeDecodeError:
        raise CannotRead(f"{path} is not text in UTF-8. Save it as CSV in UTF-8.") from None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as trouble:
        raise CannotRead(f"{path} cannot be read: {trouble.strerror}.") from None
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CannotRead(f"{path} is no text. Export the segments as CSV.")
    if len(content) > MOST_BYTES:
        raise CannotRead(f"{path} has more than {MOST_BYTES // 1_000_000} MB. Export the segments of one athlete.")
    return content


def _table(path: Path, rows: Iterator[tuple[int, list[str]]], wanted: tuple[str, ...]) -> SegmentsExport:
    header = [name.strip().lower() for name in next(rows, (0, []))[1]]
    if not header:
        raise CannotRead(f"{path} is empty. It should hold a line of column names, and a line for each segment.")
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise CannotRead(f"{path} has the column {twice[0]} twice. Leave one of them.")
    places = {name: header.index(name) for name in wanted if name in header}
    if not places:
        raise CannotRead(f"{path} names no column of a segments export in its first line, such as {wanted[0]}.")
    lines: list[int] = []
    columns: dict[str, list[str | None]] = {name: [] for name in places}
    for line, row in rows:
        if len(row) != len(header):
            raise CannotRead(
                f"{path}, line {line}: {len(row)} values, where the first line names {len(header)} columns."
            )
        if len(lines) == MOST_SEGMENTS:
            raise CannotRead(f"{path} has more than {MOST_SEGMENTS:,} segments. Export those of one athlete.")
        lines.append(line)
        for name, place in places.items():
            columns[name].append(_cell(row[place]))
    return SegmentsExport(lines, columns)


def _rows(path: Path, text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    """Every line that holds something, with its number; the first one shows what stands between values."""
    header = next((line for line in text if line.strip()), "")
    text.seek(0)
    # strict: a quote that is never closed would otherwise swallow the rest of the file without a word.
    reader = csv.reader(text, delimiter=max(DELIMITERS, key=header.count), strict=True)
    try:
        yield from ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
    except csv.Error as trouble:
        raise CannotRead(f"{path}, line {reader.line_num}: this is no CSV ({trouble}).") from None


def _cell(text: str) -> str | None:
    stripped = text.strip()
    return None if stripped.lower() in MISSING else stripped
