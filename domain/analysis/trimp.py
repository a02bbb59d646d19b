"""Training load by the heart alone: Banister's training impulse, on the scale where an hour at threshold is 100."""

from dataclasses import dataclass

import numpy as np

from domain.analysis.heart_rate_time import step_heart_rates
from domain.analysis.model import RecordedTrack
from domain.physiology.model import ASSUMED_RESTING_HEART_RATE, Physiology, Sex
from domain.runs.recording import Floats

HOUR_AT_THRESHOLD = 100.0
ASSUMED_THRESHOLD_RESERVE = 0.85
KNOWN_SHARE = 0.8

# Weight and exponent of the curve by which blood lactate rises with the heart-rate reserve in use.
CURVES = {Sex.MALE: (0.64, 1.92), Sex.FEMALE: (0.86, 1.67)}

NO_MAXIMUM = "TRIMP takes the maximum heart rate, which is not set for the day of this run."
NO_MOVEMENT = "There is no movement to work out a TRIMP from."
TOO_LITTLE_HEART = "Heart rate is known for less than 80 % of the moving time: no TRIMP."
ANY_SEX = "TRIMP takes the men's curve, as no sex is set."
ANY_RESTING = f"TRIMP assumes a resting heart rate of {ASSUMED_RESTING_HEART_RATE} bpm, as none is set."
ABOVE_MAXIMUM = "The heart beat faster than the maximum that is set: TRIMP counts it as the maximum."


@dataclass(frozen=True, slots=True)
class TrimpLoad:
    """A load, finite or None, and what it stands on or why there is none."""

    load: float | None
    notes: tuple[str, ...]


def banister_trimp(heart_rate: Floats, minutes: Floats, *, resting: float, maximum: float, sex: Sex) -> float:
    """Banister's training impulse, without a unit: Σ minutes · HRR · a·e^(b·HRR), sample by sample.

    `heart_rate` (bpm) and `minutes` have one shape, and no NaN; resting < maximum, bpm. HRR is the share of the
    heart-rate reserve, kept within 0…1; a and b are 0.64 and 1.92 for men, 0.86 and 1.67 for women. On a run's mean it
    would come out too low, for the curve is bent. Banister 1991 in "Physiological Testing of the High-Performance
    Athlete"; Morton et al. 1990, J Appl Physiol 69:1171, doi 10.1152/jappl.1990.69.3.1171.
    """
    weight, exponent = CURVES[sex]
    reserve = np.clip((heart_rate - resting) / (maximum - resting), 0.0, 1.0)
    return float(np.sum(minutes * reserve * weight * np.exp(exponent * reserve)))


def trimp_load(track: RecordedTrack, physiology: Physiology) -> TrimpLoad:
    """A run's TRIMP over its moving time, scaled so that one hour at the threshold heart rate is 100, as in rTSS.

    None without a maximum heart rate, and when the heart rate is known for less than 80 % of the moving time; what is
    missing up to there counts as the mean of the rest. Assumed when not set, and said in `notes`: a resting heart rate
    of 50 bpm; the men's curve; a threshold at 85 % of the heart-rate reserve, which stands for as much of the maximal
    oxygen uptake (Swain & Leutholtz 1997, Med Sci Sports Exerc 29:410), where trained runners have it (75–90 %: Joyner
    & Coyle 2008, doi 10.1113/jphysiol.2007.143834).
    """
    maximum = physiology.max_heart_rate
    if maximum is None:
        return TrimpLoad(None, (NO_MAXIMUM,))
    heart_rate = step_heart_rates(track.samples)
    measured = np.isfinite(heart_rate) & (track.moving_s > 0)
    moving_s, measured_s = float(track.moving_s.sum()), float(track.moving_s[measured].sum())
    if moving_s <= 0 or measured_s < KNOWN_SHARE * moving_s:
        return TrimpLoad(None, (NO_MOVEMENT if moving_s <= 0 else TOO_LITTLE_HEART,))
    resting, sex = physiology.resting_heart_rate or ASSUMED_RESTING_HEART_RATE, physiology.sex or Sex.MALE
    threshold = physiology.threshold_heart_rate or resting + ASSUMED_THRESHOLD_RESERVE * (maximum - resting)

    def trimp(beats: Floats, seconds: Floats) -> float:
        return banister_trimp(beats, seconds / 60, resting=resting, maximum=maximum, sex=sex)

    measured_load = trimp(heart_rate[measured], track.moving_s[measured])
    hour_at_threshold = trimp(np.array([threshold]), np.array([3600.0]))
    load = HOUR_AT_THRESHOLD * measured_load / hour_at_threshold * moving_s / measured_s
    notes = (*_stands_on(physiology, threshold), *_gaps_in(heart_rate[measured], maximum, measured_s / moving_s))
    return TrimpLoad(load, notes)


def _stands_on(physiology: Physiology, threshold: float) -> tuple[str, ...]:
    """The threshold that an hour of 100 is run at, and what was assumed."""
    beside = f"an hour at {threshold:.0f} bpm is 100"
    known = f"Load is TRIMP by heart rate: {beside}, the threshold heart rate."
    assumed = f"Load is TRIMP by heart rate: {beside}, taken as the threshold: 85 % of the heart-rate reserve."
    return (
        known if physiology.threshold_heart_rate else assumed,
        *(() if physiology.resting_heart_rate else (ANY_RESTING,)),
        *(() if physiology.sex else (ANY_SEX,)),
    )


def _gaps_in(heart_rate: Floats, maximum: int, known_share: float) -> tuple[str, ...]:
    """What the recording lacked, or had too much of."""
    share = f"{100 * known_share:.0f} %"
    missing = f"Heart rate is known for {share} of the moving time: TRIMP counts the rest as its mean."
    return (
        *((missing,) if known_share < 0.995 else ()),
        *((ABOVE_MAXIMUM,) if bool((heart_rate > maximum).any()) else ()),
    )
