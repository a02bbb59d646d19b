"""Ranks become fifths by whole numbers, and fifths become words."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.model import EfficiencyZone
from domain.zones.standing import legacy_word, zone_among


@pytest.mark.parametrize(
    ("rank", "zone"),
    [(1, "VERY_LOW"), (2, "VERY_LOW"), (3, "LOW"), (4, "LOW"), (6, "MEDIUM"), (8, "HIGH"), (9, "VERY_HIGH")],
)
def test_a_share_on_the_edge_belongs_to_the_lower_fifth(rank: int, zone: str) -> None:
    assert zone_among(rank, 10) == zone


def test_who_is_alone_stands_highest() -> None:
    assert zone_among(1, 1) is EfficiencyZone.VERY_HIGH


def test_who_is_no_member_has_no_zone() -> None:
    assert zone_among(0, 50) is EfficiencyZone.NOT_ENOUGH_DATA


def test_a_population_that_is_too_small_gives_no_zone() -> None:
    assert zone_among(19, 19, fewest=20) is EfficiencyZone.NOT_ENOUGH_DATA


def test_a_population_that_is_just_large_enough_gives_a_zone() -> None:
    assert zone_among(20, 20, fewest=20) is EfficiencyZone.VERY_HIGH


@given(st.integers(1, 100_000).flatmap(lambda count: st.tuples(st.integers(1, count), st.just(count))))
def test_the_zone_follows_from_the_exact_share(standing: tuple[int, int]) -> None:
    share = Fraction(*standing)
    edges = {"VERY_LOW": 1, "LOW": 2, "MEDIUM": 3, "HIGH": 4, "VERY_HIGH": 5}
    assert zone_among(*standing) == next(zone for zone, fifth in edges.items() if share <= Fraction(fifth, 5))


def test_the_words_of_trailmetrics_are_small() -> None:
    assert [legacy_word(zone) for zone in EfficiencyZone] == ["very_low", "low", "medium", "high", "very_high", ""]
