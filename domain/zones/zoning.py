"""All zones of one athlete by the native method: from segments as they are stored to ranks as they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from domain.runs.recording import Floats
from domain.zones.calibration import Calibration, calibration_runs, fit_calibration
from domain.zones.history import Before, Flags, Standing, Stretches
from domain.zones.population import next_change_s, rejudge

VERSION = 1  # of likeness, ranks and calibration: what another one told is told anew


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSegments:
    """An athlete's scored segments, in the order of their runs: `stretches` with the native score.

    `start_s` (m,) is where in its run's time a segment begins.
    """

    start_s: Floats
    stretches: Stretches


@dataclass(frozen=True, slots=True, eq=False)
class Zoned:
    """Where all segments stand, with the scores that were judged; `changed` (m,) says for which of them that is news.

    `known` is what the next time has to know, as plain values for JSON. `next_change_s` is when a run leaves the year,
    in seconds since 1970; None when none will.
    """

    score: Floats
    detrended: Floats
    standing: Standing
    changed: Flags
    known: Mapping[str, Any]
    next_change_s: float | None


def zone(segments: ScoredSegments, now_s: float, before: Before | None, known: Mapping[str, Any]) -> Zoned:
    """Judge an athlete's m segments at `now_s`, seconds since 1970.

    `known` and `before` are of the last time, {} and None when there was none, or when segments went or changed since.
    The result is the same either way: what was known only saves work. A new calibration judges everything anew.
    """
    native = segments.stretches
    calibration = _calibration(segments)
    if known.get("version") != VERSION or _calibration_of(known) != calibration:
        before = None
    score = native.score if calibration is None else calibration.calibrated(native.score, native.mean_grade)
    stretches = replace(native, score=score)
    standing, changed = rejudge(stretches, now_s, before)
    return Zoned(
        score=score,
        detrended=score
        if calibration is None
        else calibration.detrended(native.score, native.mean_grade, segments.start_s),
        standing=standing,
        changed=changed,
        known={
            "version": VERSION,
            "calibration": None if calibration is None else calibration.as_dict(),
            "yardstick": standing.yardstick.tolist(),
        },
        next_change_s=next_change_s(stretches, now_s),
    )


def _calibration_of(known: Mapping[str, Any]) -> Calibration | None:
    """That of the last time, read back: JSON has no tuples, so what is plain does not compare with what is not."""
    plain = known["calibration"]
    return None if plain is None else Calibration.from_dict(plain)


def _calibration(segments: ScoredSegments) -> Calibration | None:
    stretches = segments.stretches
    if not len(stretches):
        return None
    runs, counts = np.unique(stretches.run, return_counts=True)
    fitted_on = calibration_runs(counts)
    if fitted_on == 0:
        return None
    rows = stretches.run <= runs[fitted_on - 1]
    return fit_calibration(
        stretches.score[rows], stretches.mean_grade[rows], segments.start_s[rows], stretches.run[rows]
    )
