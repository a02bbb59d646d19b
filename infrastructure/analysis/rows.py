"""What an analysis tells, as the values of its rows."""

from typing import Any
from uuid import UUID, uuid5

import numpy as np
import orjson

from domain.analysis.run import RunUnderstood
from domain.runs.recording import Floats

# Their names are those of the columns, after the ones that say whose they are.
NUMBERS = (
    "start_m",
    "end_m",
    "start_s",
    "duration_s",
    "moving_s",
    "ascent_m",
    "descent_m",
    "ascent_before_m",
    "descent_before_m",
    "start_altitude_m",
    "altitude_change_m",
    "mean_grade",
    "speed_m_per_s",
    "graded_speed_m_per_s",
    "average_heart_rate",
    "start_heart_rate",
    "end_heart_rate",
    "cadence",
    "start_latitude",
    "start_longitude",
    "end_latitude",
    "end_longitude",
)
# Finer than any watch measures; metres and seconds to the thousandth.
DECIMALS = {"mean_grade": 6, **dict.fromkeys(NUMBERS[-4:], 7)}
TOLD = ("run_started_at", "movement", "grade_band", "hour_of_day", "efficiency", "reason", *NUMBERS)
# Rows of before keep their ids and keys: an analysis that cuts the run as before changes what segments tell, not which
# they are.
PUT_SEGMENTS = f"""
insert into segment (run, athlete, run_started_at, id, ordinal, movement, grade_band, hour_of_day, efficiency, reason,
    {", ".join(NUMBERS)})
select $1, $2, $3, * from unnest($4::uuid[], $5::int[], $6::text[], $7::smallint[], $8::float8[], $9::float8[],
    $10::text[], {", ".join(f"${place + 11}::float8[]" for place in range(len(NUMBERS)))})
on conflict on constraint segment_ordinal_key do update set
    {", ".join(f"{name} = excluded.{name}" for name in TOLD)}
"""
DROP_FURTHER_SEGMENTS = "delete from segment where run = $1 and ordinal > $2"
ANALYSIS = (
    "run",
    "athlete",
    "version",
    "segments",
    "physiology_from",
    "moving_time_s",
    "graded_pace_s_per_km",
    "graded_pace_minetti_s_per_km",
    "normalized_graded_speed_m_per_s",
    "intensity_factor",
    "load",
    "load_method",
    "efficiency_factor",
    "decoupling_percent",
    "energy_j_per_kg",
    "half_hour_heart_rate",
    "lowest_d_prime_m",
    "heart_rate_zones",
    "scored",
    "zone_reason",
    "heart_rate_correlation",
    "notes",
)
PUT_ANALYSIS = f"""
insert into run_analysis ({", ".join(ANALYSIS)}) values ({", ".join(f"${place + 1}" for place in range(len(ANALYSIS)))})
on conflict (run) do update set analysed_at = now(), {", ".join(f"{name} = excluded.{name}" for name in ANALYSIS[2:])}
"""
PUT_STREAMS = """
update run_stream set grade_e4 = $2, graded_speed_mm_per_s = $3, d_prime_balance_dm = $4 where run = $1
"""


def segment_values(run_id: UUID, athlete_id: UUID, understood: RunUnderstood) -> tuple[Any, ...]:
    """The parameters of PUT_SEGMENTS."""
    segments, count = understood.segments, len(understood.segments)
    return (
        run_id,
        athlete_id,
        understood.started_at,
        [uuid5(run_id, str(ordinal)) for ordinal in range(1, count + 1)],
        list(range(1, count + 1)),
        list(segments.movement),
        segments.grade_band.tolist(),
        _or_none(understood.hour_of_day),
        _or_none(understood.efficiency),
        list(understood.reasons),
        *(_or_none(np.round(getattr(segments, name), DECIMALS.get(name, 3))) for name in NUMBERS),
    )


def analysis_values(run_id: UUID, athlete_id: UUID, understood: RunUnderstood) -> tuple[Any, ...]:
    """The parameters of PUT_ANALYSIS."""
    told = understood.intensity
    zones = [{"number": number, "seconds": seconds} for number, seconds in understood.heart_rate_zones]
    return (
        run_id,
        athlete_id,
        understood.version,
        len(understood.segments),
        understood.physiology_from,
        understood.moving_time_s,
        told.graded_pace_s_per_km,
        told.graded_pace_minetti_s_per_km,
        told.normalized_graded_speed_m_per_s,
        told.intensity_factor,
        told.load,
        told.load_method,
        told.efficiency_factor,
        told.decoupling_percent,
        told.energy_j_per_kg,
        understood.half_hour_heart_rate,
        understood.lowest_d_prime_m,
        orjson.dumps(zones).decode(),
        understood.zone_reason is None,
        understood.zone_reason,
        understood.heart_rate_correlation,
        orjson.dumps(understood.notes).decode(),
    )


def stream_values(run_id: UUID, understood: RunUnderstood) -> tuple[Any, ...]:
    """The parameters of PUT_STREAMS."""
    return (
        run_id,
        _as_integers(understood.grade, 1e4),
        _as_integers(understood.graded_speed_m_per_s, 1e3),
        _as_integers(understood.d_prime_balance_m, 10),
    )


def _or_none(values: Floats) -> list[float | None]:
    return [value if known else None for value, known in zip(values.tolist(), np.isfinite(values), strict=True)]


def _as_integers(values: Floats | None, per_unit: float) -> list[int | None] | None:
    if values is None or not np.isfinite(values).any():
        return None
    known = np.isfinite(values)
    steps = np.round(np.where(known, values, 0.0) * per_unit).astype(np.int64)
    return [step if there else None for step, there in zip(steps.tolist(), known.tolist(), strict=True)]
