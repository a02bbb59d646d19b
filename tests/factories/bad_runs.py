"""Runs with something wrong, as files and as what is read out of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.runs.facts import RunFacts, facts_of
from domain.runs.recording import Floats, Recording
from infrastructure.formats.decode import decode
from tests.conftest import Athlete
from tests.factories.imports import Work, imported_run
from tests.factories.recordings import Course, a_hilly_course, a_recording

RUN = """query($id: ID!) { run(id: $id) { startedAt distanceM movingTimeS elapsedTimeS ascentM averagePaceSPerKm
    averageHeartRate maxHeartRate averageCadence bestEfforts { distanceM timeS }
    importReport { setAside { reason count } } track { distanceM latitude altitudeM heartRate } } }"""
COURSE = a_hilly_course(900)
TRUE = facts_of(a_recording(COURSE))
MISSING = math.nan


@dataclass(frozen=True)
class Read:
    """A recording out of a file, and what it comes to."""

    recording: Recording
    facts: RunFacts

    @property
    def reasons(self) -> list[str]:
        """What was set aside: how many points, and why."""
        return [f"{part.count} {part.reason}" for part in self.recording.set_aside]


def read(content: bytes) -> Read:
    """The one run of a file."""
    (recording,) = decode("run", content)
    return Read(recording, facts_of(recording))


def changed(**channels: float | Floats | Callable[[Floats], Floats]) -> Course:
    """The course with other values in some channels: one for all, one each, or a function of the seconds."""
    course = COURSE.between(0, 900)
    for name, value in channels.items():
        getattr(course, name)[:] = value(COURSE.time_s) if callable(value) else value
    return course


async def run_of(athlete: Athlete, work: Work, content: bytes) -> dict[str, Any]:
    """The run that a file became."""
    run_id = await imported_run(athlete, work, "a.bin", content)
    run: dict[str, Any] = (await athlete.get(RUN, id=run_id))["run"]
    return run
