"""How hard a run was: grade-adjusted pace, load against the runner's threshold, and what the heart paid for it."""

from dataclasses import dataclass

import numpy as np

from domain.analysis.effort_clock import EffortClock
from domain.analysis.graded import energy_j_per_kg, graded_distance_m
from domain.analysis.model import WARM_UP_S, GradeModel, Intensity, LoadMethod, Profile, RecordedTrack
from domain.analysis.trimp import trimp_load
from domain.physiology.model import Physiology
from domain.runs.limits import leaps

DECOUPLED_FROM_S = 1200.0
UNSTEADY_OVER = 1.05

NO_WAY = "The recording has no distances, or covers less than 10 m or more than 2,000 km: no pace or speed can be told."
# Nobody runs harder than at threshold for over an hour: that is what the word means. A tenth for the day's form.
HARDEST_HOUR = 1.1
BEYOND_THRESHOLD = (
    "This is more than anybody holds for an hour, so the threshold is set too low, and the load comes out too high."
)
CLIFF, CLIFF_SHARE = 1.0, 0.01
DOUBTFUL_ALTITUDES = "its altitudes are doubtful, and with them ascent, grade-adjusted pace and load."
NO_SLOPES = "Without altitudes there is no grade-adjusted pace and no energy; the rest counts the ground as level."
NO_FIGURES = "There is no load: set the threshold pace, or the maximum heart rate, with setPhysiology."
NO_SPEED = "Without a speed, a load takes a recorded heart rate, and its maximum set with setPhysiology."
NO_MOVEMENT = "The runner did not move while the recording ran: there is nothing to tell a speed from."
NO_HEART = "Heart rate is known for less than 80 % of the moving time: no efficiency factor and no decoupling."
TOO_SHORT = "Aerobic decoupling takes 20 min of movement, of which the first 5 are left out: this run is shorter."
HALF_A_HEART = "Heart rate is known for less than 80 % of one of the halves: no aerobic decoupling."
STOOD_FIRST = "The runner stood for the first of the two halves: no aerobic decoupling."


@dataclass(frozen=True, slots=True)
class _Effort:
    """A run's load with the way to it, and the share of the threshold that it was run at."""

    load: float | None = None
    method: LoadMethod | None = None
    intensity_factor: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heart:
    """What the heart paid: graded metres a beat, and how many percent fewer of them in the second half."""

    efficiency_factor: float | None = None
    decoupling_percent: float | None = None
    notes: tuple[str, ...] = ()


def intensity_of(track: RecordedTrack, profile: Profile | None, physiology: Physiology | None) -> Intensity:
    """The intensity of one run, from its profile and the figures of its runner that were valid on its day.

    - Grade-adjusted pace, s/km, by both models: moving time over graded distance (`graded_distance_m`), None without
      altitudes. Energy, J/kg: `energy_j_per_kg`.
    - Normalised graded speed (NGS), m/s: `EffortClock.normalized_speed`. Intensity factor: NGS over the speed at
      threshold, which is the threshold pace's, else the critical speed.
    - Load: rTSS = hours · IF² · 100, of the hours that NGS is told from, else TRIMP (`trimp_load`), else None.
    - Efficiency factor: NGS in m/min over the mean heart rate in bpm, so graded metres a heartbeat.
    - Aerobic decoupling, %: 100 · (EF₁ − EF₂) / EF₁ of the halves by the effort clock, from 20 min of movement on,
      after the first 5 min.

    `notes` say what these stand on, and why one is None. NGS and what follows count level ground where no altitude is
    known. Sources: Coggan's TSS as Skiba 2006 and its users brought it to running; Friel for EF and decoupling.
    """
    moving_s = float(track.moving_s.sum())
    clock = EffortClock.of(track, profile) if profile else None
    if profile is None or clock is None or clock.total_s <= 0:
        return _without_speed(track, physiology, NO_WAY if profile is None else NO_MOVEMENT)
    speed = clock.normalized_speed(0.0, clock.total_s)
    effort = _effort(track, speed, clock.total_s, physiology)
    heart = _heart(clock)
    sloped = profile.has_altitude
    return Intensity(
        graded_pace_s_per_km=_graded_pace(moving_s, profile, GradeModel.HEART_RATE) if sloped else None,
        graded_pace_minetti_s_per_km=_graded_pace(moving_s, profile, GradeModel.MINETTI) if sloped else None,
        normalized_graded_speed_m_per_s=speed,
        intensity_factor=effort.intensity_factor,
        load=effort.load,
        load_method=effort.method,
        efficiency_factor=heart.efficiency_factor,
        decoupling_percent=heart.decoupling_percent,
        energy_j_per_kg=energy_j_per_kg(profile) if sloped else None,
        notes=(*_ground(track, profile, moving_s), *effort.notes, *heart.notes),
    )


