"""One recorded run, understood: all that an analysis tells of it, from its points and the physiology of its day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from domain.analysis.d_prime import d_prime_balance
from domain.analysis.effort_clock import graded_speed_at_points
from domain.analysis.gate import Gate, efficiencies, gate
from domain.analysis.graded import grade_at_points
from domain.analysis.heart_rate_time import half_hour_heart_rate, seconds_in_zones
from domain.analysis.intensity import intensity_of
from domain.analysis.model import Intensity, Profile, RecordedTrack, Segments
from domain.analysis.profile import profile_of
from domain.analysis.segments import segments_of
from domain.analysis.terrain import terrain_cuts
from domain.physiology.model import ASSUMED_RESTING_HEART_RATE, Physiology
from domain.runs.recording import Floats
from domain.zones.model import ZoneReason

VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class RunUnderstood:
    """What a recorded run tells.

    `efficiency` and `reasons` have an entry for each segment, exactly one of the two known. `hour_of_day` is the
    athlete's clock at the start of each segment, 0 to 24. The streams have a value for each recorded point, or are None
    as a whole. `heart_rate_zones` are pairs of a zone's number and seconds.
    """

    version: int
    started_at: datetime
    physiology_from: date | None
    moving_time_s: float
    intensity: Intensity
    half_hour_heart_rate: float | None
    heart_rate_zones: tuple[tuple[int, float], ...]
    segments: Segments
    efficiency: Floats
    reasons: tuple[ZoneReason | None, ...]
    hour_of_day: Floats
    zone_reason: ZoneReason | None
    heart_rate_correlation: float | None
    grade: Floats | None
    graded_speed_m_per_s: Floats | None
    d_prime_balance_m: Floats | None
    notes: tuple[str, ...]

    @property
    def lowest_d_prime_m(self) -> float | None:
        """The least that was left of D′."""
        balance = self.d_prime_balance_m
        return None if balance is None or not np.isfinite(balance).any() else float(np.nanmin(balance))


def understand(track: RecordedTrack, physiology: Physiology | None, timezone: str) -> RunUnderstood:
    """All that `track` tells, judged by `physiology`; `timezone` is the athlete's, an IANA name.

    Never raises for what a recording may hold: what cannot be told is None, and a note or a reason says why.
    """
    profile = profile_of(track.samples)
    segments = _segments(track, profile)
    gated = gate(track, profile, segments if len(segments) else None)
    resting, assumed = _resting_heart_rate(physiology, gated)
    efficiency, reasons = efficiencies(track, segments, gated, resting)
    intensity = intensity_of(track, profile, physiology)
    speed = None if profile is None else graded_speed_at_points(track, profile)
    return RunUnderstood(
        version=VERSION,
        started_at=track.started_at,
        physiology_from=physiology.valid_from if physiology else None,
        moving_time_s=float(track.moving_s.sum()),
        intensity=intensity,
        half_hour_heart_rate=half_hour_heart_rate(track),
        heart_rate_zones=seconds_in_zones(track, physiology),
        segments=segments,
        efficiency=efficiency,
        reasons=reasons,
        hour_of_day=_hours(track.started_at, segments.start_s, timezone),
        zone_reason=gated.reason,
        heart_rate_correlation=gated.correlation,
        grade=None if profile is None else grade_at_points(track.samples, profile),
        graded_speed_m_per_s=speed,
        d_prime_balance_m=_balance(track, speed, physiology),
        notes=(*intensity.notes, *assumed),
    )


def _segments(track: RecordedTrack, profile: Profile | None) -> Segments:
    """None at all without a way: standing still has no terrain."""
    if profile is None:
        return Segments.none()
    return segments_of(track, profile, terrain_cuts(profile))


def _resting_heart_rate(physiology: Physiology | None, gated: Gate) -> tuple[float, tuple[str, ...]]:
    if physiology and physiology.resting_heart_rate:
        return physiology.resting_heart_rate, ()
    if gated.reason is not None:
        return ASSUMED_RESTING_HEART_RATE, ()
    return ASSUMED_RESTING_HEART_RATE, (
        f"No resting heart rate is known on this day: segments are scored with {ASSUMED_RESTING_HEART_RATE} bpm. "
        "Set it with setPhysiology.",
    )


def _hours(started_at: datetime, start_s: Floats, timezone: str) -> Floats:
    """The athlete's clock at each moment, as hours; a clock that is changed during the run is followed."""
    zone = ZoneInfo(timezone)
    local = [(started_at + timedelta(seconds=second)).astimezone(zone) for second in start_s.tolist()]
    return np.array([moment.hour + moment.minute / 60 + moment.second / 3600 for moment in local], dtype=np.float64)


def _balance(track: RecordedTrack, speed: Floats | None, physiology: Physiology | None) -> Floats | None:
    if speed is None or physiology is None or not (physiology.critical_speed_m_per_s and physiology.d_prime_m):
        return None
    steps_s = np.diff(track.samples.time_s)
    return d_prime_balance(speed, steps_s, physiology.critical_speed_m_per_s, physiology.d_prime_m)
