"""One sport of a FIT file made into a recording: its points, pauses, laps and totals."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import DeviceTotals, Floats, Lap, Recording
from infrastructure.formats.fit_messages import FitMessages
from infrastructure.formats.points import Cleaned, Points, clean, heart_rate_or_none
from infrastructure.formats.sports import plain

# Times below this are seconds since the watch was switched on, not dates (FIT SDK, `date_time`; FIT counts from 1989).
FIRST_DATE = 631_065_600 + 0x10000000
TIMER = 0
START = 0
STOPS = (1, 4, 8, 9)


@dataclass(frozen=True, slots=True)
class FitSession:
    """One sport of a file: the `row` of its message (None when there is none), and the time [start, end) it owns."""

    row: int | None
    sport: str | None
    start: float = -math.inf
    end: float = math.inf

    def owns(self, epoch_s: Floats) -> NDArray[np.bool_]:
        """Which messages are this session's; those without a time go to the first, to be counted there."""
        inside = (epoch_s >= self.start) & (epoch_s < self.end)
        return np.asarray(inside | ~np.isfinite(epoch_s) if self.start == -math.inf else inside)


def recording_of(messages: FitMessages, session: FitSession) -> Recording:
    """The recording of one session. Raises NoPoints and NoTimes."""
    points = _points(messages)
    cleaned = clean(points.at(session.owns(points.columns["epoch_s"])), _runs_on_from(messages, session))
    return Recording(
        sport=plain(session.sport or "running"),
        started_at=cleaned.started_at,
        samples=cleaned.samples,
        active=_active(messages, session, cleaned),
        laps=tuple(_laps(messages, session, cleaned)),
        device=_totals(messages, session.row),
        set_aside=(*messages.set_aside, *cleaned.set_aside),
        external_id=_external_id(messages, session.row),
    )


def _points(messages: FitMessages) -> Points:
    cadence = messages.column("record", "cadence") + np.nan_to_num(messages.column("record", "fractional_cadence"))
    return Points(
        {
            "epoch_s": _dates(messages.column("record", "timestamp")),
            "latitude": messages.column("record", "position_lat"),
            "longitude": messages.column("record", "position_long"),
            "altitude_m": messages.column("record", "enhanced_altitude", "altitude"),
            "distance_m": messages.column("record", "distance"),
            "speed_m_per_s": messages.column("record", "enhanced_speed", "speed"),
            "heart_rate_bpm": messages.column("record", "heart_rate"),
            "cadence_spm": cadence,
        }
    )


def _dates(epoch_s: Floats) -> Floats:
    return np.where(epoch_s >= FIRST_DATE, epoch_s, np.nan)


def _active(messages: FitMessages, session: FitSession, cleaned: Cleaned) -> tuple[tuple[float, float], ...] | None:
    """Where the timer ran: from each start to the next stop, inside the run; None without a word about it."""
    at = _dates(messages.column("event", "timestamp"))
    kind, what = messages.column("event", "event"), messages.column("event", "event_type")
    mine = np.flatnonzero((kind == TIMER) & np.isfinite(at) & session.owns(at) & np.isin(what, (START, *STOPS)))
    mine = mine[np.argsort(at[mine], kind="stable")]
    end_s = float(cleaned.samples.time_s[-1])
    intervals: list[tuple[float, float]] = []
    since: float | None = 0.0 if mine.size and what[mine[0]] != START else None
    for event in mine:
        second = min(max(cleaned.second_of(float(at[event])), 0.0), end_s)
        if what[event] == START:
            since = second if since is None else since
        elif since is not None:
            intervals.append((since, second))
            since = None
    if since is not None:
        intervals.append((since, end_s))
    return tuple((start, end) for start, end in intervals if end > start) or None


def _laps(messages: FitMessages, session: FitSession, cleaned: Cleaned) -> Iterator[Lap]:
    starts = _dates(messages.column("lap", "start_time"))
    for row in np.flatnonzero(np.isfinite(starts) & session.owns(starts)):
        totals = _totals(messages, int(row), "lap")
        yield Lap(
            start_s=max(cleaned.second_of(float(starts[row])), 0.0),
            elapsed_s=totals.elapsed_s,
            timer_s=totals.timer_s,
            distance_m=totals.distance_m,
            ascent_m=totals.ascent_m,
            descent_m=totals.descent_m,
            average_heart_rate=totals.average_heart_rate,
            max_heart_rate=totals.max_heart_rate,
        )


def _totals(messages: FitMessages, row: int | None, kind: str = "session") -> DeviceTotals:
    if row is None:
        return DeviceTotals()

    def number(name: str) -> float | None:
        value = float(messages.column(kind, name)[row])
        return value if math.isfinite(value) and value >= 0 else None

    strides = number("avg_cadence")
    return DeviceTotals(
        distance_m=number("total_distance"),
        timer_s=number("total_timer_time"),
        elapsed_s=number("total_elapsed_time"),
        ascent_m=number("total_ascent"),
        descent_m=number("total_descent"),
        average_heart_rate=heart_rate_or_none(number("avg_heart_rate")),
        max_heart_rate=heart_rate_or_none(number("max_heart_rate")),
        average_cadence_spm=None if strides is None else 2 * (strides + (number("avg_fractional_cadence") or 0.0)),
    )


def _runs_on_from(messages: FitMessages, session: FitSession) -> bool:
    """Whether the watch counted this session's metres on from the sport before it, as its own total tells."""
    total = _totals(messages, session.row).distance_m
    if session.start == -math.inf or total is None:
        return False
    points = _points(messages)
    counted = points.columns["distance_m"][session.owns(points.columns["epoch_s"])]
    counted = counted[np.isfinite(counted)]
    return bool(counted.size) and bool(abs(counted[-1] - counted[0] - total) < abs(counted[-1] - total))


def _external_id(messages: FitMessages, row: int | None) -> str | None:
    """The watch's serial number and the second it made the file; further runs of one file are numbered."""
    serial, made = messages.column("file_id", "serial_number"), messages.column("file_id", "time_created")
    if not serial.size or not math.isfinite(serial[0]) or not math.isfinite(made[0]):
        return None
    return f"fit:{serial[0]:.0f}:{made[0]:.0f}" + (f":{row + 1}" if row else "")
