"""Five zones of heart rate from the best that is known."""

from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.physiology.heart_rate_zones import HeartRateZoneMethod, HeartRateZones, heart_rate_zones
from domain.physiology.model import Physiology, PhysiologyChanges
from domain.shared.errors import Invalid


def cut(**figures: Any) -> HeartRateZones:
    return heart_rate_zones(Physiology(valid_from=date(2026, 1, 1), **figures))


def borders(zones: HeartRateZones) -> list[int | None]:
    return [zone.from_bpm for zone in zones.zones]


def test_a_threshold_is_cut_as_friel_does() -> None:
    zones = cut(threshold_heart_rate=160, max_heart_rate=190, resting_heart_rate=50)
    assert zones.method is HeartRateZoneMethod.THRESHOLD
    assert borders(zones) == [None, 136, 144, 152, 160]
    assert [zone.name for zone in zones.zones] == [
        "Recovery",
        "Aerobic",
        "Tempo",
        "Below threshold",
        "Above threshold",
    ]


def test_without_a_threshold_the_reserve_is_cut() -> None:
    zones = cut(max_heart_rate=190, resting_heart_rate=50)
    assert zones.method is HeartRateZoneMethod.RESERVE
    assert borders(zones) == [None, 134, 148, 162, 176]


def test_with_a_maximum_alone_the_maximum_is_cut() -> None:
    zones = cut(max_heart_rate=190)
    assert zones.method is HeartRateZoneMethod.MAXIMUM
    assert borders(zones) == [None, 114, 133, 152, 171]


def test_a_resting_heart_rate_alone_gives_no_zones() -> None:
    assert cut(resting_heart_rate=50) == HeartRateZones(None, ())


heart_rate = st.none() | st.integers(25, 250)


@given(heart_rate, heart_rate, heart_rate)
def test_the_zones_of_all_figures_that_are_taken_leave_no_heart_rate_out(
    resting: int | None, threshold: int | None, maximum: int | None
) -> None:
    changes = PhysiologyChanges(resting_heart_rate=resting, threshold_heart_rate=threshold, max_heart_rate=maximum)
    try:
        physiology = Physiology(valid_from=date(2026, 1, 1)).revise(changes, date(2026, 1, 1))
    except Invalid:
        return
    zones = heart_rate_zones(physiology).zones
    assert [zone.number for zone in zones] == ([1, 2, 3, 4, 5] if threshold or maximum else [])
    assert all(below.to_bpm == above.from_bpm for below, above in pairwise(zones))
    inner = [zone.from_bpm for zone in zones[1:] if zone.from_bpm is not None]
    assert all(below < above for below, above in pairwise(inner))
    assert not zones or (zones[0].from_bpm, zones[-1].to_bpm) == (None, None)
