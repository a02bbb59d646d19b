"""The stretches that a run falls into, each with what it took: they tile the run and add up to it."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from domain.analysis.along import (
    between,
    heart_rates,
    known_at,
    mean_while_moving,
    reached_at,
    speed_while_moving,
)
from domain.analysis.graded import graded_at_points_m
from domain.analysis.model import GRADE_BAND, STEEPEST_GROUND, Profile, RecordedTrack, Segments
from domain.analysis.movement import movement_of
from domain.analysis.profile import grid_m
from domain.analysis.steps import running_total
from domain.runs.ascent import cumulative_ascent_and_descent
from domain.runs.recording import Floats, Samples


def segments_of(track: RecordedTrack, profile: Profile, cuts: NDArray[np.int64]) -> Segments:
    """The run's stretches between `cuts` (steps of the profile's grid, the first 0, the last its end): m of them.

    They start at 0 and end at the run's end, in metres and in seconds; lengths, durations, moving seconds, ascents and
    descents add up to the run's, because each is the difference of a running total (ascents by turning points over the
    whole run, zeros without altitudes). Standing at a cut belongs to the stretch after it. Speeds are metres over
    seconds of movement, grade-adjusted by the heart-rate based factor; gaps in the recording and leaps of the position
    are in neither, so a stretch of nothing else has speed 0 and is STANDING. Means of heart rate (25–250 bpm are
    believed) and cadence (of both legs) are weighted by moving time. Altitudes and mean grade are the profile's; the
    band of a grade beyond ±3, which altitudes gone wrong make, is that of ±3.
    """
    samples = track.samples
    edges_m = grid_m(profile)[cuts]
    edges_s = reached_at(samples, edges_m)
    heart_rate = heart_rates(samples)
    at_edges = known_at(samples, heart_rate, edges_s)
    speed = speed_while_moving(track, samples.distance_m, edges_s)
    cadence, _ = mean_while_moving(track, samples.cadence_spm, edges_s)
    mean_grade = np.diff(profile.altitude_m[cuts]) / np.diff(edges_m)
    return Segments(
        start_m=edges_m[:-1],
        end_m=edges_m[1:],
        start_s=edges_s[:-1],
        duration_s=np.diff(edges_s),
        moving_s=between(samples, running_total(track.moving_s), edges_s),
        mean_grade=mean_grade,
        grade_band=np.rint(np.clip(mean_grade, -STEEPEST_GROUND, STEEPEST_GROUND) / GRADE_BAND).astype(np.int64),
        movement=movement_of(speed, cadence),
        speed_m_per_s=speed,
        graded_speed_m_per_s=speed_while_moving(track, graded_at_points_m(samples, profile), edges_s),
        average_heart_rate=mean_while_moving(track, heart_rate, edges_s)[0],
        start_heart_rate=at_edges[:-1],
        end_heart_rate=at_edges[1:],
        cadence=cadence,
        **_heights(samples, profile, cuts, edges_s),
        **_places(samples, edges_s),
    )


class _Heights(TypedDict):
    ascent_m: Floats
    descent_m: Floats
    ascent_before_m: Floats
    descent_before_m: Floats
    start_altitude_m: Floats
    altitude_change_m: Floats


def _heights(samples: Samples, profile: Profile, cuts: NDArray[np.int64], edges_s: Floats) -> _Heights:
    nothing = np.zeros(len(samples))
    up, down = cumulative_ascent_and_descent(samples.altitude_m) or (nothing, nothing)
    altitude = profile.altitude_m[cuts] if profile.has_altitude else np.full(cuts.size, np.nan)
    return _Heights(
        ascent_m=between(samples, up, edges_s),
        descent_m=between(samples, down, edges_s),
        ascent_before_m=np.interp(edges_s[:-1], samples.time_s, up),
        descent_before_m=np.interp(edges_s[:-1], samples.time_s, down),
        start_altitude_m=altitude[:-1],
        altitude_change_m=np.diff(altitude),
    )


class _Places(TypedDict):
    start_latitude: Floats
    start_longitude: Floats
    end_latitude: Floats
    end_longitude: Floats


def _places(samples: Samples, edges_s: Floats) -> _Places:
    """Positions at the edges; a longitude goes on past ±180° on its way across the date line, then is turned back."""
    latitude = known_at(samples, samples.latitude, edges_s)
    turned = samples.longitude.copy()
    known = np.isfinite(turned)
    turned[known] = np.unwrap(turned[known], period=360.0)
    longitude = (known_at(samples, turned, edges_s) + 180.0) % 360.0 - 180.0
    return _Places(
        start_latitude=latitude[:-1],
        start_longitude=longitude[:-1],
        end_latitude=latitude[1:],
        end_longitude=longitude[1:],
    )
