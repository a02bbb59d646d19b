"""How fast an athlete goes at most, told apart from what slopes cost them."""

import numpy as np
import pytest

from domain.pacing.athlete.own_caps import DOWN, usual_downhill
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.ways import Ways, learn_ways
from tests.factories.athletes import FLAT, HILLY, MOUNTAINS, Athlete, Outing, a_history

CAREFUL = ((-0.4, -0.3, -0.2, -0.1, -0.05), (1.0, 1.6, 2.3, 3.2, 4.6))
STEEP = slice(3, 8)  # 30 to 10 % down


def ways_of(athlete: Athlete, outings: list[Outing], seed: int = 0) -> Ways:
    ran = ran_of(a_history(athlete, outings, np.random.default_rng(seed)), athlete.resting_heart_rate)
    return learn_ways(ran, athlete.speed_m_per_s)


@pytest.mark.parametrize("seed", range(3))
def test_the_caps_of_a_careful_descender_come_out_of_a_season(seed: int) -> None:
    ways = ways_of(Athlete(fastest=CAREFUL, pushes_uphill=0.0), [Outing(2.0, MOUNTAINS)] * 15, seed)
    assert ways.downhill_m_per_s[STEEP] == pytest.approx(np.interp(DOWN, *CAREFUL)[STEEP], rel=0.1)


def test_being_capped_downhill_is_not_taken_for_a_cost() -> None:
    ways = ways_of(
        Athlete(fastest=CAREFUL, own_cost=((0.0,), (0.0,)), pushes_uphill=0.0), [Outing(2.0, MOUNTAINS)] * 15
    )
    assert ways.cost.at(np.array([-0.2, -0.1])) == pytest.approx(1.0, abs=0.06)


def test_a_descender_whom_only_power_bounds_keeps_the_usual_caps_or_higher_ones() -> None:
    bold = Athlete(fastest=((-0.5, -0.4), (9.0, 9.0)), own_cost=((0.0,), (0.0,)))
    ways = ways_of(bold, [Outing(1.5, HILLY, share=0.7)] * 15)
    assert np.all(ways.downhill_m_per_s[-3:] >= 0.97 * usual_downhill(bold.speed_m_per_s)[-3:])


def test_who_has_been_on_the_flat_only_goes_down_as_is_usual() -> None:
    ways = ways_of(Athlete(), [Outing(1.0, FLAT)] * 10)
    assert ways.downhill_m_per_s == pytest.approx(usual_downhill(4.0))
    assert not ways.downhill_stretches.any()


def test_their_fastest_walk_comes_out_of_their_walks() -> None:
    ways = ways_of(Athlete(speed_m_per_s=3.0, walking_m_per_s=1.6), [Outing(3.0, MOUNTAINS)] * 10)
    assert ways.walking_m_per_s == pytest.approx(1.6, rel=0.05)


def test_who_has_never_walked_walks_at_two_metres_a_second() -> None:
    ways = ways_of(Athlete(), [Outing(1.0, FLAT)] * 3)
    assert (ways.walking_m_per_s, ways.walking_stretches) == (2.0, 0)


def test_uphill_and_on_the_level_no_cap_binds_below_a_sprint() -> None:
    ways = ways_of(Athlete(), [Outing(2.0, MOUNTAINS)] * 5)
    ground = ran_of(a_history(Athlete(), [Outing(2.0, MOUNTAINS)], np.random.default_rng(5)), 50.0)
    up = ground.only(ground.grade >= 0)
    assert up.run.size > 30
    sprint = ways.speeds(ways.toll(up), np.full(up.run.size, 1.5 * 4.0))
    capped = sprint.speed_m_per_s >= ways.toll(up).fastest_m_per_s
    assert not capped.any()
