"""Raw points of any format made into the samples of a run: what cannot be true is set aside and counted."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import nan

import numpy as np
from numpy.typing import NDArray

from domain.runs.limits import PLAUSIBLE_HEART_BPM
from domain.runs.recording import Floats, Samples, SetAside
from domain.runs.refusals import NoPoints, NoTimes, TooManyPoints
from infrastructure.formats.distance import distance_stream
from infrastructure.formats.leaps import astray
from infrastructure.formats.legs import both_legs
from infrastructure.formats.rising import longest_rising

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
# The longest stage races take about ten days; a watch that lost its clock is off by years.
FAR_FROM_THE_REST_S = 30 * 86_400.0
# Eleven days with a point a second.
MAX_POINTS = 1_000_000

# Values outside are missing: broken files write anything.
PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "altitude_m": (-1_000.0, 10_000.0),
    "speed_m_per_s": (0.0, 50.0),
    "heart_rate_bpm": PLAUSIBLE_HEART_BPM,
    "cadence_spm": (0.0, 254.0),
}
# Those of them that figures stand on: how many were lost is told.
COUNTED = {"heart_rate_bpm": "heart rates", "altitude_m": "altitudes"}


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points as a file gives them: columns of one length, `epoch_s` in seconds of 1970, `part` counts pauses."""

    columns: Mapping[str, Floats]

    def column(self, name: str) -> Floats:
        """The column, or NaN throughout."""
        return self.columns.get(name, np.full(len(self), np.nan))

    def __len__(self) -> int:
        return len(self.columns["epoch_s"])

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Points":
        """Only the chosen points."""
        return Points({name: values[chosen] for name, values in self.columns.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """Samples with the instant they start at, and the pauses between the parts of the file."""

    started_at: datetime
    samples: Samples
    pieces: tuple[tuple[float, float], ...] | None
    set_aside: tuple[SetAside, ...]

    def second_of(self, epoch_s: float) -> float:
        """Seconds from the first point to an instant."""
        return epoch_s - (self.started_at - EPOCH).total_seconds()


class Rows:
    """Collects points one by one in little memory; what a row lacks is NaN."""

    def __init__(self, names: Iterable[str]) -> None:
        self._columns = {name: array("d") for name in ("epoch_s", *names)}

    def append(self, row: Mapping[str, float]) -> None:
        """Add one point. Raises TooManyPoints."""
        if len(self) >= MAX_POINTS:
            raise TooManyPoints(MAX_POINTS)
        for name, values in self._columns.items():
            values.append(row.get(name, nan))

    def points(self) -> Points:
        """All points so far."""
        return Points({name: np.array(values, dtype=np.float64) for name, values in self._columns.items()})

    def __len__(self) -> int:
        return len(self._columns["epoch_s"])


def clean(points: Points, from_zero: bool = False) -> Cleaned:
    """The samples of a run: times in order, one point an instant, values believable.

    `from_zero` lets the distance begin at the first point, for a watch that counts on from another sport.
    Raises NoPoints, TooManyPoints, and NoTimes when no point has a time that can be used.
    """
    points, set_aside = _in_order(points)
    milliseconds = points.columns["epoch_s"]
    first_ms = int(milliseconds[0])
    time_s = (milliseconds - first_ms) / 1000
    values = {name: plausible(points.column(name), *bounds) for name, bounds in PLAUSIBLE.items()}
    for name, words in COUNTED.items():
        set_aside += implausible(words, points.column(name), *PLAUSIBLE[name])
    set_aside += _places_set_aside(time_s, values)
    part = points.column("part")
    distance_m, leapt = distance_stream(
        time_s, points.column("distance_m"), values["latitude"], values["longitude"], part
    )
    distance_m -= distance_m[0] if from_zero else 0.0
    values["cadence_spm"] = both_legs(values["cadence_spm"], _speeds(time_s, distance_m, values["speed_m_per_s"]))
    return Cleaned(
        started_at=EPOCH + timedelta(milliseconds=first_ms),
        samples=Samples(time_s=time_s, distance_m=distance_m, **values),
        pieces=_pieces(time_s, part),
        set_aside=(*set_aside, *leapt),
    )


def heart_rate_or_none(bpm: float | None) -> float | None:
    """A total that a device wrote, None when no heart beats so."""
    low, high = PLAUSIBLE_HEART_BPM
    return bpm if bpm is not None and low <= bpm <= high else None


def _in_order(points: Points) -> tuple[Points, tuple[SetAside, ...]]:
    if len(points) == 0:
        raise NoPoints
    if len(points) > MAX_POINTS:
        raise TooManyPoints(MAX_POINTS)
    points, set_aside = _in_time(points)
    points = _merged(points)
    if len(points) < 2:
        raise NoPoints
    return points, set_aside


def _in_time(points: Points) -> tuple[Points, tuple[SetAside, ...]]:
    """The points whose times make one run; from here on `epoch_s` counts whole milliseconds."""
    set_aside: list[SetAside] = []

    def keep(chosen: NDArray[np.bool_], reason: str) -> None:
        nonlocal points
        if lost := int(chosen.size - chosen.sum()):
            set_aside.append(SetAside(reason, lost))
            points = points.at(chosen)

    epoch_s = points.columns["epoch_s"]
    keep(np.isfinite(epoch_s), "points without a time")
    epoch_s = points.columns["epoch_s"]
    keep((epoch_s >= EARLIEST) & (epoch_s < LATEST), "points dated before 1990 or far in the future")
    if len(points) == 0:
        raise NoTimes
    epoch_s = points.columns["epoch_s"]
    middle = np.quantile(epoch_s, 0.5, method="lower")
    keep(np.abs(epoch_s - middle) <= FAR_FROM_THE_REST_S, "points dated weeks or years from the rest")
    keep(longest_rising(points.columns["epoch_s"]), "points dated before the point that precedes them")
    return Points({**points.columns, "epoch_s": np.round(points.columns["epoch_s"] * 1000)}), tuple(set_aside)


def _merged(points: Points) -> Points:
    """One point an instant: phones write position and distance of one second as two points, TCX repeats lap ends."""
    epoch = points.columns["epoch_s"]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(epoch) > 0)))
    if starts.size == epoch.size:
        return points
    return Points({name: _first_known(values, starts) for name, values in points.columns.items()})


