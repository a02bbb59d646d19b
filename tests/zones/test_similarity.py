"""What makes stretches alike."""

import numpy as np
import pytest

from domain.zones.similarity import likeness, places, scales, yardstick
from tests.factories.zone_histories import a_history, stretches_of


def measured(stretches):
    told = likeness(stretches)
    return places(told, yardstick(told))


def test_scales_are_the_range_between_quartiles_to_the_nearest_power_of_root_two():
    lengths = np.array([0.0, 100.0, 200.0, 300.0, 400.0])  # quartiles 100 and 300
    measure = yardstick(likeness(stretches_of([(1, 5)], length_m=lengths)))
    assert measure[0] == 15  # √2¹⁵ = 181; 200 is nearer to it than to 256, by ratio
    assert scales(measure[:1]) == pytest.approx([2**7.5])


def test_quartiles_lie_between_values_where_they_must():
    lengths = np.array([0.0, 200.0, 300.0, 1000.0])  # quartiles 150 and 475
    measure = yardstick(likeness(stretches_of([(1, 4)], length_m=lengths)))
    assert measure[0] == round(2 * np.log2(325))


def test_where_all_are_equal_the_floors_are_the_scales():
    measure = yardstick(likeness(stretches_of([(1, 3)])))
    floors = [50, 0.01, 10, 10, 500, 10]
    assert (np.abs(np.log2(scales(measure[:-1]) / floors)) <= 0.25).all()


def test_one_run_more_seldom_moves_the_scales():
    rng = np.random.default_rng(5)
    histories = [a_history(rng, 60, 40) for _ in range(20)]
    told = [likeness(history) for history in histories]
    same = [
        (yardstick(columns) == yardstick(columns[:, history.run < 59])).all()
        for history, columns in zip(histories, told, strict=True)
    ]
    assert np.mean(same) >= 0.7


def test_six_hours_apart_is_one_unit_also_across_midnight():
    points = measured(stretches_of([(1, 3)], hour_of_day=[22.0, 4.0, 10.0]))
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(1.0)
    assert np.linalg.norm(points[0] - points[2]) == pytest.approx(np.sqrt(2.0))


def test_an_hour_of_24_is_midnight():
    points = measured(stretches_of([(1, 2)], hour_of_day=[0.0, 24.0]))
    assert (points[0] == points[1]).all()


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("length_m", 50),
        ("mean_grade", 0.01),
        ("ascent_before_m", 10),
        ("descent_before_m", 10),
        ("start_m", 500),
        ("start_altitude_m", 10),
    ],
)
def test_each_measure_tells_stretches_apart(name, floor):
    points = measured(stretches_of([(1, 2)], **{name: [0.0, floor * 1.5]}))
    assert 1.2 < np.linalg.norm(points[0] - points[1]) < 1.8


def test_a_stretch_of_unknown_altitude_stands_near_the_median():
    altitudes = np.array([0.0, 100.0, 200.0, 300.0, 5000.0, np.nan])
    stretches = stretches_of([(1, 6)], start_altitude_m=altitudes)
    points = measured(stretches)
    away = np.linalg.norm(points - points[5], axis=1)
    assert away.argsort(kind="stable")[1] == 2
    assert away[2] <= 0.5 + 1e-9


def test_where_no_altitude_is_known_none_tells_apart():
    points = measured(stretches_of([(1, 2)], start_altitude_m=[np.nan, np.nan]))
    assert (points[0] == points[1]).all()


def test_scales_of_stretches_of_unknown_altitude_come_from_those_that_know_it():
    known = np.array([0.0, 100.0, 200.0, 300.0, 400.0])
    alone = yardstick(likeness(stretches_of([(1, 5)], start_altitude_m=known)))
    mixed = yardstick(likeness(stretches_of([(1, 8)], start_altitude_m=np.append(known, [np.nan] * 3))))
    assert (alone == mixed).all()
