"""What cannot be met any more, or was missed, as it is told on the way and at the finish."""

from collections.abc import Sequence
from dataclasses import replace

from domain.courses.model import Waypoint
from domain.pacing.late import Late
from domain.pacing.legs import SAME_PLACE_M
from domain.pacing.model import Goal, GoalKind, Pacing, Runner
from domain.pacing.plan import why_not
from domain.pacing.wording import clock

# A plan for a target arrives on its very second: whoever is some seconds late has not lost it.
TARGET_SLACK_S = 30.0
TARGET_SLACK = 0.002
SECOND_S = 1.0


def why_not_from_here(pacing: Pacing, runner: Runner, goal: Goal, missed: Sequence[Late]) -> str | None:
    """What stands against the rest of a course, in sentences, None when nothing does; `missed` has been already.

    A target is not lost for a few seconds: from 30 s on, or 0.2 % of it where that is more.
    """
    late = tuple(one for one in pacing.late if one.name is not None or pacing.finish_s > _with_slack(one.cutoff_s))
    sentences = [was_missed(one) for one in missed]
    if ahead := why_not(replace(pacing, late=late), runner, goal):
        sentences.append(ahead)
    return " ".join(sentences) or None


def missed_at_finish(goal: Goal, waypoints: Sequence[Waypoint], length_m: float, finish_s: float) -> tuple[Late, ...]:
    """The target, and the cut-offs of the finish, that an arrival comes after, by a second and more."""
    limits = [(one.name, one.cutoff_s) for one in waypoints if one.distance_m >= length_m - SAME_PLACE_M]
    named: list[tuple[str | None, float | None]] = [*limits]
    if goal.kind is GoalKind.TARGET_TIME:
        named.append((None, goal.target_time_s))
    return tuple(
        Late(name=name, cutoff_s=limit_s, late_s=finish_s - limit_s)
        for name, limit_s in named
        if limit_s is not None and finish_s >= limit_s + SECOND_S
    )


def was_missed(late: Late) -> str:
    """That a cut-off or the target was missed, and by how much."""
    what = "The target time of" if late.name is None else f"The cut-off at {late.name}:"
    return f"{what} {clock(late.cutoff_s)} was missed by {clock(max(late.late_s, SECOND_S))}."


def _with_slack(target_s: float) -> float:
    return target_s + max(TARGET_SLACK_S, TARGET_SLACK * target_s)
