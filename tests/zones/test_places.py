"""What is news of a run's zones beside what is kept of them, and what of it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from domain.zones.athlete_zones import zones_of
from domain.zones.kept import RunZones, ZoneHistory, ZonesToStore
from domain.zones.model import ZoneMethod
from domain.zones.places import Places
from tests.factories.zone_histories import COLUMNS, NOW_S, a_history

NOW = datetime.fromtimestamp(NOW_S, UTC)
LEGACY = ("speed_m_per_s", "duration_s", "average_heart_rate", "start_heart_rate", "end_heart_rate")
RUNS = 6


def a_zone_history(method: ZoneMethod = ZoneMethod.NATIVE) -> ZoneHistory:
    """Of a few runs, each with a first segment that has no score; nothing is kept of them yet."""
    rng = np.random.default_rng(5)
    stretches = a_history(rng, RUNS, 40, days=300.0)
    counts = np.bincount(stretches.run)
    columns: dict[str, Any] = {name: getattr(stretches, name) for name in COLUMNS}
    columns |= {name: rng.uniform(90, 180, len(stretches)) for name in LEGACY}
    columns |= {
        "key": np.arange(len(stretches)) + 7,
        "ordinal": np.concatenate([np.arange(count) + 2 for count in counts]),
        "start_s": stretches.start_m / 2.8,
        "altitude_change_m": stretches.length_m * stretches.mean_grade,
    }
    run_ids = [UUID(int=place + 1) for place in range(RUNS)]
    return ZoneHistory(method, 1, None, {}, run_ids, counts + 1, columns, {})


def kept_after(history: ZoneHistory, told: ZonesToStore) -> ZoneHistory:
    return replace(history, as_of=told.as_of, known=told.known, kept=told.news)


def once_judged(method: ZoneMethod = ZoneMethod.NATIVE) -> ZoneHistory:
    history = a_zone_history(method)
    return kept_after(history, zones_of(history, NOW))


def with_one_kept(history: ZoneHistory, run_id: UUID, part: str, **arrays: np.ndarray) -> ZoneHistory:
    """The same, but that something else is kept of one run."""
    zones = history.kept[run_id]
    other = replace(zones, **{part: replace(getattr(zones, part), **arrays)})
    return replace(history, kept={**history.kept, run_id: other})


def news_of(history: ZoneHistory) -> Mapping[UUID, RunZones]:
    return zones_of(history, NOW + timedelta(minutes=1)).news


@pytest.mark.parametrize("method", ZoneMethod)
def test_the_first_time_every_run_is_news(method: ZoneMethod) -> None:
    history = a_zone_history(method)
    assert list(zones_of(history, NOW).news) == history.run_ids


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("method", ZoneMethod)
def test_what_is_kept_already_is_no_news_even_if_all_was_judged_anew(method: ZoneMethod, anew: bool) -> None:
    history = once_judged(method)
    assert news_of(replace(history, known={}) if anew else history) == {}


def test_what_is_judged_anew_is_counted_though_it_is_no_news() -> None:
    history = replace(once_judged(), known={})
    told = zones_of(history, NOW + timedelta(minutes=1))
    assert (told.judged, told.stretches, len(told.news)) == (len(history.columns["key"]),) * 2 + (0,)


def test_a_rank_that_moved_leaves_what_is_similar_where_it_is() -> None:
    history = once_judged()
    run_id = history.run_ids[2]
    counts = history.kept[run_id].ranks.grade_count + 1
    news = news_of(replace(with_one_kept(history, run_id, "ranks", grade_count=counts), known={}))
    assert {run: zones.similars for run, zones in news.items()} == {run_id: None}


@pytest.mark.parametrize("name", ["score", "detrended", "radius", "neighbours", "neighbour_distance"])
def test_what_a_rank_is_told_from_is_news_when_it_moves(name: str) -> None:
    history = once_judged()
    run_id = history.run_ids[2]
    moved = getattr(history.kept[run_id].similars, name).copy()
    moved[-1] = 1
    news = news_of(replace(with_one_kept(history, run_id, "similars", **{name: moved}), known={}))
    assert list(news) == [run_id]
    assert news[run_id].similars is not None


def test_a_run_that_has_other_segments_than_were_kept_of_it_is_news() -> None:
    history = once_judged()
    run_id = history.run_ids[1]
    ranks = history.kept[run_id].ranks
    fewer = {field.name: getattr(ranks, field.name)[:-1] for field in fields(ranks)}
    assert run_id in news_of(with_one_kept(history, run_id, "ranks", **fewer))


def test_the_legacy_method_keeps_ranks_alone() -> None:
    assert {zones.similars for zones in once_judged(ZoneMethod.TRAILMETRICS).kept.values()} == {None}


def test_a_run_dated_ahead_is_known_though_nobody_judged_it() -> None:
    history = a_zone_history()
    ahead = history.columns["run"] == RUNS - 1
    history.columns["run_started_s"][ahead] = NOW_S + 86_400
    told = zones_of(history, NOW)
    assert told.news[history.run_ids[-1]].ranks.grade_count.tolist() == [0] * history.segment_counts[-1]
    later = kept_after(history, told)
    assert Places(later).before(told.known["yardstick"]).known.all()
    assert zones_of(later, NOW + timedelta(minutes=1)).judged == 0


def test_a_segment_that_had_no_score_is_new_to_its_like() -> None:
    history = once_judged()
    run_id, row = history.run_ids[0], int(history.columns["ordinal"][0]) - 1
    similars = history.kept[run_id].similars
    assert similars is not None
    score = similars.score.copy()
    score[row] = np.nan
    known = Places(with_one_kept(history, run_id, "similars", score=score)).before(history.known["yardstick"]).known
    assert np.flatnonzero(~known).tolist() == [0]
