"""Runs of a known intensity: as even as a metronome, or changed from second to second."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from domain.analysis.intensity import intensity_of
from domain.analysis.model import Intensity, RecordedTrack
from domain.analysis.profile import profile_of
from domain.physiology.model import Physiology, Sex
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording
from tests.factories.recordings import a_recording

NOBODY = Physiology(valid_from=date(2024, 1, 1))
RUNNER = Physiology(
    valid_from=date(2024, 1, 1),
    sex=Sex.FEMALE,
    resting_heart_rate=50,
    max_heart_rate=190,
    threshold_heart_rate=170,
    threshold_pace_s_per_km=250,
    critical_speed_m_per_s=4.2,
)
HEART_ONLY = Physiology(
    valid_from=date(2024, 1, 1), sex=Sex.MALE, resting_heart_rate=50, max_heart_rate=190, threshold_heart_rate=170
)


def understood(recording: Recording, physiology: Physiology | None = RUNNER) -> Intensity:
    track = RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))
    return intensity_of(track, profile_of(recording.samples), physiology)


def a_run(
    seconds: int = 3600,
    speed: float | np.ndarray = 4.0,
    grade: float = 0.0,
    heart_rate: float | np.ndarray = 150.0,
    active: Sequence[tuple[float, float]] | None = None,
) -> Recording:
    """A point a second at one grade; `speed` and `heart_rate` may change from second to second, (seconds,)."""
    distance = np.concatenate(([0.0], np.cumsum(np.broadcast_to(speed, seconds))))
    beats = np.broadcast_to(heart_rate, seconds)
    return a_recording(
        time_s=np.arange(seconds + 1.0),
        distance_m=distance,
        altitude_m=500 + grade * distance,
        heart_rate_bpm=np.concatenate((beats[:1], beats)),
        active=active,
    )
