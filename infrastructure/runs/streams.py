"""A recording's points as small integers, and back in SQL as the numbers that clients get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from domain.runs.moving_time import moving_seconds_by_stillness
from domain.runs.recording import Floats, Samples
from domain.shared.errors import BadUserInput
from infrastructure.reading.statement import Args, Scope

MIN_POINTS = 2
MAX_POINTS = 10_000
DEFAULT_POINTS = 500


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream: its name in a Recording, in the schema and in the table, and the integer steps to one unit."""

    sample: str
    track: str
    column: str
    per_unit: float

    def as_integers(self, values: Floats) -> list[int | None] | None:
        """Rounded to the steps, None where the value is missing; None in all when every value is."""
        known = np.isfinite(values)
        if not known.any():
            return None
        steps = np.where(known, np.round(np.where(known, values, 0.0) * self.per_unit), 0).astype(np.int64)
        return [step if present else None for step, present in zip(steps.tolist(), known.tolist(), strict=True)]


CHANNELS = (
    Channel("time_s", "timeS", "time_ds", 10),
    Channel("distance_m", "distanceM", "distance_dm", 10),
    Channel("latitude", "latitude", "latitude_e7", 1e7),
    Channel("longitude", "longitude", "longitude_e7", 1e7),
    Channel("altitude_m", "altitudeM", "altitude_dm", 10),
    Channel("speed_m_per_s", "speedMPerS", "speed_mm_per_s", 1000),
    Channel("heart_rate_bpm", "heartRate", "heart_rate_bpm", 1),
    Channel("cadence_spm", "cadence", "cadence_spm", 1),
)
# What the analysis adds, at the same points.
ANALYSED = (
    Channel("grade", "grade", "grade_e4", 1e4),
    Channel("graded_speed_m_per_s", "gradeAdjustedSpeedMPerS", "graded_speed_mm_per_s", 1000),
    Channel("d_prime_balance_m", "dPrimeBalanceM", "d_prime_balance_dm", 10),
)
TRACK = (*CHANNELS, *ANALYSED)


def pack(samples: Samples) -> Mapping[str, list[int | None] | None]:
    """The table's columns for a recording's points."""
    return {channel.column: channel.as_integers(getattr(samples, channel.sample)) for channel in CHANNELS}


def pack_moving(moving_s: Floats) -> list[int]:
    """The column `moving_ms`: seconds of movement in each step, (n − 1,), as milliseconds up to each point, from 0."""
    moved: list[int] = np.round(np.concatenate(([0.0], np.cumsum(moving_s))) * 1000).astype(np.int64).tolist()
    return moved


def unpack(row: Mapping[str, Any]) -> Samples:
    """A recording's points out of its row; what was not recorded is NaN throughout.

    Points that were less than a tenth of a second apart may be stored with one time: they are spread evenly over that
    tenth, so that time rises strictly and no point is off by more than 0.15 s.
    """
    columns = {channel.sample: _unpacked(row[channel.column], len(row["time_ds"])) for channel in CHANNELS}
    values = {channel.sample: columns[channel.sample] / channel.per_unit for channel in CHANNELS}
    return Samples(**{**values, "time_s": _rising(columns["time_s"]) / 10})


def unpack_moving(row: Mapping[str, Any], samples: Samples) -> Floats:
    """Seconds of movement in each step between the points of `unpack(row)`, (n − 1,); their sum is exact to the ms.

    Times are stored in tenths, so a step may hold up to 0.2 s more movement than it seems to last. Where the column is
    null (runs that were imported before there was one), standing still tells: pauses of the device were not kept.
    """
    if row["moving_ms"] is None:
        return moving_seconds_by_stillness(samples)
    return np.diff(np.array(row["moving_ms"], dtype=np.float64)) / 1000


def _unpacked(values: Sequence[int | None] | None, n: int) -> Floats:
    return np.full(n, np.nan) if values is None else np.array(values, dtype=np.float64)


def _rising(tenths: Floats) -> Floats:
    """Equal neighbours moved apart by even shares of one."""
    _, first, of_tenth, count = np.unique(tenths, return_index=True, return_inverse=True, return_counts=True)
    return np.asarray(tenths + (np.arange(tenths.size) - first[of_tenth]) / count[of_tenth])


def thinned_track(run: Scope, args: Args) -> str:
    """A SELECT of one row with a JSON array a channel, thinned evenly to at most `points`; the first and last stay.

    Point k of n is kept where k·(points − 1)/(n − 1) reaches the next whole number.
    """
    asked = DEFAULT_POINTS if args.get("points") is None else args["points"]
    if not MIN_POINTS <= asked <= MAX_POINTS:
        raise BadUserInput(f"`points` is {asked}; a track has {MIN_POINTS} to {MAX_POINTS:,} points.")
    points, stream, thinned = run.param(asked, "bigint"), run.statement.alias(), run.statement.alias()
    names = [channel.column for channel in TRACK]
    arrays = ", ".join(f"{stream}.{name}" for name in names)
    step = f"({points} - 1) / {stream}.steps"  # after a product: whole-number division
    kept = f"p.k = 1 or (p.k - 1) * {step} > (p.k - 2) * {step}"
    picked = ", ".join(
        f"'[' || string_agg(coalesce({_value(channel)}::text, 'null'), ',' order by p.k) || ']' as {name}"
        for name, channel in zip(names, TRACK, strict=True)
    )
    known = ", ".join(f"case when {stream}.{name} is not null then {thinned}.{name} end as {name}" for name in names)
    # `offset 0` keeps the length from being worked out anew for every point, which unpacks a whole array each time.
    return f"""
        select {known} from (
            select *, greatest(cardinality(time_ds) - 1, 1) as steps from run_stream
            where run = {run.column("id")} offset 0) {stream},
        lateral (
            select {picked} from unnest({arrays}) with ordinality p({", ".join(names)}, k) where {kept}) {thinned}"""


def _value(channel: Channel) -> str:
    # Divided as floating point, which prints the shortest decimal; a quotient of numerics would print sixteen zeros.
    return f"p.{channel.column}" if channel.per_unit == 1 else f"(p.{channel.column} / {channel.per_unit}::float8)"
