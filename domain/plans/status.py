"""Where a plan stands between its first draft and its end."""

from collections.abc import Mapping
from enum import StrEnum

from domain.shared.errors import NotAllowedNow


class PlanStatus(StrEnum):
    """A plan is written, followed, and then either carried through or given up."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    ABANDONED = "ABANDONED"


# A plan only goes forward. What was never followed cannot have been completed, so a draft can be given up but not
# completed; the two ends are final, so that what a finished plan says of its weeks stays true.
TRANSITIONS: Mapping[PlanStatus, tuple[PlanStatus, ...]] = {
    PlanStatus.DRAFT: (PlanStatus.ACTIVE, PlanStatus.ABANDONED),
    PlanStatus.ACTIVE: (PlanStatus.COMPLETED, PlanStatus.ABANDONED),
    PlanStatus.COMPLETED: (),
    PlanStatus.ABANDONED: (),
}


class StatusNotReachable(NotAllowedNow):
    """A plan is asked to take a step that does not lead on from where it stands."""

    def __init__(self, current: PlanStatus, wanted: PlanStatus) -> None:
        onward = " or ".join(TRANSITIONS[current])
        then = f"it can become {onward}." if onward else "that is final. Make a new plan instead."
        super().__init__(f"This plan is {current} and cannot become {wanted}: {then}")


class PlanFinished(NotAllowedNow):
    """A completed or abandoned plan, or a workout of one, is to be changed."""

    def __init__(self, status: PlanStatus) -> None:
        super().__init__(
            f"This plan is {status}: neither it nor its workouts can be changed any more, but it can be deleted."
        )


def next_status(current: PlanStatus, wanted: PlanStatus) -> PlanStatus:
    """`wanted`, if the table leads there. Raises StatusNotReachable."""
    if wanted not in TRANSITIONS[current]:
        raise StatusNotReachable(current, wanted)
    return wanted


def check_open(status: PlanStatus) -> None:
    """Raise PlanFinished when no step leads on from `status`."""
    if not TRANSITIONS[status]:
        raise PlanFinished(status)
