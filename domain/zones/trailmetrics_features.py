"""What makes stretches alike for TrailMetrics: place, slope, ground and weather, as points in space."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

NUMERIC = (
    "segment_length",
    "start_distance",
    "start_time",
    "start_altitude",
    "avg_gradient",
    "temperature",
    "humidity",
    "wind",
    "cumulative_ascent",
    "cumulative_descent",
)
MOST_COMPONENTS = 10

_HIGHWAYS = {
    "steps": "steps",
    **dict.fromkeys(("path", "footway", "pedestrian", "cycleway"), "pedestrian_cycle"),
    **dict.fromkeys(("track", "unclassified", "service", "residential", "tertiary", "trunk_link"), "minor_road"),
    **dict.fromkeys(("secondary", "trunk"), "major_road"),
}
_SURFACES = {
    **dict.fromkeys(("asphalt", "paved", "paving_stones", "sett", "cobblestone", "unhewn_cobblestone"), "paved"),
    **dict.fromkeys(("grass_paver", "metal", "stone"), "paved"),
    **dict.fromkeys(("gravel", "compacted", "unpaved", "dirt", "sand"), "unpaved"),
    **dict.fromkeys(("grass", "ground", "wood"), "soft"),
    "rock": "rocky",
}
_SURFACE_OF_HIGHWAY = {
    **dict.fromkeys(("path", "footway", "pedestrian"), "unpaved"),
    **dict.fromkeys(("track", "unclassified", "service", "residential", "tertiary"), "unpaved"),
    **dict.fromkeys(("cycleway", "secondary", "trunk", "steps"), "paved"),
}


@dataclass(frozen=True, slots=True, eq=False)
class LegacyFeatures:
    """What is known of an athlete's stretches, row by row.

    `numeric` has shape (m, 10), its columns in the order of NUMERIC, NaN where a value is not known: metres, degrees,
    seconds in whatever unit the history has, as each column is standardised. `road_type` and `surface_type` hold m
    values of OpenStreetMap's `highway` and `surface`, None where not known. `weather_id` (m,) are codes, NaN likewise.
    """

    numeric: Floats
    road_type: Sequence[str | None]
    surface_type: Sequence[str | None]
    weather_id: Floats


def highway_group(highway: str | None) -> str:
    """The kind of road, of six, and `unspecified_road` where it is not known."""
    return "unspecified_road" if highway is None else _HIGHWAYS.get(highway, "other_road")


def surface_group(surface: str | None, highway: str | None) -> str:
    """The kind of ground, of five; where it is not known it follows from the road, or is `unknown_surface`."""
    if surface is not None:
        return _SURFACES.get(surface, "other_surface")
    return "unknown_surface" if highway is None else _SURFACE_OF_HIGHWAY.get(highway, "unknown_surface")


def feature_columns(features: LegacyFeatures, rows: NDArray[np.int64]) -> Floats:
    """The chosen rows as points, shape (len(rows), columns): standardised numbers, then a column for each kind.

    Missing numbers become the mean, missing weather the most frequent code (the smallest of several). A column that
    has no value in these rows is left out.
    """
    numbers = [_standardised(column) for column in features.numeric[rows].T if not np.isnan(column).all()]
    roads = [features.road_type[row] for row in rows]
    grounds = [features.surface_type[row] for row in rows]
    kinds = [
        _one_hot(np.array([highway_group(road) for road in roads])),
        _one_hot(np.array([surface_group(ground, road) for ground, road in zip(grounds, roads, strict=True)])),
    ]
    weather = features.weather_id[rows]
    if not np.isnan(weather).all():
        kinds.append(_one_hot(_filled_with_the_most_frequent(weather)))
    return np.column_stack([*numbers, *kinds])


def reduced(points: Floats) -> Floats:
    """Points of shape (m, f) in their 10 principal components when 10 < min(m, f), else as they are.

    Centred, with the exact singular value decomposition. Rows that are equal stay equal to the last bit, which a
    product of matrices does not grant: ties between stretches depend on it.
    """
    if min(points.shape) <= MOST_COMPONENTS:
        return points
    mean = points.mean(axis=0)
    axes = np.linalg.svd(points - mean, full_matrices=False)[2][:MOST_COMPONENTS]
    distinct, which = np.unique(points, axis=0, return_inverse=True)
    reduced_points: Floats = ((distinct - mean) @ axes.T)[which.reshape(-1)]
    return reduced_points


def _standardised(column: Floats) -> Floats:
    """Missing values at the mean, then (x − mean) / population deviation; a constant column has a deviation of 1.

    A mean is rounded, so a constant column may seem to vary in the last bits: what rounding alone can make is no
    deviation (the bound of Chan, Golub and LeVeque 1983 for a variance).
    """
    known = ~np.isnan(column)
    filled = np.where(known, column, column[known].mean())
    mean, variance = filled.mean(), filled.var()
    precision = len(filled) * np.finfo(np.float64).eps
    rounding = precision * variance + (precision * mean) ** 2
    return np.asarray((filled - mean) / (np.sqrt(variance) if variance > rounding else 1.0))


def _filled_with_the_most_frequent(codes: Floats) -> Floats:
    values, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
    return np.where(np.isnan(codes), values[counts.argmax()], codes)


def _one_hot(kinds: NDArray[np.float64] | NDArray[np.str_]) -> Floats:
    return np.asarray(kinds[:, np.newaxis] == np.unique(kinds), dtype=np.float64)
