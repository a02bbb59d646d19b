"""Tracks made of slopes and speeds, and the stretches that they fall into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from domain.analysis.model import Profile, RecordedTrack, Segments
from domain.analysis.profile import profile_of
from domain.analysis.segments import segments_of
from domain.analysis.terrain import terrain_cuts
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Floats
from tests.factories.recordings import a_recording

HILLS_EVERY_M = 1000.0


@dataclass(frozen=True)
class Understood:
    """A track with its profile, cuts and segments."""

    track: RecordedTrack
    profile: Profile
    cuts: np.ndarray
    segments: Segments


def a_track(
    *, active: Sequence[tuple[float, float]] | None = None, **channels: Sequence[float] | Floats
) -> RecordedTrack:
    """A track of these channels; what is not given is missing."""
    recording = a_recording(active=active, **channels)
    return RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))


def understood(track: RecordedTrack, cuts: np.ndarray | None = None) -> Understood:
    """The track, cut where its terrain changes, or at these steps of its profile."""
    profile = profile_of(track.samples)
    assert profile is not None
    cuts = terrain_cuts(profile) if cuts is None else cuts
    return Understood(track, profile, cuts, segments_of(track, profile, cuts))


def hills(distance_m: Floats, steepness: float = 0.08) -> Floats:
    """Altitudes of a saw: 500 m up at this grade, 500 m down."""
    return 500 + steepness * np.abs((distance_m + HILLS_EVERY_M / 2) % HILLS_EVERY_M - HILLS_EVERY_M / 2)


def a_run_over_hills(
    seconds: int = 5400,
    *,
    steepness: float = 0.08,
    heart_rate: Callable[[Floats], Floats] | None = None,
    **channels: Floats,
) -> RecordedTrack:
    """Three metres a second over hills; the heart rate is a function of the effort (graded speed) 20 s ago, m/s."""
    time_s = np.arange(seconds + 1, dtype=np.float64)
    altitude_m = hills(3 * time_s, steepness)
    up = np.diff(altitude_m, append=altitude_m[-1]) > 0
    effort = np.interp(time_s - 20, time_s, np.where(up, 4.0, 2.6))
    follows = heart_rate or (lambda effort: 90 + 15 * effort)
    given = {"time_s": time_s, "distance_m": 3 * time_s, "altitude_m": altitude_m, "heart_rate_bpm": follows(effort)}
    return a_track(**(given | channels))
