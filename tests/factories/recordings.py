"""One synthetic hilly run, and the same run as FIT, GPX and TCX bytes, bare or zipped."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from domain.runs.recording import DeviceTotals, Floats, Recording, Samples
from tests.factories.fit_writer import RUNNING, START, STOP_ALL, FitWriter, fit_time

STARTED_AT = datetime(2024, 5, 4, 7, 30, 5, tzinfo=UTC)
SHARED_SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Course:
    """What was run, a point a second or so, rounded to what every format can hold."""

    time_s: Floats
    latitude: Floats
    longitude: Floats
    altitude_m: Floats
    distance_m: Floats
    speed_m_per_s: Floats
    heart_rate_bpm: Floats
    cadence_spm: Floats
    started_at: datetime = STARTED_AT

    def instants(self) -> list[datetime]:
        return [self.started_at + timedelta(seconds=float(second)) for second in self.time_s]

    def between(self, start_s: float, end_s: float) -> "Course":
        kept = (self.time_s >= start_s) & (self.time_s <= end_s)
        return replace(self, **{name: getattr(self, name)[kept] for name in Samples.__dataclass_fields__})

    def without(self, start_s: float, end_s: float) -> "Course":
        """As if the watch had recorded nothing strictly between two seconds."""
        kept = (self.time_s <= start_s) | (self.time_s >= end_s)
        return replace(self, **{name: getattr(self, name)[kept] for name in Samples.__dataclass_fields__})

    def elsewhere(self, start_s: float, end_s: float, east_m: float) -> "Course":
        """As if the positions from one second to another had been so far away."""
        there = (self.time_s >= start_s) & (self.time_s <= end_s)
        degrees = np.degrees(east_m / EARTH_RADIUS_M / np.cos(np.radians(47.05)))
        return replace(self, longitude=np.round(self.longitude + np.where(there, degrees, 0.0), 7))


def a_hilly_course(seconds: int = 1800, started_at: datetime = STARTED_AT) -> Course:
    """Due north from the edge of a lake: 3 m/s over hills of 30 m, heart rate following the climbs."""
    time_s = np.arange(seconds + 1, dtype=np.float64)
    speed = np.round(3.0 - 0.5 * np.cos(time_s / 95), 3)
    distance = np.round(np.concatenate(([0.0], np.cumsum(speed[1:]))), 2)
    return Course(
        time_s=time_s,
        latitude=np.round(47.05 + np.degrees(distance / EARTH_RADIUS_M), 7),
        longitude=np.full(seconds + 1, 8.3),
        altitude_m=np.round((440 + 15 * np.sin(time_s / 95)) * 5) / 5,
        distance_m=distance,
        speed_m_per_s=speed,
        heart_rate_bpm=np.round(150 + 12 * np.sin(time_s / 95 - 0.3)),
        cadence_spm=np.round(84 + 2 * np.sin(time_s / 40)) * 2,
        started_at=started_at,
    )


def a_recording(
    course: Course | None = None,
    *,
    active: Sequence[tuple[float, float]] | None = None,
    device: DeviceTotals | None = None,
    **channels: Sequence[float] | Floats,
) -> Recording:
    """The course as a Recording; `channels` replace its columns, and with a `time_s` among them the rest is missing."""
    course = course or a_hilly_course()
    columns: dict[str, Floats] = {name: getattr(course, name) for name in Samples.__dataclass_fields__}
    if "time_s" in channels:
        n = len(channels["time_s"])
        columns = {name: np.full(n, np.nan) for name in columns}
    columns |= {name: np.array(values, dtype=np.float64) for name, values in channels.items()}
    return Recording(
        sport="running",
        started_at=course.started_at,
        samples=Samples(**columns),
        active=None if active is None else tuple(active),
        device=device or DeviceTotals(),
    )


def gpx_bytes(
    course: Course | None = None,
    *,
    pauses: Sequence[tuple[float, float]] = (),
    sport: str | None = "running",
    name: str = "Along the lake",
    legs: int = 1,
) -> bytes:
    """A GPX 1.1 file with Garmin's extension; a pause breaks the segment; `legs` is how many the cadence counts."""
    course = course or a_hilly_course()
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="a test" xmlns="http://www.topografix.com/GPX/1/1"'
        ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">',
        f"<metadata><time>{_iso(course.started_at)}</time></metadata><trk><name>{name}</name>",
        f"<type>{sport}</type><trkseg>" if sport else "<trkseg>",
    ]
    breaks = [start for start, _ in pauses]
    for i, instant in enumerate(course.instants()):
        second = course.time_s[i]
        if any(start < second < end for start, end in pauses):
            continue
        lines.append(
            f'<trkpt lat="{course.latitude[i]:.7f}" lon="{course.longitude[i]:.7f}">'
            f"<ele>{course.altitude_m[i]:.1f}</ele><time>{_iso(instant)}</time><extensions><gpxtpx:TrackPointExtension>"
            f"<gpxtpx:hr>{course.heart_rate_bpm[i]:.0f}</gpxtpx:hr>"
            f"<gpxtpx:cad>{course.cadence_spm[i] * legs / 2:.0f}</gpxtpx:cad>"
            "</gpxtpx:TrackPointExtension></extensions></trkpt>"
        )
        if second in breaks:
            lines.append("</trkseg><trkseg>")
    return "\n".join([*lines, "</trkseg></trk></gpx>"]).encode()


