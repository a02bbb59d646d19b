"""The plan as a FIT course: a way for a watch to lead along, at the plan's own pace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from garmin_fit_sdk import Encoder, Profile

from domain.courses.model import WaypointKind
from domain.pacing.take_along import Passage, PlanToTake, Points
from infrastructure.take_along.gpx import place_of
from infrastructure.take_along.words import within

NUMBERS = {kind["messages_key"]: number for number, kind in Profile["messages"].items()}
MOST_POINTS = 6_000  # as watches of ten years ago take; 170 km by some 28 m
# Of a longer name small watches show nothing at all.
NAME_BYTES = 15
TITLE_BYTES = 47
LOWEST_M = -500.0
UNDATED = datetime(2020, 1, 1, tzinfo=UTC)  # FIT knows no course without dates
NO_LATER = datetime(2125, 1, 1, tzinfo=UTC)  # its seconds since 1989 have 32 bits, which are full in February 2126
DEVELOPMENT = 255  # the maker who is none: https://developer.garmin.com/fit/file-types/
SEMICIRCLES = 2**31 / 180
POINT_KINDS = {
    WaypointKind.AID_STATION: "aid_station",
    WaypointKind.CHECKPOINT: "checkpoint",
    WaypointKind.SUMMIT: "summit",
    WaypointKind.OTHER: "generic",
}
CAPABILITIES = 1 | 2 | 4 | 8 | 16 | 512  # processed, valid, time, distance, position, navigation


def course_fit(taken: PlanToTake) -> bytes:
    """The whole course, one point after the other as the plan passes them, and its places as course points.

    Raises CourseWithoutPositions.
    """
    points = taken.points(MOST_POINTS)
    start = dated(taken)
    encoder = Encoder()
    put(encoder, "file_id", type="course", manufacturer=DEVELOPMENT, product=0, serial_number=1, time_created=start)
    name = within(taken.course.name, TITLE_BYTES)
    put(encoder, "course", sport="running", name=name, capabilities=CAPABILITIES)
    put(encoder, "lap", **_lap(taken, points, start))
    put(encoder, "event", timestamp=start, event="timer", event_type="start", event_group=0)
    _records(encoder, taken, points, start)
    for number, passage in enumerate(taken.passages):
        put(encoder, "course_point", **_point(passage, number, taken, points, start))
    end = start + timedelta(seconds=round(points.seconds[-1]))
    put(encoder, "event", timestamp=end, event="timer", event_type="stop_disable_all", event_group=0)
    return bytes(encoder.close())


def dated(taken: PlanToTake) -> datetime:
    """When the plan starts, for a watch; 1 January 2020 for one without a start, and for one that FIT cannot tell.

    Of a course only the differences count.
    """
    starts_at = taken.plan.starts_at
    return UNDATED if starts_at is None or starts_at >= NO_LATER else starts_at.astimezone(UTC)


def put(encoder: Encoder, kind: str, **values: Any) -> None:
    """Write one message; what is None is left out."""
    encoder.write_mesg({"mesg_num": NUMBERS[f"{kind}_mesgs"], **values})


def _lap(taken: PlanToTake, points: Points, start: datetime) -> dict[str, Any]:
    seconds, metres = float(points.seconds[-1]), float(points.distance_m[-1])
    ground, high = taken.ground, taken.ground.profile.has_altitude
    return {
        "timestamp": start + timedelta(seconds=round(seconds)),
        "start_time": start,
        "start_position_lat": round(points.latitude[0] * SEMICIRCLES),
        "start_position_long": _semicircles(points.longitude[0]),
        "end_position_lat": round(points.latitude[-1] * SEMICIRCLES),
        "end_position_long": _semicircles(points.longitude[-1]),
        "total_elapsed_time": seconds,
        "total_timer_time": seconds,
        "total_distance": metres,
        "total_ascent": min(round(ground.ascent_m), 65_000) if high else None,
        "total_descent": min(round(ground.descent_m), 65_000) if high else None,
    }


def _records(encoder: Encoder, taken: PlanToTake, points: Points, start: datetime) -> None:
    high = taken.ground.profile.has_altitude
    columns = (points.distance_m, points.latitude, points.longitude, points.altitude_m, points.seconds)
    for metres, latitude, longitude, altitude, seconds in zip(*(one.tolist() for one in columns), strict=True):
        put(
            encoder,
            "record",
            timestamp=start + timedelta(seconds=round(seconds)),
            position_lat=round(latitude * SEMICIRCLES),
            position_long=_semicircles(longitude),
            distance=metres,
            altitude=max(altitude, LOWEST_M) if high else None,
        )


def _point(passage: Passage, number: int, taken: PlanToTake, points: Points, start: datetime) -> dict[str, Any]:
    place = passage.waypoint
    latitude, longitude = place_of(place, points)
    behind = float(taken.arrivals(np.array([place.distance_m]))[0])
    seconds = behind if passage.arrival_s is None else passage.arrival_s
    return {
        "message_index": number,
        "timestamp": start + timedelta(seconds=round(seconds)),
        "position_lat": round(latitude * SEMICIRCLES),
        "position_long": _semicircles(longitude),
        "distance": min(place.distance_m, taken.ground.length_m),
        "type": POINT_KINDS[place.kind],
        "name": within(place.name, NAME_BYTES) or "Place",
    }


def _semicircles(degrees: float) -> int:
    """A longitude; 180° east is 180° west, which 32 bits hold."""
    return (round(degrees * SEMICIRCLES) + 2**31) % 2**32 - 2**31
