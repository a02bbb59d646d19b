"""Critical speed and D′ from best efforts: a line where there is one, a reason where there is none."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.physiology.critical_speed import IMPLAUSIBLE, TOO_FEW, CriticalSpeed, Effort, fit_critical_speed

DISTANCES = (400.0, 1000.0, 1609.344, 5000.0)


def effort(distance_m: float, time_s: float) -> Effort:
    return Effort(UUID(int=1), datetime(2026, 3, 1, tzinfo=UTC), distance_m, time_s)


def efforts_of(speed: float, d_prime_m: float, *distances_m: float) -> list[Effort]:
    return [effort(distance_m, (distance_m - d_prime_m) / speed) for distance_m in distances_m]


def refused(*efforts: Effort) -> str | None:
    fit = fit_critical_speed(efforts)
    assert (fit.critical_speed_m_per_s, fit.d_prime_m) == (None, None)
    return fit.why


def test_efforts_on_a_line_give_the_line() -> None:
    fit = fit_critical_speed(efforts_of(4.5, 180, *DISTANCES))
    assert fit.critical_speed_m_per_s == pytest.approx(4.5)
    assert fit.d_prime_m == pytest.approx(180)
    assert fit.why is None


def test_efforts_below_two_and_above_twenty_minutes_are_left_out() -> None:
    used = efforts_of(4.5, 180, 1000, 1609.344, 5000)
    fit = fit_critical_speed([effort(400, 119), *used, effort(10_000, 1201)])
    assert fit.efforts == tuple(used)
    assert fit.critical_speed_m_per_s == pytest.approx(4.5)


def test_efforts_that_scatter_give_the_least_squares_of_distance_on_time() -> None:
    fit = fit_critical_speed([effort(1000, 200), effort(1600, 330), effort(5000, 1150)])
    assert fit.critical_speed_m_per_s == pytest.approx(4.18771, abs=1e-5)
    assert fit.d_prime_m == pytest.approx(188.2146, abs=1e-4)


@pytest.mark.parametrize(
    "efforts",
    [
        [],
        [effort(1000, 180)],
        [effort(400, 60), effort(1000, 180), effort(10_000, 2000)],
        [effort(1000, 200), effort(1400, 299)],
        [effort(1000, 200), effort(1000, 200)],
    ],
    ids=["none", "one", "one within the minutes", "too close", "the same twice"],
)
def test_too_few_efforts_give_none_and_say_what_to_run(efforts: list[Effort]) -> None:
    assert refused(*efforts) == TOO_FEW


@pytest.mark.parametrize(("speed", "d_prime_m"), [(4.5, 20), (4.5, 600), (4.5, -100), (1.2, 100), (7.5, 100)])
def test_a_line_that_no_runner_has_is_none(speed: float, d_prime_m: float) -> None:
    assert refused(*(effort(d_prime_m + speed * t, t) for t in (150.0, 400.0, 1000.0))) == IMPLAUSIBLE


@given(st.floats(1.6, 6.9), st.floats(31, 490), st.lists(st.floats(120, 1200), min_size=2, max_size=7))
def test_a_runner_s_own_line_is_found_again(speed: float, d_prime_m: float, times_s: list[float]) -> None:
    fit: CriticalSpeed = fit_critical_speed([effort(d_prime_m + speed * t, t) for t in times_s])
    if max(times_s) < 1.5 * min(times_s):
        assert fit.why == TOO_FEW
    else:
        assert fit.critical_speed_m_per_s == pytest.approx(speed, rel=1e-6)
        assert fit.d_prime_m == pytest.approx(d_prime_m, rel=1e-4)