def tcx_bytes(
    course: Course | None = None, *, sport: str = "Running", lap_s: float = 600, restart_distance: bool = False
) -> bytes:
    """A TCX file with a lap every `lap_s`; its Id is 23 s before the first point, as some exporters have it."""
    course = course or a_hilly_course()
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
        ' xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities>',
        f'<Activity Sport="{sport}"><Id>{_iso(course.started_at - timedelta(seconds=23))}</Id>',
    ]
    for start in np.arange(0.0, max(course.time_s[-1], 1.0), lap_s):
        lap = course.between(start, start + lap_s)
        first_m = lap.distance_m[0]
        lines.append(
            f'<Lap StartTime="{_iso(lap.instants()[0])}"><TotalTimeSeconds>{lap.time_s[-1] - lap.time_s[0]}'
            f"</TotalTimeSeconds><DistanceMeters>{lap.distance_m[-1] - first_m:.2f}</DistanceMeters>"
            f"<MaximumHeartRateBpm><Value>{lap.heart_rate_bpm.max():.0f}</Value></MaximumHeartRateBpm><Track>"
        )
        for i, instant in enumerate(lap.instants()):
            lines.append(
                f"<Trackpoint><Time>{_iso(instant)}</Time><Position><LatitudeDegrees>{lap.latitude[i]:.7f}"
                f"</LatitudeDegrees><LongitudeDegrees>{lap.longitude[i]:.7f}</LongitudeDegrees></Position>"
                f"<AltitudeMeters>{lap.altitude_m[i]:.1f}</AltitudeMeters>"
                f"<DistanceMeters>{lap.distance_m[i] - (first_m if restart_distance else 0.0):.2f}</DistanceMeters>"
                f"<HeartRateBpm><Value>{lap.heart_rate_bpm[i]:.0f}</Value></HeartRateBpm><Extensions><ns3:TPX>"
                f"<ns3:Speed>{lap.speed_m_per_s[i]:.3f}</ns3:Speed>"
                f"<ns3:RunCadence>{lap.cadence_spm[i] / 2:.0f}</ns3:RunCadence></ns3:TPX></Extensions></Trackpoint>"
            )
        lines.append("</Track></Lap>")
    lines.append("<Creator><UnitId>4711</UnitId></Creator></Activity></Activities></TrainingCenterDatabase>")
    return "\n".join(lines).encode()


def fit_bytes(
    course: Course | None = None,
    *,
    sport: int = RUNNING,
    sub_sport: int = 0,
    pauses: Sequence[tuple[float, float]] = (),
    file_type: int = 4,
    timer_events: bool = True,
    session: bool = True,
) -> bytes:
    """A FIT file of one session; `pauses` stop the timer and the recording from one second to another."""
    course = course or a_hilly_course()
    kept = np.ones(course.time_s.size, dtype=bool)
    for start, end in pauses:
        kept &= ~((course.time_s > start) & (course.time_s < end))
    run = replace(course, **{name: getattr(course, name)[kept] for name in Samples.__dataclass_fields__})
    fit = FitWriter()
    fit.file_id(file_type, course.started_at)
    start = fit_time(course.started_at)
    end_s = int(course.time_s[-1])
    events = [(0, START), *((int(s), what) for p in pauses for s, what in zip(p, (STOP_ALL, START), strict=True))]
    for second, what in [*sorted(events), (end_s, STOP_ALL)] if timer_events else ():
        fit.event(start + second, what)
    fit.records(run)
    timer_s = end_s - sum(end - begin for begin, end in pauses)
    fit.lap(start, end_s, timer_s, float(run.distance_m[-1]))
    if session:
        fit.session(start, end_s, timer_s, float(run.distance_m[-1] - run.distance_m[0]), sport, sub_sport)
    return fit.finished()


def multisport_fit_bytes(legs: Iterable[tuple[int, Course]]) -> bytes:
    """A FIT file of several sports, one after the other, whose distance the watch counts through."""
    fit = FitWriter()
    legs = list(legs)
    fit.file_id(4, legs[0][1].started_at)
    for _, course in legs:
        fit.records(course)
    for sport, course in legs:
        elapsed = int(course.time_s[-1])
        metres = float(course.distance_m[-1] - course.distance_m[0])
        fit.session(fit_time(course.started_at), elapsed, elapsed, metres, sport, 0)
    return fit.finished()


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip of (path, content), the paths written as they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
