"""The steps of a workout as they are stored and read: JSON in the names of the GraphQL contract."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.plans.steps import StepKind, StepTarget, TargetKind, WorkoutStep


def to_document(steps: Sequence[WorkoutStep]) -> list[dict[str, Any]]:
    """One object per step, every key always there: kind, repetitions, distanceM, durationS, target, note, steps."""
    # What is stored is spliced into answers untouched: another key here is a missing field there.
    return [
        {
            "kind": str(step.kind),
            "repetitions": step.repetitions,
            "distanceM": step.distance_m,
            "durationS": step.duration_s,
            "target": _target_document(step.target),
            "note": step.note,
            "steps": to_document(step.steps),
        }
        for step in steps
    ]


def from_document(document: Sequence[Mapping[str, Any]]) -> tuple[WorkoutStep, ...]:
    """The steps that `to_document` wrote. KeyError or ValueError means that something else wrote the document."""
    return tuple(
        WorkoutStep(
            kind=StepKind(step["kind"]),
            repetitions=step["repetitions"],
            distance_m=step["distanceM"],
            duration_s=step["durationS"],
            target=_target(step["target"]),
            note=step["note"],
            steps=from_document(step["steps"]),
        )
        for step in document
    )


def _target_document(target: StepTarget | None) -> dict[str, Any] | None:
    if target is None:
        return None
    return {"kind": str(target.kind), "minimum": target.minimum, "maximum": target.maximum}


def _target(document: Mapping[str, Any] | None) -> StepTarget | None:
    if document is None:
        return None
    return StepTarget(TargetKind(document["kind"]), document["minimum"], document["maximum"])
