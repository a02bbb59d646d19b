"""What runs suggest: each figure with its method and what it stands on, or why there is none."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.physiology.critical_speed import TOO_FEW, Effort
from domain.physiology.suggestions import Evidence, HalfHour, suggest, window

SINCE, TO = date(2026, 2, 4), date(2026, 5, 4)
WHEN = datetime(2026, 3, 1, tzinfo=UTC)
HALF_HOUR = HalfHour(UUID(int=5), WHEN, 167.6)
EFFORTS = tuple(
    Effort(UUID(int=place), WHEN, distance_m, (distance_m - 180) / 4)
    for place, distance_m in enumerate((400.0, 1000.0, 1609.344, 4500.0))
)
TOLD = suggest(Evidence(EFFORTS, HALF_HOUR), SINCE, TO)


def test_the_window_is_the_ninety_days_up_to_today() -> None:
    assert window(TO) == (SINCE, TO)
    assert (TO - SINCE).days == 89


def test_critical_speed_and_d_prime_stand_on_the_efforts_of_2_to_20_minutes() -> None:
    assert TOLD.critical_speed_m_per_s.value == pytest.approx(4)
    assert TOLD.d_prime_m.value == pytest.approx(180)
    assert TOLD.critical_speed_m_per_s.efforts == TOLD.d_prime_m.efforts == EFFORTS[1:]


def test_the_threshold_pace_is_that_of_the_critical_speed() -> None:
    assert TOLD.threshold_pace_s_per_km.value == 250
    assert TOLD.threshold_pace_s_per_km.efforts == EFFORTS[1:]
    assert TOLD.threshold_pace_s_per_km.method.startswith("The pace of the critical speed.")


def test_the_threshold_heart_rate_is_the_hardest_half_hour_s() -> None:
    assert TOLD.threshold_heart_rate.value == 168
    assert TOLD.threshold_heart_rate.half_hour == HALF_HOUR
    assert TOLD.threshold_heart_rate.efforts == ()


def test_two_efforts_are_said_to_be_only_two() -> None:
    two = suggest(Evidence(EFFORTS[1:3], None), SINCE, TO).critical_speed_m_per_s
    assert two.value == pytest.approx(4)
    assert "only two" in two.method
    assert "only two" not in TOLD.critical_speed_m_per_s.method


def test_without_evidence_every_figure_says_what_to_run() -> None:
    told = suggest(Evidence((), None), SINCE, TO)
    by_speed = [told.critical_speed_m_per_s, told.d_prime_m, told.threshold_pace_s_per_km]
    assert [(figure.value, figure.why) for figure in by_speed] == [(None, TOO_FEW)] * 3
    assert told.threshold_heart_rate.value is None
    assert "30 min" in (told.threshold_heart_rate.why or "")
