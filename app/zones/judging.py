"""`cairn zones`: the zones of an export of segments, written beside it."""

import csv
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from app.zones.legacy_columns import WANTED, LegacySegments, legacy_segments
from app.zones.segments_export import read_segments_export
from domain.shared.errors import OperatorError
from domain.zones.standing import legacy_word, zone_among
from domain.zones.trailmetrics import trailmetrics_standing
from domain.zones.trailmetrics_features import LegacyFeatures

HEADER = ("segment_id", "zone_among_similars", "zone_among_grade_category")
NO_ZONES = ("", "")


class CannotWrite(OperatorError):
    """The zones cannot be written where they should go."""


def judge_trailmetrics(source: Path, target: Path) -> list[str]:
    """Read an export, judge its segments the way of TrailMetrics, write their zones; what is worth knowing, in lines.

    A file that stands at `target` is replaced when all is done, never before. Raises OperatorError with one line.
    """
    if os.path.exists(target) and os.path.exists(source) and os.path.samefile(source, target):
        raise CannotWrite(f"{target} is the file to read. Name another to write.")
    segments = legacy_segments(source, read_segments_export(source, WANTED))
    zones, alone = _zones(segments)
    with _written(target) as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(HEADER)
        lines.writerows((name, *pair) for name, pair in zip(segments.segment_ids, zones, strict=True))
    return [*segments.notes, *_told(segments, alone)]


def _zones(segments: LegacySegments) -> tuple[list[tuple[str, str]], int]:
    """Of each row the words for its two zones; and how many rows are alone in their category."""
    rows = np.flatnonzero(segments.placed)
    features = segments.features
    standing = trailmetrics_standing(
        LegacyFeatures(
            features.numeric[rows],
            [features.road_type[row] for row in rows.tolist()],
            [features.surface_type[row] for row in rows.tolist()],
            features.weather_id[rows],
        ),
        segments.score[rows],
        segments.category[rows],
    )
    zones = [NO_ZONES] * len(segments.segment_ids)
    similars = zip(standing.similars_rank.tolist(), standing.similars_count.tolist(), strict=True)
    grades = zip(standing.grade_rank.tolist(), standing.grade_count.tolist(), strict=True)
    for row, among_similars, among_grade in zip(rows.tolist(), similars, grades, strict=True):
        zones[row] = legacy_word(zone_among(*among_similars)), legacy_word(zone_among(*among_grade))
    return zones, int((standing.neighbours[:, 0] < 0).sum())


def _told(segments: LegacySegments, alone: int) -> Iterator[str]:
    if unscored := int(np.isnan(segments.score).sum()):
        yield f"Without a score, so without zones: {unscored:,} of {len(segments.score):,} segments."
    if unplaced := int((~segments.placed).sum()):
        yield f"Without a grade category, so without zones: {unplaced:,} of {len(segments.score):,} segments."
    if alone:
        yield f"Alone in their grade category, so without similar ones: {alone:,} of {len(segments.score):,} segments."


@contextmanager
def _written(target: Path) -> Iterator[TextIO]:
    """A file to write that takes the target's place once it is whole; a pipe or a terminal is written to as it is."""
    try:
        before = target.stat() if target.exists() else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            with target.open("w", encoding="utf-8", newline="") as file:
                yield file
            return
        place = target.resolve()  # a link goes on leading to the file
        fresh = place.with_name(f".cairn-zones-{os.getpid()}.part")
        try:
            with fresh.open("w", encoding="utf-8", newline="") as file:
                yield file
            if before is not None:
                fresh.chmod(stat.S_IMODE(before.st_mode))
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as trouble:
        raise CannotWrite(f"{target} cannot be written: {trouble.strerror}.") from None
