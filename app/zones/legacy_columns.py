"""The columns of a TrailMetrics export as numbers and codes: what its way of judging stretches takes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.zones.segments_export import CannotRead, SegmentsExport
from domain.runs.recording import Floats
from domain.zones.trailmetrics_features import NUMERIC, LegacyFeatures
from domain.zones.trailmetrics_score import legacy_score

NEEDED = ("segment_id", "grade_category")
KINDS = ("road_type", "surface_type", "weather_id")
SCORE = "efficiency_score"
HEART_RATES = ("avg_heartrate", "start_heartrate", "end_heartrate")
SPEED, CLIMB, END_ALTITUDE, END_TIME = "avg_speed", "elevation_gain", "end_altitude", "end_time"
WANTED = (*NEEDED, *NUMERIC, *KINDS, SCORE, *HEART_RATES, SPEED, CLIMB, END_ALTITUDE, END_TIME)
MOST_WEATHERS = 500
LARGEST = 1e100  # a number past it has no meaning, and its square no place


@dataclass(frozen=True, slots=True, eq=False)
class LegacySegments:
    """The rows of an export, (m,) each; `placed` are the rows that have a grade category, which `category` codes."""

    segment_ids: list[str]
    features: LegacyFeatures
    score: Floats
    placed: NDArray[np.bool_]
    category: NDArray[np.float64] | NDArray[np.str_]
    notes: tuple[str, ...]


def legacy_segments(path: Path, export: SegmentsExport) -> LegacySegments:
    """The export's rows, or CannotRead with one line: a column or a value that is needed, or that cannot be right."""
    if missing := [name for name in NEEDED if name not in export.columns]:
        raise CannotRead(f"{path} has no column {' and no column '.join(missing)}. Its first line must name them.")
    if not export.lines:
        raise CannotRead(f"{path} names columns, but has no segments.")
    column = _Columns(path, export)
    score, scored_by = _score(path, export, column)
    absent = [name for name in (*NUMERIC, *KINDS) if name not in export.columns]
    categories = export.cells("grade_category")
    return LegacySegments(
        segment_ids=_segment_ids(path, export),
        features=LegacyFeatures(
            numeric=np.column_stack([column.numbers(name) for name in NUMERIC]),
            road_type=export.cells("road_type"),
            surface_type=export.cells("surface_type"),
            weather_id=_weather(path, export.cells("weather_id")),
        ),
        score=score,
        placed=np.array([cell is not None for cell in categories]),
        category=_codes(categories),
        notes=(*([f"Not in the file, so taken as not known: {', '.join(absent)}."] if absent else []), *scored_by),
    )


class _Columns:
    """An export's columns of numbers, each with NaN where nothing is known."""

    def __init__(self, path: Path, export: SegmentsExport) -> None:
        self._path, self._export = path, export

    def numbers(self, name: str) -> Floats:
        read = _time if name in {"start_time", END_TIME} else _number
        cells = zip(self._export.cells(name), self._export.lines, strict=True)
        return np.array([math.nan if cell is None else self._read(name, cell, line, read) for cell, line in cells])

    def _read(self, name: str, cell: str, line: int, read: Callable[[str], float | None]) -> float:
        number = read(cell)
        if number is None or abs(number) > LARGEST:
            kind = "time" if read is _time else "number"
            raise CannotRead(f"{self._path}, line {line}: {name} is {cell[:40]!r}, no {kind} to reckon with.")
        return number


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", "."))  # as spreadsheets write it in much of Europe
    except ValueError:
        return None


def _time(text: str) -> float | None:
    """Seconds, or what ISO 8601 says in seconds since 1970; without an offset it is taken as UTC."""
    if (number := _number(text)) is not None:
        return number
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _segment_ids(path: Path, export: SegmentsExport) -> list[str]:
    seen: dict[str, int] = {}
    for name, line in zip(export.cells("segment_id"), export.lines, strict=True):
        if name is None:
            raise CannotRead(f"{path}, line {line}: this segment has no segment_id.")
        if (first := seen.setdefault(name, line)) != line:
            raise CannotRead(f"{path}, line {line}: segment_id {name[:40]!r} stands on line {first} already.")
    return list(seen)


def _score(path: Path, export: SegmentsExport, column: _Columns) -> tuple[Floats, tuple[str, ...]]:
    """The scores that the file gives, or, where it gives none at all, those of the formula.

    The two are never mixed: TrailMetrics multiplies its scores by a constant of its installation.
    """
    given = column.numbers(SCORE)
    if not np.isnan(given).all():
        return given, ()
    lacking = [name for name in ("start_time", END_TIME, *HEART_RATES) if name not in export.columns]
    lacking += [SPEED] if not {SPEED, "segment_length"} & set(export.columns) else []
    lacking += [CLIMB] if not {CLIMB, END_ALTITUDE} & set(export.columns) else []
    if lacking:
        raise CannotRead(f"{path} gives no {SCORE}, and to work it out it lacks {', '.join(lacking)}.")
    duration = column.numbers(END_TIME) - column.numbers("start_time")
    with np.errstate(over="ignore"):
        speed = column.numbers("segment_length") / np.where(duration > 0, duration, np.nan)
    score = legacy_score(
        _either(column.numbers(SPEED), speed),
        _either(column.numbers(CLIMB), column.numbers(END_ALTITUDE) - column.numbers("start_altitude")),
        duration,
        *(column.numbers(name) for name in HEART_RATES),
    )
    return score, (f"No {SCORE} is given: worked out from speed, height, time and heart rate.",)


def _either(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


def _weather(path: Path, cells: Sequence[str | None]) -> Floats:
    known = np.array([cell is not None for cell in cells])
    values, codes = np.unique(_codes(cells), return_inverse=True)
    if len(values) > MOST_WEATHERS:
        raise CannotRead(f"{path}: weather_id has {len(values):,} different values. Is it another column?")
    return np.where(known, codes.reshape(-1), np.nan)


def _codes(cells: Sequence[str | None]) -> NDArray[np.float64] | NDArray[np.str_]:
    """What tells kinds apart, in their order: as numbers (800 is 800.0) when all are; any value stands for None."""
    numbers = [0.0 if cell is None else _number(cell) for cell in cells]
    if all(number is not None and math.isfinite(number) for number in numbers):
        return np.array(numbers, dtype=np.float64)
    return np.array([cell or "" for cell in cells])
