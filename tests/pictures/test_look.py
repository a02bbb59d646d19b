"""The colours of zones: an order that is seen without seeing colours, and words that can be read."""

from itertools import pairwise

import pytest

from domain.pictures.look import INKS, REASON_WORDS, ZONE_COLOURS, ZONE_WORDS
from domain.zones.model import EfficiencyZone, ZoneReason


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_higher_zone_is_always_the_lighter_one(theme: str) -> None:
    for lower, higher in pairwise(ZONE_COLOURS[theme]):
        assert luminance(higher) > luminance(lower)
        assert contrast(lower, higher) > 1.35


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "faint", "heart", "pace"])
def test_words_and_lines_stand_out_from_the_paper(theme: str, ink: str) -> None:
    assert contrast(INKS[theme][ink], INKS[theme]["paper"]) >= 4.5


def test_there_are_words_for_every_zone_and_reason() -> None:
    assert set(ZONE_WORDS) == set(EfficiencyZone) - {EfficiencyZone.NOT_ENOUGH_DATA}
    assert set(REASON_WORDS) == set(ZoneReason)
