"""Hilly runs whose heart rate follows the ground, so that their segments are scored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tests.factories.recordings import EARTH_RADIUS_M, Course, fit_bytes

FIRST = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
EVERY_S = 5
LAG_S = 20


def a_scored_course(
    nth: int = 0, *, days: float | None = None, at: datetime | None = None, minutes: int = 50
) -> Course:
    """Steep hills, the `nth` of their kind; begins at some instant, or else `nth` days (or `days`) after FIRST."""
    chance = np.random.default_rng(nth)
    time_s = np.arange(0.0, minutes * 60 + 1, EVERY_S)
    hill_s = np.repeat(chance.uniform(60, 110, minutes), 60 // EVERY_S)[: time_s.size - 1]
    phase = np.concatenate(([0.0], np.cumsum(np.pi * EVERY_S / hill_s)))
    speed = np.round(2.9 - 0.6 * np.cos(phase) + chance.normal(0, 0.03, time_s.size), 3)
    distance = np.round(np.concatenate(([0.0], np.cumsum(speed[1:] * EVERY_S))), 2)
    steepness = chance.uniform(0.09, 0.13)
    climb = steepness * np.cos(phase) * speed * EVERY_S
    effort = np.interp(time_s - LAG_S, time_s, speed * (1 + 4.5 * steepness * np.cos(phase)))
    heart_rate = np.round(95 + chance.uniform(17, 20) * effort + chance.normal(0, 1, time_s.size))
    return Course(
        time_s=time_s,
        latitude=np.round(47.05 + np.degrees(distance / EARTH_RADIUS_M), 7),
        longitude=np.full(time_s.size, 8.3),
        altitude_m=np.round((640 + np.cumsum(climb)) * 5) / 5,
        distance_m=distance,
        speed_m_per_s=speed,
        heart_rate_bpm=heart_rate,
        cadence_spm=np.full(time_s.size, 172.0),
        started_at=at or FIRST + timedelta(days=nth if days is None else days),
    )


def a_scored_file(nth: int = 0, **how: Any) -> tuple[str, bytes]:
    """That course as a watch writes it, with its name."""
    return f"{nth:02}.fit", fit_bytes(a_scored_course(nth, **how))


def a_file_without_heart_rate(nth: int = 0) -> tuple[str, bytes]:
    """One of these runs, without a sensor."""
    course = a_scored_course(nth)
    course.heart_rate_bpm[:] = 0
    return f"{nth:02}.fit", fit_bytes(course)


def a_file_of_a_slipped_sensor(nth: int = 0) -> tuple[str, bytes]:
    """One of these runs, whose sensor tells anything but the heart rate."""
    course = a_scored_course(nth)
    course.heart_rate_bpm[:] = np.round(np.random.default_rng(nth).normal(150, 8, course.time_s.size))
    return f"{nth:02}.fit", fit_bytes(course)


def a_file_of_a_climb() -> tuple[str, bytes]:
    """A run that goes up and never down."""
    course = a_scored_course()
    course.altitude_m[:] = 400 + course.distance_m / 10
    return "climb.fit", fit_bytes(course)
