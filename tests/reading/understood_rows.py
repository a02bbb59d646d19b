"""Rows of what runs told: one that is zoned both ways, one that is not scored, one that nobody has zoned yet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from tests.reading.tables import Row

STATES = ("DONE", "DONE", "DONE", "FAILED")  # of the first runs
TILES = (0, 0, 0, 0, 0, 1, 1, 2, 2)  # which run each segment is of
REASONS = ("WARM_UP", None, None, None, None, "TOO_ONE_SIDED", "TOO_ONE_SIDED", "WARM_UP", None)
DONE_AT = datetime(2024, 6, 1, 12, 0, 0, 250999, UTC)
ZONES = [
    {"number": 1, "name": "Easy", "fromBpm": None, "toBpm": 120, "method": "RESERVE"},
    {"number": 2, "name": "Hard", "fromBpm": 120, "toBpm": None, "method": "RESERVE"},
]


def analysis(run: Row, at: int) -> Row:
    """Of the first three runs; the second is not scored, and the third was run without a heart-rate strap."""
    known = None if at == 2 else at + 0.123456789
    return {
        "run": run["id"],
        "athlete": run["athlete"],
        "version": 1,
        "segments": TILES.count(at),
        "analysed_at": DONE_AT,
        "physiology_from": date(2024, 1, 1) if at == 0 else None,
        "moving_time_s": 1600.5 + at,
        "graded_pace_s_per_km": 320.1 + at,
        "graded_pace_minetti_s_per_km": 331.7 + at,
        "normalized_graded_speed_m_per_s": 1 / 3,
        "intensity_factor": known,
        "load": known,
        "load_method": (None if known is None else ("RTSS", "TRIMP")[at]),
        "efficiency_factor": known,
        "decoupling_percent": None if known is None else -known,
        "energy_j_per_kg": 1e-7,
        "half_hour_heart_rate": None,
        "lowest_d_prime_m": -12.5,
        "heart_rate_zones": [{"number": 2, "seconds": 12.25}, {"number": 3, "seconds": 900}] if known else [],
        "scored": at != 1,
        "zone_reason": "TOO_ONE_SIDED" if at == 1 else None,
        "heart_rate_correlation": known,
        "notes": [f'of run {at}: "assumed"', "ünï"] if at else [],
    }


def segment(id: UUID, runs: Sequence[Row], at: int) -> Row:
    """Of the run that stands in TILES."""
    run, ordinal, reason = runs[TILES[at]], at - TILES.index(TILES[at]) + 1, REASONS[at]
    return {
        "id": id,
        "athlete": run["athlete"],
        "run": run["id"],
        "run_started_at": run["started_at"],
        "ordinal": ordinal,
        "start_m": (ordinal - 1) * 200.3,
        "end_m": ordinal * 200.3,
        "start_s": 61.7 * ordinal - 61.7,
        "duration_s": 61.7,
        "moving_s": 60.0,
        "ascent_m": 5.5 * (at % 3),
        "descent_m": 0.0,
        "ascent_before_m": 0.0,
        "descent_before_m": 0.0,
        "mean_grade": 0.0275 * (at % 3),
        "grade_band": (0, 1, -2)[at % 3],
        "movement": ("RUNNING", "WALKING", "STANDING")[at % 3],
        "speed_m_per_s": 200.3 / 60,
        "graded_speed_m_per_s": 3.6,
        "average_heart_rate": None if at == 2 else 150.25,
        "end_heart_rate": 151.0,
        "cadence": None if at % 2 else 171.5,
        "start_latitude": 46.5 if at < 3 else None,
        "start_longitude": 7.25 if at < 3 else None,
        "end_latitude": 46.501 if at < 2 else None,
        "end_longitude": 7.2501 if at < 2 else None,
        "hour_of_day": 6.5,
        "efficiency": None if reason else 1.5 + at / 7,
        "reason": reason,
    }


def zones(run: Row) -> list[Row]:
    """Of five segments, by both methods: shares on the edge of a fifth, a population too small, and no member."""
    shared = {"run": run["id"], "athlete": run["athlete"]}
    native = {
        "method": "NATIVE",
        "computed_at": DONE_AT.replace(hour=13),
        "similars_rank": [0, 5, 6, 19, 26],
        "similars_count": [0, 25, 25, 19, 26],
        "grade_rank": [0, 81, 1, 321, 320],
        "grade_count": [0, 101, 20, 400, 400],
    }
    legacy = {
        "method": "TRAILMETRICS",
        "computed_at": DONE_AT.replace(hour=14),
        "similars_rank": [1, 0, 3, 2, 0],
        "similars_count": [1, 0, 4, 5, 0],
        "grade_rank": [1, 1, 3, 3, 0],
        "grade_count": [3, 1, 5, 4, 0],
    }
    return [shared | native, shared | legacy]


def similars(run: Row, keys: Sequence[int], gone: int) -> Row:
    """Of five segments: the first has none, the others five, one of which is `gone`."""
    near = [[0] * 10, *([*(keys[(at + 1 + k) % len(keys)] for k in range(4)), gone, *[0] * 5] for at in range(4))]
    return {
        "run": run["id"],
        "method": "NATIVE",
        "score": [-1.0, 1.25, 2.5, 1 / 3, 1.0],
        "detrended": [-1.0, 1.375, 2.0, -1.0, 1.0],
        "radius": [-1.0, 1.0, 1.0, 1.0, 1.0],
        "neighbours": [key for of_one in near for key in of_one],
        "neighbour_distance": [k / 4 for _ in near for k in range(10)],
    }


def physiology(id: UUID, athlete: UUID, at: int) -> Row:
    """Two that held or hold, and one that will hold some day; the first knows nothing."""
    return {
        "id": id,
        "athlete": athlete,
        "valid_from": (date(2024, 1, 1), date(2024, 4, 5), date(2090, 6, 1))[at],
        "sex": (None, "FEMALE", "MALE")[at],
        "mass_kg": 61.25 if at else None,
        "resting_heart_rate": 48 if at else None,
        "max_heart_rate": 190 + at if at else None,
        "threshold_heart_rate": None,
        "threshold_pace_s_per_km": 270.5 if at else None,
        "critical_speed_m_per_s": 3.9 if at else None,
        "d_prime_m": None,
        "heart_rate_zones": ZONES if at else [],
    }
