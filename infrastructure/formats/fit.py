"""Runs from FIT files, the format that watches write."""

import math
from collections.abc import Sequence

import numpy as np
from fitdecode import profile

from domain.runs.recording import Recording
from domain.runs.refusals import NoPoints, NotARun, NothingReadable, PlannedNotRun
from domain.shared.errors import DomainError
from infrastructure.formats.fit_messages import FitMessages, read_messages
from infrastructure.formats.fit_session import FIRST_DATE, FitSession, recording_of
from infrastructure.formats.sports import Sport, plain, sport_of

MAGIC = b".FIT"


def is_fit(content: bytes) -> bool:
    """Whether the bytes start like a FIT file."""
    return content[8:12] == MAGIC


def decode_fit(content: bytes) -> list[Recording]:
    """The runs in a FIT file: one a session of running, or the whole file when it has no sessions.

    Raises NothingReadable, PlannedNotRun, NotARun, NoPoints and NoTimes.
    """
    messages = read_messages(content)
    for kind in messages.column("file_id", "type")[:1]:
        if (name := _name("file_id", "type", kind)) not in (None, "activity"):
            raise PlannedNotRun(f"{plain(str(name))} file")
    if messages.count("record") == 0:
        raise NothingReadable("FIT") if messages.set_aside else NoPoints
    recordings: list[Recording] = []
    refusals: list[DomainError] = []
    for session in _runs_among(_sessions(messages)):
        try:
            recordings.append(recording_of(messages, session))
        except DomainError as refusal:
            refusals.append(refusal)
    if not recordings:
        raise refusals[0]
    return recordings


def _sessions(messages: FitMessages) -> list[FitSession]:
    """Sessions in order of time; each owns what was recorded from its start to the next one's."""
    count = messages.count("session")
    if count <= 1:
        return [FitSession(0 if count else None, _sport(messages, "session" if count else "sport", 0))]
    starts = messages.column("session", "start_time")
    rows = [int(row) for row in np.argsort(starts, kind="stable") if starts[row] >= FIRST_DATE]
    if not rows:
        return [FitSession(None, _sport(messages, "session", 0))]
    borders = [-math.inf, *(float(starts[row]) for row in rows[1:]), math.inf]
    return [
        FitSession(row, _sport(messages, "session", row), start, end)
        for row, start, end in zip(rows, borders[:-1], borders[1:], strict=True)
    ]


def _sport(messages: FitMessages, kind: str, row: int) -> str | None:
    """The sport in words, with its sub-sport where that tells a runner more; None for generic and unknown ones."""
    if row >= messages.count(kind):
        return None
    found = (_name(kind, name, messages.column(kind, name)[row]) for name in ("sport", "sub_sport"))
    sport, sub_sport = (None if name in ("generic", "all") else name for name in found)
    if sport == "fitness_equipment":
        return sub_sport or sport
    if sport == "running" and sub_sport:
        return sub_sport if "run" in sub_sport else f"{sub_sport}_{sport}"
    return sport


def _name(kind: str, field: str, value: float) -> str | None:
    """What the FIT profile calls a value of an enum; None when it is missing or newer than the profile."""
    message = next(known for known in profile.MESSAGE_TYPES.values() if known.name == kind)
    names = next(known.type.enum for known in message.fields.values() if known.name == field)
    return names.get(int(value)) if math.isfinite(value) else None


def _runs_among(sessions: Sequence[FitSession]) -> list[FitSession]:
    for wanted in (Sport.RUNNING, Sport.UNKNOWN):
        if found := [session for session in sessions if sport_of(session.sport) is wanted]:
            return found
    raise NotARun(plain(session.sport or "") for session in sessions)
