"""The plan as GPX 1.1 (https://www.topografix.com/GPX/1/1/): the way, the places on it, and when to be where."""

from datetime import UTC, datetime, timedelta

import numpy as np
from lxml import etree

from domain.courses.model import Waypoint
from domain.pacing.take_along import Passage, PlanToTake, Points
from domain.pictures.plan_look import goal_words, in_hand
from domain.pictures.scale import as_duration
from domain.pictures.svg import NO_XML

GPX = "http://www.topografix.com/GPX/1/1"
OWN = "https://cairn.run/gpx/1"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
MOST_POINTS = 10_000


def gpx(taken: PlanToTake) -> bytes:
    """One track, timed where the plan has a start, and a waypoint for each place with its stay and cut-off.

    Steps are no waypoints: a watch would call out sixty of them as places, and a course read back would stop at each.
    Raises CourseWithoutPositions.
    """
    points = taken.points(MOST_POINTS)
    root = etree.Element(
        f"{{{GPX}}}gpx", nsmap={None: GPX, "cairn": OWN, "xsi": SCHEMA}, version="1.1", creator="Cairn"
    )
    root.set(f"{{{SCHEMA}}}schemaLocation", f"{GPX} {GPX}/gpx.xsd")
    metadata = _add(root, "metadata")
    _add(metadata, "name", taken.course.name)
    for passage in taken.passages:
        _waypoint(root, taken, passage, points)
    track = _add(root, "trk")
    _add(track, "name", taken.course.name)
    _add(track, "desc", f"{goal_words(taken.plan.goal)}: {as_duration(taken.plan.now.predicted_time_s)}")
    _add(track, "type", "running")
    _track(_add(track, "trkseg"), taken, points)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def place_of(place: Waypoint, points: Points) -> tuple[float, float]:
    """Where a waypoint stands, in degrees: where it was given, else on the course."""
    if place.latitude is not None and place.longitude is not None:
        return place.latitude, place.longitude
    near = int(np.argmin(np.abs(points.distance_m - place.distance_m)))
    return float(points.latitude[near]), float(points.longitude[near])


def _waypoint(root: etree._Element, taken: PlanToTake, passage: Passage, points: Points) -> None:
    place = passage.waypoint
    latitude, longitude = place_of(place, points)
    element = _add(root, "wpt")
    element.attrib.update(_at(latitude, longitude))
    if taken.ground.profile.has_altitude:
        _add(element, "ele", f"{np.interp(place.distance_m, points.distance_m, points.altitude_m):.1f}")
    if passage.arrival_s is not None and taken.plan.starts_at is not None:
        _add(element, "time", _time(taken.plan.starts_at, passage.arrival_s))
    _add(element, "name", place.name)
    _add(element, "desc", _told(passage))
    _add(element, "type", place.kind.lower().replace("_", " "))
    more = _add(element, "extensions")
    figures = {"stopS": place.stop_s or None, "cutoffS": place.cutoff_s, "distanceM": place.distance_m}
    for name, figure in figures.items():
        if figure is not None:
            etree.SubElement(more, f"{{{OWN}}}{name}").text = f"{figure:.1f}"


def _track(segment: etree._Element, taken: PlanToTake, points: Points) -> None:
    starts_at, high = taken.plan.starts_at, taken.ground.profile.has_altitude
    columns = (points.latitude, points.longitude, points.altitude_m, points.seconds)
    for latitude, longitude, altitude, seconds in zip(*(column.tolist() for column in columns), strict=True):
        point = etree.SubElement(segment, f"{{{GPX}}}trkpt", _at(latitude, longitude))
        if high:
            etree.SubElement(point, f"{{{GPX}}}ele").text = f"{altitude:.1f}"
        if starts_at is not None:
            etree.SubElement(point, f"{{{GPX}}}time").text = _time(starts_at, seconds)


def _at(latitude: float, longitude: float) -> dict[str, str]:
    """A place to a centimetre; GPX has no 180° east, which is 180° west."""
    east = f"{longitude:.7f}"
    return {"lat": f"{latitude:.7f}", "lon": "-180.0000000" if east == "180.0000000" else east}


def _told(passage: Passage) -> str:
    """What there is to know at a place, in words that a watch may show."""
    place = passage.waypoint
    told = [f"{place.distance_m / 1000:.1f} km"]
    if passage.arrival_s is not None:
        told.append(f"there after {as_duration(passage.arrival_s)}")
    if place.stop_s > 0:
        told.append(f"stay {as_duration(place.stop_s)}")
    if place.cutoff_s is not None:
        told.append(f"cut-off {as_duration(place.cutoff_s)}")
    if passage.margin_s is not None:
        told.append(in_hand(passage.margin_s))
    return ", ".join(told)


def _add(parent: etree._Element, name: str, words: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{GPX}}}{name}")
    if words is not None:
        element.text = NO_XML.sub("\ufffd", words)
    return element


def _time(starts_at: datetime, seconds: float) -> str:
    then = (starts_at + timedelta(milliseconds=round(seconds * 1000))).astimezone(UTC)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
