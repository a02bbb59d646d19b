"""A course on its way: what a file or a run tells, made into ground with waypoints on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.courses.altitudes import without_spikes
from domain.courses.ground import ground_of
from domain.courses.model import CourseGround, Waypoint
from domain.courses.refusals import LONGEST_NAME
from domain.courses.waypoints import GivenWaypoint, placed, placed_all
from domain.runs.imports import one_line, run_name, told_name
from domain.runs.recording import Samples, SetAside


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A file as it came in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class DrawnCourse:
    """What is drawn of a course: points in the order of running, whose times say nothing, and what stands beside."""

    name: str
    samples: Samples
    waypoints: tuple[GivenWaypoint, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class BuiltCourse:
    """Ground with waypoints on it; what was not used of where it came from, and what had to be chosen."""

    name: str
    ground: CourseGround
    waypoints: tuple[Waypoint, ...]
    set_aside: tuple[SetAside, ...]
    notes: tuple[str, ...]


def built(drawn: DrawnCourse, given: Sequence[GivenWaypoint] | None) -> BuiltCourse:
    """The course that is drawn, with the waypoints that are given, or else with its own that it comes by.

    Raises what `ground_of` and `placed_all` raise.
    """
    samples, spikes = without_spikes(drawn.samples)
    ground = ground_of(samples)
    found = placed(drawn.waypoints, ground) if given is None else placed_all(given, ground)
    set_aside = drawn.set_aside + spikes
    if found.far_off:
        set_aside += (SetAside("waypoints far from the course: " + _listed(found.far_off), len(found.far_off)),)
    return BuiltCourse(drawn.name, ground, found.waypoints, set_aside, found.notes)


def course_name(recorded: str | None, file_name: str) -> str:
    """What a course is called: by what stands in its file, else after the file."""
    return run_name(recorded, told_name(file_name), 0, 1)[:LONGEST_NAME].strip()


def short_name(text: str | None, otherwise: str) -> str:
    """A name out of a file in one line of at most 100 characters; `otherwise` when nothing is left of it."""
    return one_line((text or "")[: 4 * LONGEST_NAME])[:LONGEST_NAME].strip() or otherwise


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
