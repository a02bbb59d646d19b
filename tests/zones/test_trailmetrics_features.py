"""Stretches become points the way TrailMetrics has it: filled, standardised, told apart by kind, reduced."""

from collections.abc import Sequence

import numpy as np
import pytest

from domain.zones.trailmetrics_features import (
    NUMERIC,
    LegacyFeatures,
    feature_columns,
    highway_group,
    reduced,
    surface_group,
)

NAN = np.nan


def columns_of(
    length: Sequence[float],
    *,
    roads: Sequence[str | None] | None = None,
    grounds: Sequence[str | None] | None = None,
    weather: Sequence[float] | None = None,
) -> np.ndarray:
    """The points of stretches of which only the segment's length is known, and what else is given."""
    m = len(length)
    numeric = np.full((m, len(NUMERIC)), NAN)
    numeric[:, 0] = length
    features = LegacyFeatures(
        numeric, roads or [None] * m, grounds or [None] * m, np.array(weather if weather is not None else [NAN] * m)
    )
    return feature_columns(features, np.arange(m))


def test_numbers_are_standardised_by_the_population_s_deviation() -> None:
    assert columns_of([1.0, 3.0])[:, 0].tolist() == [-1.0, 1.0]


def test_a_missing_number_stands_at_the_mean() -> None:
    assert columns_of([1.0, 3.0, NAN])[2, 0] == 0.0


def test_a_number_that_is_missing_lowers_the_deviation() -> None:
    assert columns_of([1.0, 3.0, NAN, NAN])[:, 0].tolist() == pytest.approx([-(2**0.5), 2**0.5, 0, 0])


@pytest.mark.parametrize("same", [0.1, 7.0, 1e9 / 3])
def test_a_constant_column_tells_nothing_apart(same: float) -> None:
    assert np.abs(columns_of([same, NAN, same, same, same, same])[:, 0]).max() < 1e-6


def test_a_column_that_is_known_nowhere_is_left_out() -> None:
    assert columns_of([1.0, 3.0]).shape == (2, 3)  # the length, one road, one ground: no weather


def test_each_kind_of_road_has_a_column() -> None:
    points = columns_of([1.0, 1.0, 1.0], roads=["path", "track", "footway"], grounds=["rock"] * 3)
    assert points[:, 1:].tolist() == [[0, 1, 1], [1, 0, 1], [0, 1, 1]]


def test_missing_weather_is_the_most_frequent() -> None:
    points = columns_of([1.0] * 4, weather=[800.0, 500.0, 800.0, NAN])
    assert points[3, -2:].tolist() == points[0, -2:].tolist() == [0.0, 1.0]


def test_of_two_weathers_as_frequent_the_smaller_fills_in() -> None:
    points = columns_of([1.0] * 3, weather=[800.0, 500.0, NAN])
    assert points[2, -2:].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("highway", "group"),
    [
        (None, "unspecified_road"),
        ("steps", "steps"),
        *[(kind, "pedestrian_cycle") for kind in ("path", "footway", "pedestrian", "cycleway")],
        *[(kind, "minor_road") for kind in ("track", "unclassified", "service", "residential", "tertiary")],
        ("trunk_link", "minor_road"),
        ("secondary", "major_road"),
        ("trunk", "major_road"),
        ("primary", "other_road"),
    ],
)
def test_roads_fall_into_groups(highway: str | None, group: str) -> None:
    assert highway_group(highway) == group


@pytest.mark.parametrize(
    ("surface", "group"),
    [
        *[(kind, "paved") for kind in ("asphalt", "paved", "paving_stones", "sett", "cobblestone")],
        *[(kind, "paved") for kind in ("unhewn_cobblestone", "grass_paver", "metal", "stone")],
        *[(kind, "unpaved") for kind in ("gravel", "compacted", "unpaved", "dirt", "sand")],
        *[(kind, "soft") for kind in ("grass", "ground", "wood")],
        ("rock", "rocky"),
        ("fine_gravel", "other_surface"),
    ],
)
def test_grounds_fall_into_groups_whatever_the_road(surface: str, group: str) -> None:
    assert surface_group(surface, "cycleway") == group


@pytest.mark.parametrize(
    ("highway", "group"),
    [
        *[(kind, "unpaved") for kind in ("path", "footway", "pedestrian", "track", "unclassified")],
        *[(kind, "unpaved") for kind in ("service", "residential", "tertiary")],
        *[(kind, "paved") for kind in ("cycleway", "secondary", "trunk", "steps")],
        *[(kind, "unknown_surface") for kind in ("trunk_link", "primary", None)],
    ],
)
def test_an_unknown_ground_follows_from_the_road(highway: str | None, group: str) -> None:
    assert surface_group(None, highway) == group


@pytest.mark.parametrize("shape", [(10, 30), (30, 10)])
def test_few_rows_or_columns_stay_as_they_are(shape: tuple[int, int]) -> None:
    points = np.random.default_rng(1).normal(size=shape)
    assert reduced(points) is points


def test_eleven_rows_and_columns_are_reduced_to_ten() -> None:
    assert reduced(np.random.default_rng(1).normal(size=(11, 11))).shape == (11, 10)


def test_the_ten_components_are_those_that_vary_most() -> None:
    points = np.random.default_rng(2).normal(size=(200, 12)) * np.array([1e-3, 1e-3, *range(1, 11)])
    variance, direction = np.linalg.eigh(np.cov(points.T))
    expected = (points - points.mean(axis=0)) @ direction[:, np.argsort(variance)[-10:]]
    of = np.linalg.norm(expected[:1] - expected, axis=1)
    ours = reduced(points)
    np.testing.assert_allclose(np.linalg.norm(ours[:1] - ours, axis=1), of, rtol=1e-9, atol=1e-12)


def test_rows_that_are_equal_stay_equal_to_the_last_bit() -> None:
    points = np.random.default_rng(3).normal(size=(101, 23))[np.random.default_rng(4).integers(0, 101, 999)]
    ours = reduced(points)
    assert len(np.unique(ours, axis=0)) == len(np.unique(points, axis=0))
