"""A run along its way: the altitude coloured by efficiency zone, and below it heart rate and grade-adjusted pace."""

from collections.abc import Callable

import numpy as np

from domain.pictures.drawn_run import DrawnRun, DrawnStretch, Way
from domain.pictures.heading import LEFT, RIGHT, WIDTH, heading, said, totals
from domain.pictures.legend import legend
from domain.pictures.look import Theme, colour_class, style_sheet, words_for
from domain.pictures.scale import Scale, around, as_distance, as_grade, as_number, as_pace, pace_step, round_step
from domain.pictures.shares import in_words, shares
from domain.pictures.svg import curve, document, line, polygon, text
from domain.runs.recording import Floats

ALTITUDE = (104.0, 312.0)
HEART = (350.0, 432.0)
PACE = (470.0, 552.0)
LEGEND = 610.0
LEAST_CLIMB_M = 40.0  # a flat run is drawn flat, not as its own noise
LEAST_BEATS = 20.0
LEAST_PACE_S = 60.0
SLOWEST_S_PER_KM = 1200.0  # slower than anybody walks: standing, which has no pace
MEANS = 250


def profile_picture(run: DrawnRun, theme: Theme | None = None) -> str:
    """The SVG of a run's profile; without `theme` it looks as the reader's system does. What lacks is told in it."""
    way = None if run.way is None else run.way.from_its_start()
    if way is None or way.distance_m.size == 0 or way.distance_m[-1] <= 0:
        why = "The recording has no distances, so there is no way to draw it along."
        return _picture(run, theme, [said(130, why if run.way is not None else str(run.missing()))], 200)
    along = Scale(0.0, float(way.distance_m[-1]), LEFT, RIGHT)
    zones, reasons = shares((one.among_similars, one.length_m, one.moving_s) for one in run.stretches)
    key, height = legend(zones, reasons, LEGEND, run)
    panels = [*_altitude(run, way, along), *_heart_rate(way, along), *_graded_pace(way, along)]
    parts = [*_kilometres(along), *panels, *key]
    return _picture(run, theme, parts, height)


def means_along(distance_m: Floats, values: Floats, pieces: int) -> tuple[Floats, Floats]:
    """The means (m,) of the known `values` (n,) over even pieces of the way, and the metres they stand for.

    m ≤ `pieces`: pieces without a point are left out, and one whose points have no value is NaN.
    """
    piece = np.minimum((distance_m / distance_m[-1] * pieces).astype(np.int64), pieces - 1)
    known = np.isfinite(values)
    visited = np.bincount(piece, minlength=pieces)
    counts = np.bincount(piece[known], minlength=pieces)
    sums = np.bincount(piece[known], values[known], minlength=pieces)
    means = np.divide(sums, counts, out=np.full(pieces, np.nan), where=counts > 0)
    places = np.bincount(piece, distance_m, minlength=pieces)
    there = visited > 0
    return places[there] / visited[there], means[there]


def _picture(run: DrawnRun, theme: Theme | None, parts: list[str], height: int) -> str:
    told = f"Profile of a run: {totals(run)}. "
    missing = run.missing()
    if missing is None:
        zones = shares((one.among_similars, one.length_m, one.moving_s) for one in run.stretches)
        told += f"Efficiency among similar stretches, by distance: {in_words(*zones)}."
    else:
        told += missing
    return document((WIDTH, height), run.name, told, style_sheet(theme), [*heading(run), *parts])


def _kilometres(along: Scale) -> list[str]:
    """Upright lines through every panel, and below the last one how far it is to them."""
    told: list[str] = []
    step = round_step(along.high / 1000, 10)
    for km in Scale(0.0, along.high / 1000, LEFT, RIGHT).ticks(step):
        x = along.at(km * 1000)
        told += [line(x, top, x, foot) for top, foot in (ALTITUDE, HEART, PACE)]
        told.append(text(x, PACE[1] + 18, f"{as_number(km, step)} km", anchor="middle"))
    return told


