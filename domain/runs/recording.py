"""One run as a watch recorded it: its points, its laps, and what the device itself made of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The points of a recording as parallel float64 arrays of one length; NaN where a point lacks the value.

    `time_s` starts at 0 and rises strictly, on whole milliseconds. `distance_m` never falls, and is either there for
    every point or missing throughout (a treadmill without a foot pod). Latitude and longitude are degrees (WGS 84),
    cadence counts the steps of both legs. A 0.0 is a value like any other, never a sign of absence.
    """

    time_s: Floats
    latitude: Floats
    longitude: Floats
    altitude_m: Floats
    distance_m: Floats
    speed_m_per_s: Floats
    heart_rate_bpm: Floats
    cadence_spm: Floats

    def __post_init__(self) -> None:
        n = len(self.time_s)
        for name in self.__dataclass_fields__:
            values = getattr(self, name)
            if values.shape != (n,) or values.dtype != np.float64:
                raise ValueError(f"{name} is {values.dtype}{values.shape}, but every channel is float64 of length {n}.")
        if n == 0 or self.time_s[0] != 0.0 or not np.all(np.diff(self.time_s) > 0):
            raise ValueError("time_s must start at 0 and rise strictly.")

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def has_distance(self) -> bool:
        """Whether the distance is known (then it is known at every point)."""
        return bool(np.isfinite(self.distance_m[0]))


@dataclass(frozen=True, slots=True)
class Lap:
    """A lap as the device closed it; seconds count from the recording's first point."""

    start_s: float
    elapsed_s: float | None = None
    timer_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    average_heart_rate: float | None = None
    max_heart_rate: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceTotals:
    """The sums the device wrote beside the points; cadence in steps of both legs a minute."""

    distance_m: float | None = None
    timer_s: float | None = None
    elapsed_s: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    average_heart_rate: float | None = None
    max_heart_rate: float | None = None
    average_cadence_spm: float | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """What of a file was not used: `reason` is a fragment for a runner, `count` its points (0 when nobody can know)."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recorded run.

    `started_at` is the instant of the first point (aware, UTC). `active` are the intervals (start_s, end_s) in which
    the timer ran, in order and apart from each other, or None when the file says nothing about pauses.
    """

    sport: str
    started_at: datetime
    samples: Samples
    name: str | None = None
    active: tuple[tuple[float, float], ...] | None = None
    laps: tuple[Lap, ...] = ()
    device: DeviceTotals = field(default_factory=DeviceTotals)
    set_aside: tuple[SetAside, ...] = ()
    external_id: str | None = None

    @property
    def first_second(self) -> datetime:
        """The UTC second of the first point: with the last one it tells whether the same run came before."""
        return self.started_at.replace(microsecond=0)

    @property
    def last_second(self) -> datetime:
        """The UTC second of the last point."""
        milliseconds = round(float(self.samples.time_s[-1]) * 1000)
        return (self.started_at + timedelta(milliseconds=milliseconds)).replace(microsecond=0)
