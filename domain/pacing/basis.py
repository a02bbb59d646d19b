"""What a runner's model stands on, and how far it is to be believed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a runner's model stands on: a sentence for every figure, and how well it foretold runs it had not seen.

    The errors are those of whole runs, each foretold from the others only: mean absolute ratios, 0.05 is 5 %; None with
    fewer than three runs. `spread` is what uncertainty_s is made of: one standard deviation as a ratio of the time, for
    a run of `foreseen_s` (None: of no length yet). `longest_s` is what the longest run took, `longest_hard_s` the
    longest hard one; None without any.
    """

    runs: int
    held_out_runs: int
    spread: float
    error: float | None = None
    table_error: float | None = None
    longest_s: float | None = None
    longest_hard_s: float | None = None
    foreseen_s: float | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
