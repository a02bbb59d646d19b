"""A cut-off or a target that is missed: by how much, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Missed(StrEnum):
    """Why a cut-off or the target is missed."""

    OUT_OF_REACH = "OUT_OF_REACH"
    NOT_TOGETHER = "NOT_TOGETHER"
    AS_RUN = "AS_RUN"
    PAST = "PAST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A cut-off, or the target time (`name` is None), that is missed by so many seconds.

    OUT_OF_REACH: by the soonest that it can be reached, whatever becomes of the rest. NOT_TOGETHER: by this pacing; it
    could be met if the other cut-offs were not. AS_RUN: by throttles that were given, not searched for. PAST: by the
    clock, where the runner stands.
    """

    name: str | None
    cutoff_s: float
    late_s: float
    why: Missed = Missed.OUT_OF_REACH
