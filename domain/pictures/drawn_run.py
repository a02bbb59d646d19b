"""One run as it is drawn: its way in at most some hundred points, and how efficient each stretch of it was."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.runs.recording import Floats
from domain.runs.states import AnalysisState
from domain.zones.model import EfficiencyZone, ZoneMethod, ZoneReason
from domain.zones.standing import FEWEST, zone_among

# A zone, or why there is none; None as long as zones have not been worked out.
Standing = EfficiencyZone | ZoneReason | None


@dataclass(frozen=True, slots=True)
class DrawnStretch:
    """One of the stretches that tile a run; metres count from its start, `grade_band` is a multiple of 2.5 %."""

    start_m: float
    end_m: float
    moving_s: float
    grade_band: int
    among_similars: Standing
    among_grade: Standing

    @property
    def length_m(self) -> float:
        """How long it is, never below 0."""
        return max(self.end_m - self.start_m, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The recorded way as parallel arrays of one length, NaN where a value is not known."""

    distance_m: Floats
    altitude_m: Floats
    heart_rate_bpm: Floats
    graded_speed_m_per_s: Floats

    def from_its_start(self) -> "Way":
        """The points whose distance is known, counted from the first of them and never falling."""
        known = np.isfinite(self.distance_m)
        distance = np.maximum.accumulate(self.distance_m[known]) if known.any() else self.distance_m[known]
        return Way(
            distance - distance[:1].sum(),
            self.altitude_m[known],
            self.heart_rate_bpm[known],
            self.graded_speed_m_per_s[known],
        )


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRun:
    """What pictures of a run show. `way` is None for a run by hand; `day` is that of the athlete's time zone."""

    name: str
    day: date
    distance_m: float
    moving_time_s: float
    ascent_m: float | None
    analysis: AnalysisState | None
    method: ZoneMethod
    way: Way | None
    stretches: tuple[DrawnStretch, ...]

    def missing(self) -> str | None:
        """Why there is nothing to judge, in words for the runner; None when there are stretches."""
        if self.way is None:
            return "This run was entered by hand: there is no recording to draw."
        if self.analysis is AnalysisState.FAILED:
            return "This recording could not be analysed, so there are no zones."
        if self.analysis is not AnalysisState.DONE:
            return "The analysis is not there yet: it follows an import by itself. Look again in a moment."
        return (
            None
            if self.stretches
            else "There are no stretches to judge: the recording is too short, or has no distances."
        )


def reason_by(method: ZoneMethod, reason: ZoneReason | None, grade_count: int | None) -> ZoneReason | None:
    """Why `method` has no score for a stretch whose own score is missing for `reason`.

    The older method has no gate: it scores whatever has a heart rate, so where nobody was counted that was missing.
    """
    if method is ZoneMethod.NATIVE:
        return reason
    return ZoneReason.NO_HEART_RATE if grade_count == 0 else None


def standing(rank: int | None, count: int | None, reason: ZoneReason | None, method: ZoneMethod) -> Standing:
    """A stretch's zone by its rank among `count` members, or why it has none.

    `reason` is why its score is missing, if it is, and then nothing else counts: ranks may be older than that. A rank
    of None means that zones have not been worked out.
    """
    if reason is not None or rank is None or count is None:
        return reason
    zone = zone_among(rank, count, fewest=FEWEST[method])
    return ZoneReason.NOT_ENOUGH_DATA if zone is EfficiencyZone.NOT_ENOUGH_DATA else zone
