"""What TrailMetrics calls the efficiency of a stretch: speed made dearer by height, over heart rate and its drift."""

import numpy as np

from domain.runs.recording import Floats


def legacy_score(
    speed_m_per_s: Floats,
    altitude_change_m: Floats,
    duration_s: Floats,
    average_heart_rate: Floats,
    start_heart_rate: Floats,
    end_heart_rate: Floats,
) -> Floats:
    """(v·60)·(1 + |Δz|/t·60) / (HRavg·(1.5 + 0.5·tanh(HRend − HRstart))), in metres a heartbeat, roughly.

    All arrays have shape (m,), heart rates are bpm. NaN where an input is missing, where time or heart rate is not
    above 0, and where the result is not finite. It counts height climbed and height lost alike, and measures steepness
    as much as efficiency: it is here so that histories can be compared. TrailMetrics may multiply it by a constant (10
    when nothing else is set), which changes no zone. Source: TrailMetrics, efficiency service.
    """
    with np.errstate(all="ignore"):
        climbing = 1 + np.abs(altitude_change_m) / duration_s * 60
        drift = 1.5 + 0.5 * np.tanh(end_heart_rate - start_heart_rate)
        score = speed_m_per_s * 60 * climbing / (average_heart_rate * drift)
    sensible = np.isfinite(score) & (duration_s > 0) & (average_heart_rate > 0)
    return np.where(sensible, score, np.nan)
