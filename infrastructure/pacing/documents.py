"""A throttle plan as the values of its row, and back; the runner, the steps and the rest of a kind are documents.

What a document lacks, because a release before wrote it, has a default; what it has beyond, a later one reads.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from domain.analysis.model import Movement
from domain.courses.model import CourseId
from domain.pacing.basis import Basis
from domain.pacing.kept import Kept
from domain.pacing.model import (
    Following,
    Goal,
    GoalKind,
    Knots,
    Planned,
    Replan,
    Runner,
    ThrottlePlan,
    ThrottlePlanId,
    ThrottleStep,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

COLUMNS = (
    "id",
    "athlete",
    "course",
    "goal_kind",
    "target_time_s",
    "goal_throttle",
    "terrain_factor",
    "starts_at",
    "predicted_time_s",
    "uncertainty_s",
    "feasible",
    "reason",
    "model",
    "runner",
    "basis",
    "planned_steps",
    "steps",
    "replan",
    "follow_topic",
    "follow_source",
    "followed_offset",
    "version",
)


def to_row(plan: ThrottlePlan) -> tuple[object, ...]:
    """The values of COLUMNS."""
    goal, now, following = plan.goal, plan.now, plan.following
    return (
        plan.id,
        plan.athlete_id,
        plan.course_id,
        goal.kind,
        goal.target_time_s,
        goal.throttle,
        plan.terrain_factor,
        plan.starts_at,
        now.predicted_time_s,
        now.uncertainty_s,
        now.feasible,
        now.reason,
        now.model,
        _text(plan.runner),
        _text(_basis_document(plan.basis)),
        _text(plan.planned_steps),
        _text(now.steps),
        None if plan.replan is None else _text(plan.replan),
        following and following.topic_id,
        following and following.source,
        following and following.offset,
        plan.version,
    )


def from_row(row: Mapping[str, Any]) -> ThrottlePlan:
    """The plan that was stored so."""
    return ThrottlePlan(
        id=ThrottlePlanId(row["id"]),
        athlete_id=row["athlete"],
        course_id=CourseId(row["course"]),
        goal=Goal(kind=GoalKind(row["goal_kind"]), target_time_s=row["target_time_s"], throttle=row["goal_throttle"]),
        terrain_factor=row["terrain_factor"],
        starts_at=row["starts_at"],
        runner=_runner(orjson.loads(row["runner"])),
        basis=_basis(orjson.loads(row["basis"])),
        planned_steps=_steps(row["planned_steps"]),
        now=Planned(
            predicted_time_s=row["predicted_time_s"],
            uncertainty_s=row["uncertainty_s"],
            feasible=row["feasible"],
            reason=row["reason"],
            model=row["model"],
            steps=_steps(row["steps"]),
        ),
        replan=None if row["replan"] is None else _replan(orjson.loads(row["replan"])),
        following=_following(row),
        version=row["version"],
    )


def _text(thing: object) -> str:
    return orjson.dumps(thing, default=_written, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _written(instant: object) -> str:
    """An instant as the contract has it: readers get documents as they are."""
    assert isinstance(instant, datetime)
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _basis_document(basis: Basis) -> dict[str, Any]:
    told = {field.name: getattr(basis, field.name) for field in fields(basis)}
    return told | {"figures": [{"name": name, "text": text} for name, text in basis.figures.items()]}


def _basis(document: dict[str, Any]) -> Basis:
    figures = {figure["name"]: figure["text"] for figure in document.get("figures", ())}
    return Basis(**_known(Basis, document) | {"figures": figures})


def _runner(document: dict[str, Any]) -> Runner:
    curves = {
        name: Knots(tuple(document[name]["grade"]), tuple(document[name]["value"]))
        for name in ("own_cost", "fastest_m_per_s")
    }
    return Runner(**_known(Runner, document) | curves)


def _steps(text: str) -> tuple[ThrottleStep, ...]:
    return tuple(_step(document) for document in orjson.loads(text))


def _step(document: dict[str, Any]) -> ThrottleStep:
    read = {"movement": Movement(document["movement"]), "arrive_at": _instant(document.get("arrive_at"))}
    return ThrottleStep(**_UNTOLD | _known(ThrottleStep, document) | read)


_UNTOLD: dict[str, Any] = {"expected_heart_rate": None, "cutoff_margin_s": None, "waypoint": None, "stop_s": 0.0}


def _replan(document: dict[str, Any]) -> Replan:
    untold = {"heart_rate": None, "today": None}
    times = {"at": _instant(document["at"]), "first_at": _instant(document.get("first_at"))}
    passes = tuple(tuple(one) for one in document.get("passes", ()))
    return Replan(**untold | _known(Replan, document) | times | {"kept": _kept(document.get("kept")), "passes": passes})


def _kept(document: dict[str, Any] | None) -> Kept | None:
    if document is None:
        return None
    told = {name: tuple(document[name]) for name in ("to_m", "throttle")}
    return Kept(**_known(Kept, document) | told)


def _following(row: Mapping[str, Any]) -> Following | None:
    """None, too, when the topic is gone: the rest of what was followed says nothing without it."""
    if row["follow_topic"] is None:
        return None
    return Following(topic_id=row["follow_topic"], source=row["follow_source"], offset=row["followed_offset"])


def _known(kind: "type[DataclassInstance]", document: dict[str, Any]) -> dict[str, Any]:
    """What a document tells of the fields of a dataclass."""
    return {field.name: document[field.name] for field in fields(kind) if field.name in document}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
