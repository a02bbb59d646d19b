"""The ground of a course, made of the points along it as an analysis makes a run's: resampled and smoothed alike."""

import numpy as np

from domain.analysis.model import STEEPEST_GROUND, Profile
from domain.analysis.profile import grid_m, profile_of
from domain.courses.model import CourseGround
from domain.courses.refusals import (
    LONGEST_GAP_M,
    LONGEST_M,
    SHORTEST_M,
    AltitudesMissing,
    CourseCliff,
    CourseLength,
    CourseTooSteep,
    NoAltitudes,
    NoDistances,
)
from domain.runs.ascent import as_stored, ascent_and_descent
from domain.runs.recording import Floats, Samples


def ground_of(samples: Samples) -> CourseGround:
    """The ground that points lead over, on a grid of at most 5 m from 0 to the last of their distances.

    The altitudes are those of `profile_of` (interpolated, a centred 50 m mean); ascent and descent count by turning
    points of 3 m over the altitudes as they were recorded, which is what a run's count by. Positions are interpolated
    along the way, across the 180th meridian too; None when fewer than two are known.

    Raises NoDistances, CourseLength outside of 100 m to 500 km, NoAltitudes, AltitudesMissing when no altitude is
    known over more than 2 km, CourseTooSteep when it goes up and down by more than it goes along, CourseCliff when a
    step of the grid is steeper than 300 %.
    """
    if not samples.has_distance:
        raise NoDistances
    length_m = float(samples.distance_m[-1])
    if not SHORTEST_M <= length_m <= LONGEST_M:
        raise CourseLength(length_m)
    _require_altitudes(samples, length_m)
    profile = profile_of(samples)
    climbed = ascent_and_descent(as_stored(samples.altitude_m))
    if profile is None or climbed is None or not profile.has_altitude:
        raise NoAltitudes
    _require_slopes(profile, length_m)
    latitude, longitude = _positions(samples, grid_m(profile)) or (None, None)
    ascent_m, descent_m = (round(metres, 3) for metres in climbed)  # whole millimetres, as a run's are
    return CourseGround(profile, latitude, longitude, ascent_m, descent_m)


def _require_altitudes(samples: Samples, length_m: float) -> None:
    known_m = samples.distance_m[np.isfinite(samples.altitude_m)]
    if known_m.size < 2 or known_m[0] == known_m[-1]:
        raise NoAltitudes
    places_m = np.concatenate(([0.0], known_m, [length_m]))
    longest = int(np.argmax(np.diff(places_m)))
    if places_m[longest + 1] - places_m[longest] > LONGEST_GAP_M:
        raise AltitudesMissing(float(places_m[longest]), float(places_m[longest + 1]))


def _require_slopes(profile: Profile, length_m: float) -> None:
    up_and_down_m = float(np.abs(np.diff(profile.altitude_m)).sum())
    if up_and_down_m > length_m:
        raise CourseTooSteep(up_and_down_m, length_m)
    steepest = int(np.argmax(np.abs(profile.grade)))
    if abs(profile.grade[steepest]) > STEEPEST_GROUND:
        raise CourseCliff(steepest * profile.step_m, float(profile.grade[steepest]))


def _positions(samples: Samples, grid: Floats) -> tuple[Floats, Floats] | None:
    """Latitude and longitude at each place of the grid."""
    known = np.isfinite(samples.latitude) & np.isfinite(samples.longitude)
    places_m, first = np.unique(samples.distance_m[known], return_index=True)
    if places_m.size < 2:
        return None
    latitude = np.interp(grid, places_m, samples.latitude[known][first])
    # Unrolled, so that the way from 179.9° to -179.9° is a short one.
    longitude = np.interp(grid, places_m, np.unwrap(samples.longitude[known][first], period=360.0))
    return latitude, (longitude + 180.0) % 360.0 - 180.0
