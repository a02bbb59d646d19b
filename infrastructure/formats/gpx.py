"""Runs from GPX files, the format of phones and maps."""

import math

from domain.runs.recording import Recording, SetAside
from domain.runs.refusals import NoPoints, NotARun, NothingReadable, NoTimes
from infrastructure.formats.points import Rows, clean
from infrastructure.formats.sports import Sport, plain, sport_of
from infrastructure.formats.xml import epoch_s, listen, number

# GPX has no heart rate of its own: each maker's extension has other namespaces, but these names.
CHANNELS = {
    "ele": "altitude_m",
    "speed": "speed_m_per_s",
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "cad": "cadence_spm",
    "cadence": "cadence_spm",
}
COLUMNS = ("latitude", "longitude", "altitude_m", "speed_m_per_s", "heart_rate_bpm", "cadence_spm", "part")


def decode_gpx(content: bytes) -> list[Recording]:
    """The one run of a GPX file: all its tracks in order; a break between track segments is a pause.

    Raises NothingReadable, NotARun, NoPoints, TooManyPoints, NoTimes and XmlEntities.
    """
    track = _Track()
    whole = listen(content, track)
    if sport_of(track.sport) is Sport.OTHER:
        raise NotARun([plain(track.sport or "")])
    if len(track.rows) == 0:
        if track.planned:
            raise NoTimes
        raise NoPoints if whole else NothingReadable("GPX")
    cleaned = clean(track.rows.points())
    broken = SetAside(f"the file is cut off or damaged after {len(track.rows)} points", 0)
    recording = Recording(
        sport=plain(track.sport) if track.sport and sport_of(track.sport) is Sport.RUNNING else "running",
        name=track.name,
        started_at=cleaned.started_at,
        samples=cleaned.samples,
        active=cleaned.pieces,
        set_aside=cleaned.set_aside if whole else (broken, *cleaned.set_aside),
    )
    return [recording]


class _Track:
    """Listens for track points, and for the name and kind of the first track."""

    def __init__(self) -> None:
        self.rows = Rows(COLUMNS)
        self.name: str | None = None
        self.sport: str | None = None
        self.planned = False
        self._segment = 0
        self._point: dict[str, float] | None = None
        self._in_track = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "trkpt":
            latitude, longitude = (number(attributes.get(axis, "")) for axis in ("lat", "lon"))
            self._point = {"latitude": latitude, "longitude": longitude, "epoch_s": math.nan}
        elif name == "trkseg":
            self._segment += 1
        elif name == "trk":
            self._in_track = True
        elif name in ("rtept", "wpt"):
            self.planned = True

    def closed(self, name: str, text: str) -> None:
        if name == "trkpt" and self._point is not None:
            self.rows.append({**self._point, "part": float(self._segment)})
            self._point = None
        elif self._point is not None:
            if name == "time":
                self._point["epoch_s"] = epoch_s(text)
            elif channel := CHANNELS.get(name.lower()):
                self._point[channel] = number(text)
        elif name == "trk":
            self._in_track = False
        elif self._in_track and name == "name":
            self.name = self.name or text.strip() or None
        elif self._in_track and name == "type":
            self.sport = self.sport or text.strip() or None