def _first_known(values: Floats, starts: NDArray[np.intp]) -> Floats:
    at = np.where(np.isfinite(values), np.arange(values.size), values.size)
    return np.append(values, np.nan)[np.minimum.reduceat(at, starts)]


def plausible(values: Floats, low: float, high: float) -> Floats:
    """The values (n,) within the bounds, NaN for the others."""
    return np.where((values >= low) & (values <= high), values, np.nan)


def implausible(words: str, values: Floats, low: float, high: float) -> tuple[SetAside, ...]:
    """How many values (n,) are out of bounds, told by the words for them; nothing when none is."""
    lost = int(np.sum((values < low) | (values > high)))
    return (SetAside(f"{words} below {low:,.0f} or above {high:,.0f}", lost),) if lost else ()


def _places_set_aside(time_s: Floats, values: dict[str, Floats]) -> tuple[SetAside, ...]:
    """Take out half positions, and positions astray: with these their altitude, which comes from the same signal."""
    placed = np.isfinite(values["latitude"]) & np.isfinite(values["longitude"])
    wrong = astray(time_s, values["latitude"], values["longitude"])
    for name, believed in (("latitude", placed), ("longitude", placed), ("altitude_m", True)):
        values[name] = np.where(believed & ~wrong, values[name], np.nan)
    lost = int(wrong.sum())
    return (SetAside("positions astray, further away than anyone runs in the time", lost),) if lost else ()


def _speeds(time_s: Floats, distance_m: Floats, recorded: Floats) -> Floats:
    """Speed at each point, m/s: of the step to it, else as recorded."""
    if np.isnan(distance_m[0]):
        return recorded
    steps = np.diff(distance_m) / np.diff(time_s)
    return np.concatenate((steps[:1], steps))


def _pieces(time_s: Floats, part: Floats) -> tuple[tuple[float, float], ...] | None:
    """Start and end of each part, when there are several."""
    if not np.isfinite(part).all() or part[0] == part[-1]:
        return None
    cuts = np.flatnonzero(np.diff(part) != 0)
    starts, ends = np.concatenate(([0], cuts + 1)), np.concatenate((cuts, [time_s.size - 1]))
    return tuple(zip(time_s[starts].tolist(), time_s[ends].tolist(), strict=True))
