"""Figures of a runner's body: what can be set, and which change of them changes how a run is judged."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from domain.physiology.model import Physiology, PhysiologyChanges, Sex, check_valid_from
from domain.physiology.refusals import FigureOutOfBounds, FiguresTooClose, NothingGiven, ValidFromOutOfBounds
from domain.shared.errors import Invalid
from tests.factories.refusals import field_refused

DAY, LATER = date(2026, 3, 1), date(2026, 4, 1)
KNOWN = Physiology(
    valid_from=DAY,
    sex=Sex.FEMALE,
    mass_kg=60.0,
    resting_heart_rate=45,
    max_heart_rate=185,
    threshold_heart_rate=168,
    threshold_pace_s_per_km=250.0,
    critical_speed_m_per_s=4.1,
    d_prime_m=180.0,
)


def revised(**changes: Any) -> Physiology:
    return KNOWN.revise(PhysiologyChanges(**changes), LATER)


def test_what_is_left_out_stays_as_it_is() -> None:
    assert revised(mass_kg=61.5) == replace(KNOWN, valid_from=LATER, mass_kg=61.5)


def test_none_says_that_a_figure_is_not_known() -> None:
    assert revised(sex=None, d_prime_m=None) == replace(KNOWN, valid_from=LATER, sex=None, d_prime_m=None)


def test_a_change_without_a_figure_is_refused() -> None:
    with pytest.raises(NothingGiven):
        revised()


@pytest.mark.parametrize(
    ("name", "low", "high", "field"),
    [
        ("mass_kg", 20, 300, "massKg"),
        ("threshold_pace_s_per_km", 120, 1200, "thresholdPaceSPerKm"),
        ("critical_speed_m_per_s", 1, 8, "criticalSpeedMPerS"),
        ("d_prime_m", 20, 1000, "dPrimeM"),
        ("resting_heart_rate", 25, 120, "restingHeartRate"),
        ("max_heart_rate", 100, 250, "maxHeartRate"),
        ("threshold_heart_rate", 80, 240, "thresholdHeartRate"),
    ],
)
def test_a_figure_lies_within_its_bounds(name: str, low: float, high: float, field: str) -> None:
    def alone(value: float) -> Physiology:
        return Physiology(valid_from=DAY).revise(PhysiologyChanges(**{name: value}), DAY)

    assert [getattr(alone(value), name) for value in (low, high)] == [low, high]
    for value in (low - 1, high + 1, float("nan"), float("inf")):
        assert field_refused(FigureOutOfBounds, partial(alone, value)) == (field,)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"threshold_heart_rate": 185}, "thresholdHeartRate"),
        ({"max_heart_rate": 168}, "maxHeartRate"),
        ({"resting_heart_rate": 120, "threshold_heart_rate": 139}, "thresholdHeartRate"),
        ({"resting_heart_rate": 120, "threshold_heart_rate": None, "max_heart_rate": 149}, "maxHeartRate"),
        ({"resting_heart_rate": 80, "threshold_heart_rate": 90}, "thresholdHeartRate"),
    ],
)
def test_heart_rates_rise_from_rest_to_threshold_to_maximum(given: Any, field: str) -> None:
    assert field_refused(FiguresTooClose, lambda: revised(**given)) == (field,)


def test_a_figure_is_compared_with_what_is_known_of_the_others() -> None:
    with pytest.raises(FiguresTooClose, match="150 and 168 bpm") as refused:
        KNOWN.revise(PhysiologyChanges(resting_heart_rate=100, max_heart_rate=150), LATER)
    assert refused.value.field == ("maxHeartRate",)


def test_heart_rates_just_far_enough_apart_are_taken() -> None:
    close = revised(resting_heart_rate=120, threshold_heart_rate=149, max_heart_rate=150)
    assert (close.resting_heart_rate, close.threshold_heart_rate, close.max_heart_rate) == (120, 149, 150)


def test_a_refusal_tells_what_a_runner_can_do() -> None:
    with pytest.raises(
        Invalid, match=r"^A threshold pace is 120 to 1,200 s/km; this one is 4\.5\. 4:30 min/km is 270\.$"
    ):
        revised(threshold_pace_s_per_km=4.5)


@pytest.mark.parametrize("valid_from", [date(1900, 1, 1), DAY, date(2027, 3, 2)])
def test_figures_may_hold_from_1900_to_a_year_ahead(valid_from: date) -> None:
    check_valid_from(valid_from, DAY)


@pytest.mark.parametrize("valid_from", [date(1, 1, 1), date(1899, 12, 31), date(2027, 3, 3), date(9999, 12, 31)])
def test_figures_of_other_days_are_refused(valid_from: date) -> None:
    assert field_refused(ValidFromOutOfBounds, lambda: check_valid_from(valid_from, DAY)) == ("validFrom",)


@pytest.mark.parametrize(
    "changed",
    [
        {"sex": Sex.MALE},
        {"resting_heart_rate": 46},
        {"max_heart_rate": 186},
        {"threshold_heart_rate": 167},
        {"threshold_pace_s_per_km": 251.0},
        {"critical_speed_m_per_s": None},
        {"d_prime_m": 181.0},
    ],
)
def test_a_run_is_judged_differently_by_another_figure(changed: Any) -> None:
    assert not KNOWN.judges_as(replace(KNOWN, **changed))


def test_a_run_is_judged_the_same_on_another_day_and_by_another_mass() -> None:
    assert KNOWN.judges_as(replace(KNOWN, valid_from=LATER, mass_kg=70.0))
