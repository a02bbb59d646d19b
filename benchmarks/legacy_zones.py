"""How long `cairn zones --method trailmetrics` takes for 9,000 segments, beside the whole matrix of distances in numpy.

The limit is 10 s for the command as it is typed, from its start to the written file: with the segments in 21 grade
categories, and with all of them in one. The matrix is sorted for the same points and must name the same neighbours. Run
with `make bench-legacy-zones`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from app.zones.legacy_columns import WANTED, LegacySegments, legacy_segments
from app.zones.segments_export import read_segments_export
from domain.runs.recording import Floats
from domain.zones.nearest import nearest_others
from domain.zones.trailmetrics_features import NUMERIC, feature_columns, reduced

SEGMENTS = 9_000
ROUNDS = 3
LIMIT_S = 10.0
ROADS = ["", "path", "track", "footway", "residential", "steps", "secondary"]
GROUNDS = ["", "asphalt", "gravel", "ground", "rock"]
COLUMNS = ("segment_id", "grade_category", "efficiency_score", *NUMERIC, "road_type", "surface_type", "weather_id")


def write_history(path: Path, categories: int) -> None:
    """A history in which a twentieth of the numbers are missing."""
    chance = np.random.default_rng(1)
    numbers = np.round(chance.gamma(2, 100, (SEGMENTS, len(NUMERIC))), 2)
    missing = chance.random(numbers.shape) < 0.05
    lines = [",".join(COLUMNS)]
    for row in range(SEGMENTS):
        cells = ["" if gone else str(value) for value, gone in zip(numbers[row], missing[row], strict=True)]
        kinds = [str(chance.choice(ROADS)), str(chance.choice(GROUNDS)), str(chance.choice([500, 800, 801, 802]))]
        grade = (row % categories - categories // 2) * 2.5
        lines.append(",".join([f"{row // 90}-{row % 90}", str(grade), f"{chance.gamma(9, 0.2):.4f}", *cells, *kinds]))
    path.write_text("\n".join(lines) + "\n")


def seconds_of_the_command(source: Path, target: Path) -> float:
    command = [sys.executable, "-m", "app.cli", "zones", "--method", "trailmetrics", str(source), str(target)]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - began
    assert len(target.read_text().splitlines()) == SEGMENTS + 1
    return took


def points_by_category(segments: LegacySegments) -> list[Floats]:
    which = np.unique(segments.category, return_inverse=True)[1]
    return [reduced(feature_columns(segments.features, np.flatnonzero(which == one))) for one in range(which.max() + 1)]


def neighbours_by_matrix(points: Floats) -> np.ndarray:
    """The ten nearest others of each, from all distances; in blocks, for the whole would not fit into memory."""
    near = np.empty((len(points), 10), dtype=np.int64)
    for block in np.array_split(np.arange(len(points)), max(1, len(points) // 100)):
        away = np.sqrt(np.square(points[block, np.newaxis] - points).sum(axis=-1))
        away[np.arange(len(block)), block] = np.inf
        near[block] = np.argsort(away, axis=1, kind="stable")[:, :10]
    return near


def main() -> None:
    print(f"{SEGMENTS:,} segments {'command s':>12} {'share of limit':>15} {'tree s':>8} {'matrix s':>9} {'times':>7}")
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        for categories in (21, 1):
            source = Path(folder) / "segments.csv"
            write_history(source, categories)
            took = statistics.median(seconds_of_the_command(source, Path(folder) / "zones.csv") for _ in range(ROUNDS))
            groups = points_by_category(legacy_segments(source, read_segments_export(source, WANTED)))
            began = time.perf_counter()
            ours = [nearest_others(points, 10)[0] for points in groups]
            tree = time.perf_counter() - began
            began = time.perf_counter()
            theirs = [neighbours_by_matrix(points) for points in groups]
            matrix = time.perf_counter() - began
            assert all(np.array_equal(*pair) for pair in zip(ours, theirs, strict=True))
            name = f"in {categories} grades" if categories > 1 else "in one grade"
            print(f"{name:14} {took:12.2f} {took / LIMIT_S:15.2f} {tree:8.2f} {matrix:9.2f} {matrix / tree:7.1f}")


if __name__ == "__main__":
    main()
