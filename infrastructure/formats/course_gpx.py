"""Courses from GPX files, whose points need no times: tracks or routes, and the waypoints beside them."""

import math
import re
from array import array
from collections.abc import Mapping

import numpy as np

from domain.courses.drawing import CourseFile, DrawnCourse, course_name, short_name
from domain.courses.model import WaypointKind
from domain.courses.refusals import (
    LATEST_CUTOFF_S,
    LONGEST_M,
    LONGEST_STOP_S,
    MOST_ELEMENTS,
    MOST_POINTS,
    MOST_TRACKS,
    MOST_WAYPOINTS,
    CourseEntities,
    CourseFileDamaged,
    CourseFileEmpty,
    CourseFileTooLarge,
    NotACourseFile,
    TooManyCourseElements,
    TooManyCoursePoints,
    TooManyCourseTracks,
)
from domain.courses.waypoints import GivenWaypoint
from domain.runs.recording import Floats, SetAside
from domain.runs.refusals import FileTooLarge, XmlEntities
from infrastructure.formats.course_track import Tracks, way_of
from infrastructure.formats.unpack import gunzipped
from infrastructure.formats.xml import listen, looks_like_xml, number, root_name

MOST_BYTES = 30_000_000
POINTS = {"trkpt": "trk", "rtept": "rte"}
# What Cairn writes into <extensions>, in its own namespace: https://cairn.run/gpx/1.
OWN = ("stopS", "cutoffS", "distanceM")
WORDS = ("name", "type", "sym")
KINDS = (
    (WaypointKind.AID_STATION, re.compile(r"\b(aid|food|water|drinks?|refreshments?|ravito|ravitaillement)\b")),
    (WaypointKind.CHECKPOINT, re.compile(r"\b(check ?points?|controls?|cp)\b")),
    (WaypointKind.SUMMIT, re.compile(r"\b(summit|peak|top)\b")),
)
NO_AID = re.compile(r"\b(first aid|water ?(crossing|fall))\b")


class GpxCourseFiles:
    """See CourseFiles."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes

    def read(self, file: CourseFile) -> DrawnCourse:
        """See CourseFiles.read. Raises refusals of domain.courses.refusals, DamagedArchive and NestedArchive."""
        try:
            content = gunzipped(file.content, self._most_bytes)
        except FileTooLarge:
            raise CourseFileTooLarge(self._most_bytes) from None
        if not content.strip(b"\0 \t\r\n"):
            raise CourseFileEmpty
        listener = _Course()
        try:
            if not looks_like_xml(content) or root_name(content) != "gpx":
                raise NotACourseFile
            if not listen(content, listener):
                raise CourseFileDamaged
        except XmlEntities:
            raise CourseEntities from None
        samples, set_aside = way_of(listener.tracks("trk"), listener.tracks("rte"))
        marks = _Marks(listener.waypoints, listener.unread)
        return DrawnCourse(
            course_name(listener.name, file.name), samples, marks.waypoints, (*set_aside, *marks.set_aside)
        )


class _Course:
    """Listens for the points of tracks and routes, for waypoints, and for what the course is called."""

    def __init__(self) -> None:
        self.waypoints: list[dict[str, str]] = []
        self.unread = 0
        self._names: dict[str, str] = {}
        self._columns = {kind: {name: array("d") for name in ("lat", "lon", "ele", "part")} for kind in POINTS.values()}
        self._part = self._elements = 0
        self._path: list[str] = []
        self._height = math.nan

    @property
    def name(self) -> str | None:
        """That of the first track, else of the first route, else of the file."""
        return self._names.get("trk") or self._names.get("rte") or self._names.get("metadata")

    def tracks(self, kind: str) -> Tracks:
        """All points of one kind."""
        values: Mapping[str, Floats] = {name: np.array(one) for name, one in self._columns[kind].items()}
        return Tracks(values["lat"], values["lon"], values["ele"], values["part"])

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise TooManyCourseElements
        if name == "wpt":
            if len(self.waypoints) < MOST_WAYPOINTS:
                self.waypoints.append({"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")})
            else:
                self.unread += 1
        elif name in POINTS:
            self._height = math.nan
            columns = self._columns[POINTS[name]]
            if len(columns["lat"]) >= MOST_POINTS:
                raise TooManyCoursePoints
            for axis in ("lat", "lon"):
                columns[axis].append(number(attributes.get(axis, "")))
            columns["part"].append(self._part)
        elif name in POINTS.values():
            self._part += 1
            if self._part > MOST_TRACKS:
                raise TooManyCourseTracks
        self._path.append(name)

    def closed(self, name: str, text: str) -> None:
        self._path.pop()
        inside = self._path[-1] if self._path else ""
        if name in POINTS:
            self._columns[POINTS[name]]["ele"].append(self._height)
        elif name == "ele" and inside in POINTS:
            self._height = number(text)
        elif name == "name" and inside in ("trk", "rte", "metadata"):
            self._names.setdefault(inside, text.strip())
        elif ((name in WORDS and inside == "wpt") or name in OWN) and "wpt" in self._path and not self.unread:
            self.waypoints[-1].setdefault(name, text.strip())


class _Marks:
    """The waypoints of a file, without what cannot be meant, which is counted."""

    def __init__(self, elements: list[dict[str, str]], unread: int) -> None:
        self._lost = {"waypoints beyond the first 200": unread, "waypoints without a position": 0}
        self._lost["stops, cut-offs and distances of waypoints that no course has"] = 0
        self.waypoints = tuple(self._waypoint(one, nth) for nth, one in enumerate(elements, 1) if self._placed(one))

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """What was left out, and how often."""
        return tuple(SetAside(reason, count) for reason, count in self._lost.items() if count)

    def _placed(self, element: dict[str, str]) -> bool:
        placed = abs(number(element["lat"])) <= 90 and abs(number(element["lon"])) <= 180
        self._lost["waypoints without a position"] += not placed
        return placed

    def _waypoint(self, element: dict[str, str], nth: int) -> GivenWaypoint:
        return GivenWaypoint(
            name=short_name(element.get("name"), f"Waypoint {nth}"),
            kind=_kind(f"{element.get('type', '')} {element.get('sym', '')}"),
            stop_s=self._figure(element.get("stopS"), LONGEST_STOP_S) or 0.0,
            cutoff_s=self._figure(element.get("cutoffS"), LATEST_CUTOFF_S) or None,
            latitude=number(element["lat"]),
            longitude=number(element["lon"]),
            pass_near_m=self._figure(element.get("distanceM"), LONGEST_M),
        )

    def _figure(self, text: str | None, most: float) -> float | None:
        if text is None:
            return None
        figure = number(text)
        if 0 <= figure <= most:
            return figure
        self._lost["stops, cut-offs and distances of waypoints that no course has"] += 1
        return None


def _kind(words: str) -> WaypointKind:
    """By what its type and symbol say."""
    plain = NO_AID.sub(" ", re.sub(r"[_\W]+", " ", words[:200]).lower())
    return next((kind for kind, pattern in KINDS if pattern.search(plain)), WaypointKind.OTHER)
