"""Runs from TCX files, the format of older training software."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.runs.recording import DeviceTotals, Lap, Recording, SetAside
from domain.runs.refusals import NoPoints, NotARun, NothingReadable, PlannedNotRun
from domain.shared.errors import DomainError
from infrastructure.formats.points import Cleaned, Rows, clean, heart_rate_or_none
from infrastructure.formats.sports import Sport, plain, sport_of
from infrastructure.formats.xml import epoch_s, listen, number

POINT_VALUES = {
    "LatitudeDegrees": "latitude",
    "LongitudeDegrees": "longitude",
    "AltitudeMeters": "altitude_m",
    "DistanceMeters": "distance_m",
    "Speed": "speed_m_per_s",
    "HeartRateBpm": "heart_rate_bpm",
    "Cadence": "cadence_spm",
    "RunCadence": "cadence_spm",
}
LAP_VALUES = ("StartTime", "TotalTimeSeconds", "DistanceMeters", "AverageHeartRateBpm", "MaximumHeartRateBpm")
COLUMNS = (*dict.fromkeys(POINT_VALUES.values()), "part")


def decode_tcx(content: bytes) -> list[Recording]:
    """The running activities of a TCX file. Its Id is not the first point's time and is used as a name only.

    Raises NothingReadable, PlannedNotRun, NotARun, NoPoints, TooManyPoints, NoTimes
    and XmlEntities.
    """
    listener = _Activities()
    whole = listen(content, listener)
    if not listener.activities:
        if listener.is_course:
            raise PlannedNotRun("course")
        raise NoPoints if whole else NothingReadable("TCX")
    runs = [activity for activity in listener.activities if sport_of(activity.sport) is not Sport.OTHER]
    if not runs:
        raise NotARun(plain(activity.sport) for activity in listener.activities)
    recordings: list[Recording] = []
    refusals: list[DomainError] = []
    for activity in runs:
        broken = not whole and activity is listener.activities[-1]
        try:
            recordings.append(_recording(activity, broken))
        except DomainError as refusal:
            refusals.append(NothingReadable("TCX") if broken and len(activity.rows) == 0 else refusal)
    if not recordings:
        raise refusals[0]
    return recordings


@dataclass(slots=True)
class _Activity:
    sport: str
    id: str | None = None
    unit: str | None = None
    rows: Rows = field(default_factory=lambda: Rows(COLUMNS))
    laps: list[dict[str, float]] = field(default_factory=list)


def _recording(activity: _Activity, broken: bool) -> Recording:
    cleaned = clean(activity.rows.points())
    lost = (SetAside(f"the file is cut off or damaged after {len(activity.rows)} points", 0),) if broken else ()
    return Recording(
        sport=plain(activity.sport) if sport_of(activity.sport) is Sport.RUNNING else "running",
        started_at=cleaned.started_at,
        samples=cleaned.samples,
        active=cleaned.pieces,
        laps=tuple(_lap(lap, cleaned) for lap in activity.laps if math.isfinite(lap["StartTime"])),
        device=_totals(activity.laps),
        set_aside=(*lost, *cleaned.set_aside),
        external_id=f"tcx:{activity.unit}:{activity.id}" if activity.unit and activity.id else None,
    )


def _lap(lap: Mapping[str, float], cleaned: Cleaned) -> Lap:
    return Lap(
        start_s=max(cleaned.second_of(lap["StartTime"]), 0.0),
        timer_s=_sensible(lap["TotalTimeSeconds"]),
        distance_m=_sensible(lap["DistanceMeters"]),
        average_heart_rate=heart_rate_or_none(lap["AverageHeartRateBpm"]),
        max_heart_rate=heart_rate_or_none(lap["MaximumHeartRateBpm"]),
    )


def _totals(laps: list[dict[str, float]]) -> DeviceTotals:
    highest = [value for lap in laps if (value := heart_rate_or_none(lap["MaximumHeartRateBpm"]))]
    return DeviceTotals(
        distance_m=_sensible(sum(lap["DistanceMeters"] for lap in laps)) if laps else None,
        timer_s=_sensible(sum(lap["TotalTimeSeconds"] for lap in laps)) if laps else None,
        max_heart_rate=max(highest, default=None),
    )


def _sensible(value: float) -> float | None:
    return value if math.isfinite(value) and value >= 0 else None


class _Counted:
    """The distance of an activity, for exporters that count from zero again in every lap."""

    def __init__(self) -> None:
        self._before_m = 0.0
        self._last_m = 0.0
        self._lap_is_new = False

    def new_lap(self) -> None:
        self._lap_is_new = True

    def on(self, distance_m: float) -> float:
        """The distance since the start of the activity."""
        if math.isfinite(distance_m):
            if self._lap_is_new and distance_m < self._last_m / 2:
                self._before_m += self._last_m
            self._last_m, self._lap_is_new = distance_m, False
        return distance_m + self._before_m


class _Activities:
    """Listens for activities, their laps and points.

    A second Track in one Lap follows a pause.
    """

    def __init__(self) -> None:
        self.activities: list[_Activity] = []
        self.is_course = False
        self._activity: _Activity | None = None
        self._lap: dict[str, float] | None = None
        self._point: dict[str, float] | None = None
        self._tracks_in_lap = 0
        self._part = 0
        self._counted = _Counted()
        self._value = ""

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "Activity":
                self._activity = _Activity(attributes.get("Sport", "").strip() or "unknown")
                self.activities.append(self._activity)
                self._part, self._counted = 0, _Counted()
            case "Course":
                self.is_course = True
            case "Lap" if self._activity:
                self._lap = defaultdict(lambda: math.nan, StartTime=epoch_s(attributes.get("StartTime", "")))
                self._activity.laps.append(self._lap)
                self._tracks_in_lap = 0
                self._counted.new_lap()
            case "Track":
                self._tracks_in_lap += 1
                self._part += self._tracks_in_lap > 1
            case "Trackpoint":
                self._point = {"epoch_s": math.nan, "part": float(self._part)}

    def closed(self, name: str, text: str) -> None:
        if name == "Value":
            self._value = text
        elif self._point is not None:
            self._in_point(name, text)
        elif self._activity is not None:
            self._in_activity(self._activity, name, text)
        if name.endswith("Bpm"):
            self._value = ""

    def _in_point(self, name: str, text: str) -> None:
        assert self._point is not None
        if name == "Trackpoint":
            if self._activity is not None:
                self._point["distance_m"] = self._counted.on(self._point.get("distance_m", math.nan))
                self._activity.rows.append(self._point)
            self._point = None
        elif name == "Time":
            self._point["epoch_s"] = epoch_s(text)
        elif channel := POINT_VALUES.get(name):
            self._point[channel] = number(self._value if name == "HeartRateBpm" else text)

    def _in_activity(self, activity: _Activity, name: str, text: str) -> None:
        match name:
            case "Activity":
                self._activity = self._lap = None
            case "Lap":
                self._lap = None
            case "Id":
                activity.id = activity.id or text.strip() or None
            case "UnitId":
                activity.unit = activity.unit or text.strip() or None
            case _ if self._lap is not None and name in LAP_VALUES:
                self._lap[name] = number(self._value if name.endswith("Bpm") else text)
