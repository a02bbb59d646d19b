"""One athlete's zones by either method, from what is kept of them to what is to be kept."""

from dataclasses import fields
from datetime import UTC, datetime

import numpy as np

from domain.runs.recording import Floats
from domain.zones.history import PER_STRETCH, Stretches
from domain.zones.kept import Ranks, ZoneHistory, ZonesToStore
from domain.zones.model import ZoneMethod
from domain.zones.places import Places
from domain.zones.trailmetrics import trailmetrics_standing
from domain.zones.trailmetrics_features import NUMERIC, LegacyFeatures
from domain.zones.trailmetrics_score import legacy_score
from domain.zones.zoning import ScoredSegments, zone


def zones_of(history: ZoneHistory, now: datetime) -> ZonesToStore:
    """Judge an athlete's segments at `now`, an aware instant; long work for a long history."""
    return _native(history, now) if history.method is ZoneMethod.NATIVE else _legacy(history, now)


def _native(history: ZoneHistory, now: datetime) -> ZonesToStore:
    columns, places = history.columns, Places(history)
    stretches = Stretches(**{name: columns[name] for name in Stretches.__dataclass_fields__})
    before = places.before(history.known["yardstick"]) if history.known else None
    zoned = zone(ScoredSegments(columns["start_s"], stretches), now.timestamp(), before, history.known)
    told = {name: getattr(zoned.standing, name) for name in PER_STRETCH}
    return ZonesToStore(
        method=history.method,
        asked=history.asked,
        as_of=now,
        next_change_at=None if zoned.next_change_s is None else datetime.fromtimestamp(zoned.next_change_s, UTC),
        known=zoned.known,
        run_ids=history.run_ids,
        news=places.news(told | {"score": zoned.score, "detrended": zoned.detrended}),
        stretches=len(stretches),
        judged=int(np.count_nonzero(zoned.changed)),
    )


def _legacy(history: ZoneHistory, now: datetime) -> ZonesToStore:
    """All of them anew: one more segment moves the mean and the deviation that all are measured with."""
    score = _legacy_score(history)
    standing = trailmetrics_standing(_legacy_features(history), score, history.columns["grade_band"])
    told = {field.name: getattr(standing, field.name) for field in fields(Ranks)}
    return ZonesToStore(
        method=history.method,
        asked=history.asked,
        as_of=now,
        next_change_at=None,
        known={},
        run_ids=history.run_ids,
        news=Places(history).news(told),
        stretches=len(score),
        judged=len(score),
    )


def _legacy_score(history: ZoneHistory) -> Floats:
    columns = history.columns
    return legacy_score(
        columns["speed_m_per_s"],
        columns["altitude_change_m"],
        columns["duration_s"],
        columns["average_heart_rate"],
        columns["start_heart_rate"],
        columns["end_heart_rate"],
    )


def _legacy_features(history: ZoneHistory) -> LegacyFeatures:
    """What a recording knows of them: no weather, and neither the road's kind nor its surface."""
    columns = history.columns
    known = {
        "segment_length": columns["length_m"],
        "start_distance": columns["start_m"],
        "start_time": columns["run_started_s"] + columns["start_s"],
        "start_altitude": columns["start_altitude_m"],
        "avg_gradient": columns["mean_grade"],
        "cumulative_ascent": columns["ascent_before_m"],
        "cumulative_descent": columns["descent_before_m"],
    }
    count = len(columns["key"])
    unknown = np.full(count, np.nan)
    numeric = np.column_stack([known.get(name, unknown) for name in NUMERIC])
    return LegacyFeatures(numeric, [None] * count, [None] * count, unknown)
