"""Zones of one athlete, with what was known of them the last time."""

import json

import numpy as np
import pytest

from domain.zones.history import Before, Stretches
from domain.zones.zoning import ScoredSegments, Zoned, zone
from tests.factories.zone_histories import DAY_S, NOW_S, a_history


def segments(runs: int, per_run: int = 150) -> ScoredSegments:
    stretches: Stretches = a_history(np.random.default_rng(4), runs, per_run, days=300.0)
    return ScoredSegments(stretches.start_m / 2.8, stretches)


def known_of(zoned: Zoned) -> dict[str, object]:
    """As it comes back from where it is kept."""
    told: dict[str, object] = json.loads(json.dumps(zoned.known))
    return told


def again(these: ScoredSegments, zoned: Zoned) -> Zoned:
    """A minute later, with nothing new."""
    everything = np.ones(len(these.stretches), dtype=np.bool_)
    return zone(these, NOW_S + 60, Before(NOW_S, everything, zoned.standing), known_of(zoned))


@pytest.mark.parametrize(("runs", "calibrated"), [(2, False), (8, True)])
def test_what_was_known_still_holds_when_it_comes_back_from_where_it_is_kept(runs: int, calibrated: bool) -> None:
    these = segments(runs)
    zoned = zone(these, NOW_S, None, {})
    assert (zoned.known["calibration"] is not None) is calibrated
    assert zoned.changed.all()
    assert not again(these, zoned).changed.any()


def test_another_calibration_makes_everything_news() -> None:
    these = segments(8)
    zoned = zone(these, NOW_S, None, {})
    zoned.known["calibration"]["drift_per_hour"] += 0.01
    assert again(these, zoned).changed.all()


def test_the_next_change_is_when_the_first_run_leaves_the_year() -> None:
    these = segments(3)
    assert zone(these, NOW_S, None, {}).next_change_s == these.stretches.run_started_s[0] + 365 * DAY_S
