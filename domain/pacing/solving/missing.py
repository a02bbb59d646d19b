"""What a pacing misses: cut-offs and targets, each with why it does and by how much."""

from collections.abc import Iterator, Mapping

from domain.pacing.late import Late, Missed
from domain.pacing.model import Pacing
from domain.pacing.running.forward import ON_TIME_S
from domain.pacing.solving.task import Gate, Task


def late_of(task: Task, pacing: Pacing, out: Mapping[Gate, float]) -> tuple[Late, ...]:
    """What a pacing misses, in the order of the course, the target last.

    `out` are the gates that are out of reach, with their soonest moving seconds: they are late by those, and the others
    by what this pacing makes of them.
    """
    past = (late for late in pacing.late if late.why is Missed.PAST)
    return (*past, *_ahead(task, pacing, out))


def _ahead(task: Task, pacing: Pacing, out: Mapping[Gate, float]) -> Iterator[Late]:
    for gate in task.gates:
        late_s = float(pacing.end_s[task.starts[gate.steps] - 1]) - gate.cutoff_s
        if late_s <= ON_TIME_S:
            continue
        if gate in out:
            soonest_s = min(out[gate] - gate.moving_s, late_s)
            yield Late(name=gate.name, cutoff_s=gate.cutoff_s, late_s=soonest_s)
        else:
            yield Late(name=gate.name, cutoff_s=gate.cutoff_s, late_s=late_s, why=Missed.NOT_TOGETHER)
