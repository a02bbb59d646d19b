"""Runs to draw: one over two hills, of which a test changes what matters to it."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from domain.pictures.drawn_run import DrawnRun, DrawnStretch, Standing, Way
from domain.runs.states import AnalysisState
from domain.zones.model import ZoneMethod, ZoneReason
from domain.zones.standing import FIFTHS

STRETCH_M = 200.0
HOSTILE = [
    "</title><script>alert(1)</script>",
    '"><image href="https://example.org/x" onload="alert(1)"/>',
    "]]><!--",
    "&amp;&lt;&#x3c;&bomb;",
    "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "bell \x07 and \ufffe and \x1b[31m",
    "two\nlines\tand a \u202e turn",
    "𝕱𝖔𝖗𝖊𝖘𝖙 🏃 漢字",
    "",
]


def a_way(metres: float = 12_000.0, points: int = 600) -> Way:
    """Up and down over two hills, with a heart rate that follows."""
    along = np.linspace(0.0, metres, points)
    hills = np.sin(along / metres * 4 * np.pi - np.pi / 2)
    bumps = np.sin(along / 310) + 0.6 * np.sin(along / 97)
    return Way(
        distance_m=along,
        altitude_m=640 + 180 * hills + 40 * along / metres + 9 * bumps,
        heart_rate_bpm=np.clip(118 + 30 * (1 - np.exp(-along / 700)) + 11 * np.cos(along / 900) + 2 * bumps, 60, 200),
        graded_speed_m_per_s=3.0 + 0.25 * np.cos(along / 800) + 0.15 * bumps - 0.3 * along / metres,
    )


def a_stretch(start_m: float, among_similars: Standing, *, length_m: float = STRETCH_M, **more: Any) -> DrawnStretch:
    """One stretch, in the same zone among its grade unless told otherwise."""
    told = {"moving_s": length_m / 2.5, "grade_band": 0, "among_grade": among_similars} | more
    return DrawnStretch(start_m, start_m + length_m, among_similars=among_similars, **told)


def stretches_of(way: Way) -> tuple[DrawnStretch, ...]:
    """A run's stretches in every zone, the first of them in the warm-up."""
    starts = np.arange(0.0, float(way.distance_m[-1]) - 1, STRETCH_M)
    rises = np.diff(np.interp([*starts, starts[-1] + STRETCH_M], way.distance_m, way.altitude_m)) / STRETCH_M
    return tuple(
        a_stretch(
            float(start),
            ZoneReason.WARM_UP if number < 4 else FIFTHS[int(2 + 2.4 * np.sin(number * 0.31 + 0.5))],
            grade_band=round(float(rise) / 0.025),
            among_grade=ZoneReason.WARM_UP if number < 4 else FIFTHS[int(2 + 2.4 * np.cos(number * 0.23))],
        )
        for number, (start, rise) in enumerate(zip(starts, rises, strict=True))
    )


USUAL_WAY = a_way()


def a_drawn_run(way: Way | None = USUAL_WAY, **changed: Any) -> DrawnRun:
    """A run that is analysed and has its zones."""
    run = DrawnRun(
        name="Two hills before breakfast",
        day=date(2026, 5, 2),
        distance_m=12_000.0,
        moving_time_s=4_800.0,
        ascent_m=742.0,
        analysis=AnalysisState.DONE,
        method=ZoneMethod.NATIVE,
        way=way,
        stretches=stretches_of(USUAL_WAY),
    )
    return replace(run, **changed)


STEPS = st.one_of(st.integers(-(2**31), 2**31 - 1).map(lambda value: value / 10), st.just(float("nan")))
SMALL = st.one_of(st.integers(-32768, 32767).map(float), st.just(float("nan")))


@st.composite
def stored_runs(draw: st.DrawFn) -> DrawnRun:
    """Whatever the tables can hold, likely or not."""
    size = draw(st.integers(0, 8))
    columns = [draw(st.lists(kind, min_size=size, max_size=size)) for kind in (STEPS, STEPS, SMALL, STEPS)]
    finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
    standings = st.sampled_from([*FIFTHS, *ZoneReason, None])
    starts = draw(st.lists(finite, max_size=4))
    return a_drawn_run(
        Way(*(np.array(column, dtype=np.float64) for column in columns)),
        analysis=draw(st.sampled_from([*AnalysisState, None])),
        distance_m=draw(st.floats(0, 1e6)),
        stretches=tuple(
            a_stretch(start, draw(standings), length_m=draw(finite), grade_band=draw(st.integers(-32768, 32767)))
            for start in starts
        ),
    )