def _altitude(run: DrawnRun, way: Way, along: Scale) -> list[str]:
    title = _title("Altitude, m", ALTITUDE)
    ends = around(way.altitude_m, least_span=LEAST_CLIMB_M)
    if ends is None:
        return [title, said(sum(ALTITUDE) / 2, "The recording has no altitude.")]
    low, high, step = ends
    up = Scale(low, high, ALTITUDE[1], ALTITUDE[0])
    known = np.isfinite(way.altitude_m)
    metres, altitude = way.distance_m[known], way.altitude_m[known]
    whole = DrawnStretch(float(metres[0]), float(metres[-1]), 0.0, 0, None, None)
    shapes = [_under(whole, metres, altitude, along, up, "plain", "")] if not run.stretches else []
    shapes += [
        _under(one, metres, altitude, along, up, colour_class(one.among_similars), _told(one)) for one in run.stretches
    ]
    ridge = curve(along.place(way.distance_m), up.place(way.altitude_m), "ridge")
    return [title, *_rules(up, step, lambda metres: as_number(metres, step)), *shapes, ridge]


def _under(one: DrawnStretch, metres: Floats, altitude: Floats, along: Scale, up: Scale, style: str, told: str) -> str:
    """The ground under a stretch, down to the panel's foot."""
    inside = (metres > one.start_m) & (metres < one.end_m)
    x = np.concatenate(([one.start_m], metres[inside], [one.end_m]))
    top = up.place(np.interp(x, metres, altitude))
    foot = np.full(2, up.start_px)
    corners = along.place(np.concatenate((x, x[[-1, 0]])))
    return polygon(corners, np.concatenate((top, foot)), style, told)


def _told(one: DrawnStretch) -> str:
    where = f"{one.start_m / 1000:.2f}–{one.end_m / 1000:.2f} km, {as_grade(one.grade_band)}"
    return f"{where}: {words_for(one.among_similars)}"


def _heart_rate(way: Way, along: Scale) -> list[str]:
    metres, beats = means_along(way.distance_m, way.heart_rate_bpm, MEANS)
    title = "Heart rate, bpm"
    ends = around(beats, least_span=LEAST_BEATS)
    if ends is None:
        return [_title(title, HEART), said(sum(HEART) / 2 + 5, "The recording has no heart rate.")]
    low, high, step = ends
    up = Scale(low, high, HEART[1], HEART[0])
    rules = _rules(up, step, lambda beats: as_number(beats, step))
    line_of_means = curve(along.place(metres), up.place(beats), "curve heart")
    return [_title(title + _means_of(along), HEART), *rules, line_of_means]


def _graded_pace(way: Way, along: Scale) -> list[str]:
    title = "Grade-adjusted pace, min/km"
    metres, speed = means_along(way.distance_m, way.graded_speed_m_per_s, MEANS)
    moving = np.where(np.isfinite(speed), speed, 0.0) > 1000 / SLOWEST_S_PER_KM
    pace = np.divide(1000.0, speed, out=np.full(speed.size, np.nan), where=moving)
    if not moving.any():
        return [_title(title, PACE), said(sum(PACE) / 2 + 5, "There is no grade-adjusted pace.")]
    # A few slow steps would flatten all the rest: what is slower than nearly all of it lies on the panel's foot.
    usual = pace[pace <= np.nanquantile(pace, 0.97)]
    step = pace_step(max(float(usual.max() - usual.min()), LEAST_PACE_S), 4)
    ends = around(usual, least_span=LEAST_PACE_S, step=step)
    assert ends is not None
    up = Scale(ends[0], ends[1], PACE[0], PACE[1])
    line_of_means = curve(along.place(metres), up.place(pace), "curve pace")
    return [_title(title + _means_of(along), PACE), *_rules(up, step, as_pace), line_of_means]


def _title(words: str, panel: tuple[float, float]) -> str:
    return text(24, panel[0] - 12, words, "head")


def _means_of(along: Scale) -> str:
    return f" (means of {as_distance(along.high / MEANS)})" if along.high >= MEANS else ""


def _rules(up: Scale, step: float, label: Callable[[float], str]) -> list[str]:
    """Level lines across a panel, with what they stand for."""
    told: list[str] = []
    for value in up.ticks(step):
        y = up.at(value)
        told += [line(LEFT, y, RIGHT, y), text(LEFT - 8, y + 4, label(value), anchor="end")]
    return told
