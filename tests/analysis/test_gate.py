"""A run is scored only when its heart rate follows its ground, and else it says why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.gate import correlation_with_effort, efficiencies, gate
from domain.analysis.model import RecordedTrack
from domain.zones.model import ZoneReason
from tests.factories.stretches import Understood, a_run_over_hills, a_track, hills, understood


def reason(track: RecordedTrack) -> ZoneReason | None:
    run = understood(track)
    return gate(run.track, run.profile, run.segments).reason


def scored(run: Understood) -> tuple[np.ndarray, tuple[ZoneReason | None, ...]]:
    return efficiencies(run.track, run.segments, gate(run.track, run.profile, run.segments), 50.0)


def without_heart_rate(track: RecordedTrack) -> np.ndarray:
    return np.full(len(track.samples), np.nan)


def test_a_heart_that_follows_the_hills_is_scored() -> None:
    run = understood(a_run_over_hills())
    passed = gate(run.track, run.profile, run.segments)
    assert passed.reason is None
    assert passed.correlation == pytest.approx(1.0, abs=0.1)


def test_without_heart_rate_nothing_is_scored() -> None:
    track = a_run_over_hills()
    assert reason(a_run_over_hills(heart_rate_bpm=without_heart_rate(track))) is ZoneReason.NO_HEART_RATE


@pytest.mark.parametrize("nonsense", [0.0, 255.0])
def test_a_strap_that_wrote_nonsense_is_no_heart_rate(nonsense: float) -> None:
    assert reason(a_run_over_hills(heart_rate_bpm=np.full(5401, nonsense))) is ZoneReason.NO_HEART_RATE


def test_a_heart_rate_for_less_than_half_of_the_run_is_none() -> None:
    heart_rate = np.where(np.arange(5401) < 2500, 150.0, np.nan)
    assert reason(a_run_over_hills(heart_rate_bpm=heart_rate)) is ZoneReason.NO_HEART_RATE


def test_without_altitude_no_slope_is_known() -> None:
    track = a_run_over_hills(altitude_m=np.full(5401, np.nan))
    assert reason(track) is ZoneReason.NO_ALTITUDE


def test_a_run_without_a_way_has_no_slope_either() -> None:
    track = a_track(time_s=np.arange(61.0), heart_rate_bpm=np.full(61, 140.0))
    assert gate(track, None, None).reason is ZoneReason.NO_ALTITUDE


def test_one_point_has_no_heart_rate_to_speak_of() -> None:
    assert gate(a_track(time_s=[0.0], heart_rate_bpm=[140.0]), None, None).reason is ZoneReason.NO_HEART_RATE


def test_a_heart_that_goes_its_own_way_is_not_scored() -> None:
    own_way = 150 + 10 * np.sin(np.arange(5401) / 37)
    run = understood(a_run_over_hills(heart_rate_bpm=own_way))
    refused = gate(run.track, run.profile, run.segments)
    assert refused.reason is ZoneReason.HEART_RATE_DOES_NOT_FOLLOW
    assert refused.correlation is not None
    assert abs(refused.correlation) < 0.25


def test_a_heart_that_beats_against_the_hills_is_not_scored() -> None:
    assert (
        reason(a_run_over_hills(heart_rate=lambda effort: 200 - 15 * effort)) is ZoneReason.HEART_RATE_DOES_NOT_FOLLOW
    )


def test_a_heart_rate_that_never_changes_follows_nothing() -> None:
    run = understood(a_run_over_hills(heart_rate_bpm=np.full(5401, 150.0)))
    refused = gate(run.track, run.profile, run.segments)
    assert (refused.reason, refused.correlation) == (ZoneReason.HEART_RATE_DOES_NOT_FOLLOW, None)


def test_drift_over_the_whole_run_does_not_hide_that_the_heart_follows() -> None:
    drifting = a_run_over_hills().samples.heart_rate_bpm + np.arange(5401) / 5400 * 50
    run = understood(a_run_over_hills(heart_rate_bpm=drifting))
    assert gate(run.track, run.profile, run.segments).correlation == pytest.approx(1.0, abs=0.1)


def test_a_strap_that_is_dry_at_first_does_not_hide_that_the_heart_follows() -> None:
    wild = a_run_over_hills().samples.heart_rate_bpm.copy()
    wild[:300] = np.where(np.arange(300) // 75 % 2 == 0, 35.0, 235.0)
    run = understood(a_run_over_hills(heart_rate_bpm=wild))
    assert correlation_with_effort(run.track, run.profile) == pytest.approx(0.95, abs=0.06)


def test_a_run_up_one_long_hill_is_one_sided() -> None:
    assert reason(a_run_over_hills(altitude_m=0.08 * 3 * np.arange(5401))) is ZoneReason.TOO_ONE_SIDED


def test_too_few_hills_are_one_sided() -> None:
    assert reason(a_run_over_hills(1800)) is ZoneReason.TOO_ONE_SIDED


def test_hills_in_the_warm_up_do_not_count() -> None:
    time_s = np.arange(5401, dtype=np.float64)
    only_first = np.where(time_s < 300, hills(3 * time_s), hills(np.full(1, 900.0))[0])
    run = understood(a_run_over_hills(altitude_m=only_first))
    assert gate(run.track, run.profile, run.segments).reason is not ZoneReason.TOO_ONE_SIDED


def test_a_flat_run_at_changing_pace_is_scored() -> None:
    time_s = np.arange(3601, dtype=np.float64)
    speed = np.where(time_s // 180 % 2 == 0, 2.6, 4.0)
    distance_m = np.concatenate(([0.0], np.cumsum(speed[1:])))
    heart_rate = 90 + 15 * np.interp(time_s - 20, time_s, speed)
    track = a_track(time_s=time_s, distance_m=distance_m, altitude_m=0 * time_s, heart_rate_bpm=heart_rate)
    assert reason(track) is None


def test_ten_minutes_are_too_short_to_tell_whether_the_heart_follows() -> None:
    run = understood(a_run_over_hills(600))
    assert correlation_with_effort(run.track, run.profile) is None


def test_the_quarter_of_an_hour_that_it_takes_is_one_without_leaps() -> None:
    def told(seconds: int) -> float | None:
        track = a_run_over_hills(seconds)
        leap = track.samples.time_s > 600
        channels = {name: getattr(track.samples, name) for name in ("altitude_m", "heart_rate_bpm")}
        moved = {"time_s": track.samples.time_s + 25.0 * leap, "distance_m": track.samples.distance_m + 5000.0 * leap}
        run = understood(a_track(**(channels | moved)))
        return correlation_with_effort(run.track, run.profile)

    assert told(890) is None
    assert told(910) is not None


def test_a_long_rest_does_not_hide_that_the_heart_follows() -> None:
    track = a_run_over_hills()
    time_s = track.samples.time_s + np.where(track.samples.time_s > 2700, 7200.0, 0.0)
    rested = {name: getattr(track.samples, name) for name in ("distance_m", "altitude_m", "heart_rate_bpm")}
    run = understood(a_track(time_s=time_s, **rested))
    assert gate(run.track, run.profile, run.segments).reason is None


def test_a_run_that_is_not_scored_says_why_at_every_stretch() -> None:
    run = understood(a_run_over_hills(altitude_m=np.full(5401, np.nan)))
    scores, reasons = scored(run)
    assert np.isnan(scores).all()
    assert set(reasons) == {ZoneReason.NO_ALTITUDE}


def test_the_first_five_minutes_are_warm_up() -> None:
    run = understood(a_run_over_hills())
    _, reasons = scored(run)
    warm = [why is ZoneReason.WARM_UP for why in reasons]
    assert warm == (run.segments.start_s < 300).tolist()


def test_a_stretch_where_the_strap_lost_contact_has_no_heart_rate() -> None:
    heart_rate = a_run_over_hills().samples.heart_rate_bpm.copy()
    heart_rate[2000:2500] = 0.0
    run = understood(a_run_over_hills(heart_rate_bpm=heart_rate))
    _, reasons = scored(run)
    inside = (run.segments.start_s > 2000) & ((run.segments.start_s + run.segments.duration_s) < 2480)
    assert inside.sum() > 2
    assert {why for why, yes in zip(reasons, inside, strict=True) if yes} == {ZoneReason.NO_HEART_RATE}


def test_a_stretch_at_a_resting_heart_rate_does_not_follow() -> None:
    heart_rate = a_run_over_hills().samples.heart_rate_bpm.copy()
    heart_rate[2000:2500] = 55.0
    run = understood(a_run_over_hills(heart_rate_bpm=heart_rate))
    assert ZoneReason.HEART_RATE_DOES_NOT_FOLLOW in scored(run)[1]


hearts = st.lists(st.sampled_from([0.0, 52.0, 150.0, 255.0, np.nan]), min_size=54, max_size=54)


@settings(max_examples=25)
@given(hearts)
def test_every_stretch_has_either_a_score_or_a_reason(blocks: list[float]) -> None:
    follows = a_run_over_hills().samples.heart_rate_bpm
    nonsense = np.append(np.repeat(blocks, 100), np.nan)
    run = understood(a_run_over_hills(heart_rate_bpm=np.where(nonsense == 150.0, follows, nonsense)))
    scores, reasons = scored(run)
    assert len(scores) == len(reasons) == len(run.segments)
    assert np.isfinite(scores).tolist() == [why is None for why in reasons]
