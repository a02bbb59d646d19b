"""How far the understanding of a recorded run has come."""

from enum import StrEnum


class AnalysisState(StrEnum):
    """Whether what a run tells is there."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"