def _without_speed(track: RecordedTrack, physiology: Physiology | None, why: str) -> Intensity:
    effort = _by_heart_rate(track, physiology, NO_SPEED)
    return Intensity(None, None, None, None, effort.load, effort.method, None, None, None, (why, *effort.notes))


def _graded_pace(moving_s: float, profile: Profile, model: GradeModel) -> float:
    return moving_s / float(graded_distance_m(profile, model)[-1]) * 1000


def _ground(track: RecordedTrack, profile: Profile, moving_s: float) -> tuple[str, ...]:
    """What paces and energy stand on."""
    slopes = (
        f"Grade-adjusted pace counts {moving_s:,.0f} s of moving time, and grades of altitudes every "
        f"{profile.step_m:.1f} m, averaged over 50 m. Energy is Minetti's for running, along the slope."
    )
    cliffs = float(np.mean(np.abs(profile.grade) > CLIFF))
    too_steep = f"Over {cliffs:.0%} of the way the ground is steeper than 100 %: {DOUBTFUL_ALTITUDES}"
    leapt = int(leaps(track.samples.time_s, track.samples.distance_m).sum())
    left_out = f"Places where the position leaps faster than anybody runs are not judged: {leapt}."
    doubts = [*([left_out] if leapt else []), *([too_steep] if cliffs >= CLIFF_SHARE else [])]
    return (slopes if profile.has_altitude else NO_SLOPES, *doubts)


def _effort(track: RecordedTrack, speed: float, seconds: float, physiology: Physiology | None) -> _Effort:
    """Load of the seconds that the normalised speed was told from."""
    threshold, note = _threshold_speed(physiology)
    if threshold is None:
        return _by_heart_rate(track, physiology, NO_FIGURES)
    factor = speed / threshold
    beyond = (BEYOND_THRESHOLD,) if factor > HARDEST_HOUR and seconds >= 3600 else ()
    return _Effort(seconds / 3600 * factor**2 * 100, LoadMethod.RTSS, factor, (note, *beyond))


def _threshold_speed(physiology: Physiology | None) -> tuple[float | None, str]:
    """Metres a second at threshold, and what it was taken from."""
    if physiology and physiology.threshold_pace_s_per_km:
        pace = physiology.threshold_pace_s_per_km
        return 1000 / pace, f"Load is rTSS against the threshold pace of {pace:.0f} s/km."
    if physiology and physiology.critical_speed_m_per_s:
        speed = physiology.critical_speed_m_per_s
        return speed, f"Load is rTSS against the critical speed of {speed:.2f} m/s: no threshold pace is set."
    return None, ""


def _by_heart_rate(track: RecordedTrack, physiology: Physiology | None, without: str) -> _Effort:
    """TRIMP; `without` says what would make a load where there is none."""
    if physiology is None:
        return _Effort(notes=(without,))
    trimp = trimp_load(track, physiology)
    if trimp.load is None:
        return _Effort(notes=(without, *trimp.notes))
    return _Effort(trimp.load, LoadMethod.TRIMP, notes=trimp.notes)


def _heart(clock: EffortClock) -> _Heart:
    factor = _efficiency_factor(clock, 0.0, clock.total_s)
    if factor is None:
        return _Heart(notes=(NO_HEART,))
    if clock.total_s < DECOUPLED_FROM_S:
        return _Heart(factor, notes=(TOO_SHORT,))
    half_s = (WARM_UP_S + clock.total_s) / 2
    first = _efficiency_factor(clock, WARM_UP_S, half_s)
    second = _efficiency_factor(clock, half_s, clock.total_s)
    if first is None or second is None:
        return _Heart(factor, notes=(HALF_A_HEART,))
    if first <= 0:
        return _Heart(factor, notes=(STOOD_FIRST,))
    return _Heart(factor, 100 * (first - second) / first, _steadiness(clock))


def _efficiency_factor(clock: EffortClock, start_s: float, end_s: float) -> float | None:
    heart_rate = clock.heart_rate(start_s, end_s)
    return clock.normalized_speed(start_s, end_s) * 60 / heart_rate if heart_rate else None


def _steadiness(clock: EffortClock) -> tuple[str, ...]:
    """A warning where effort went up and down: decoupling is meant for steady running."""
    mean = clock.graded_speed(WARM_UP_S, clock.total_s)
    unsteady = clock.normalized_speed(WARM_UP_S, clock.total_s) / mean
    if unsteady <= UNSTEADY_OVER:
        return ()
    return (f"The effort was unsteady (normalised over mean graded speed {unsteady:.2f}): decoupling says less of it.",)
