"""How a plan's picture looks: five colours from easy to hard, and the words for a step of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from domain.analysis.model import Movement
from domain.pacing.model import Goal, GoalKind, ThrottleStep
from domain.pictures.look import INKS, Theme, style_sheet
from domain.pictures.scale import as_duration, as_pace

COLOURS = 5
BAND_STEPS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)
MOVEMENT_WORDS = {Movement.RUNNING: "run", Movement.WALKING: "walk", Movement.STANDING: "stand"}
# A letter of a place's name is lined with paper, so that it can be read over a line that leads to another place.
SHAPES = (
    ".place{font-size:12px;paint-order:stroke;stroke-width:3px;stroke-linejoin:round}.number{font-size:10px}"
    ".lead{stroke-width:1;stroke-dasharray:2 2}.edge{stroke-width:1.2}.late{font-weight:600}.dot{stroke-width:1.6}"
)


@dataclass(frozen=True, slots=True)
class ThrottleBands:
    """At most five even bands of throttle, of `step` each from `low`; the first is the easiest."""

    low: float
    step: float
    count: int

    def of(self, throttle: float) -> int:
        """The number of a throttle's band, from 0."""
        return min(max(math.floor((throttle - self.low) / self.step + 1e-9), 0), self.count - 1)

    def style(self, throttle: float) -> str:
        """The colour of a throttle: fewer bands than five are spread over all colours."""
        spread = COLOURS // 2 if self.count == 1 else round(self.of(throttle) * (COLOURS - 1) / (self.count - 1))
        return f"z{spread + 1}"

    def words(self, band: int) -> str:
        """A band in percent of the power at threshold."""
        low, high = (round((self.low + (band + more) * self.step) * 100) for more in (0, 1))
        return f"{low}–{high} %"


def bands_of(throttles: Sequence[float]) -> ThrottleBands:
    """The finest round bands of which five hold all the throttles, at least one."""
    low, high = min(throttles, default=0.0), max(throttles, default=0.0)
    for step in BAND_STEPS:
        first = math.floor(low / step + 1e-9)
        count = max(math.ceil(high / step - 1e-9) - first, 1)
        if count <= COLOURS:
            break
    return ThrottleBands(first * step, step, min(count, COLOURS))


def plan_style(theme: Theme | None) -> str:
    """The colours of one theme, or of both for the system to choose from."""
    light, dark = _inks(Theme.LIGHT), _inks(Theme.DARK)
    if theme is not None:
        return style_sheet(theme) + SHAPES + (light if theme is Theme.LIGHT else dark)
    return style_sheet(None) + SHAPES + light + "@media (prefers-color-scheme:dark){" + dark + "}"


def as_percent(throttle: float) -> str:
    """A throttle as a share of the power at threshold."""
    return f"{throttle * 100:.0f} %"


def as_slope(grade: float) -> str:
    """A grade, a ratio, in whole percent with its sign."""
    return f"{grade * 100 + 0.0:+.0f} %".replace("-", "−") if abs(grade) >= 0.005 else "level"


def in_hand(margin_s: float) -> str:
    """The margin to a cut-off."""
    return f"{as_duration(margin_s)} in hand" if margin_s >= 0 else f"{as_duration(-margin_s)} late"


def goal_words(goal: Goal) -> str:
    """What a plan is to reach."""
    if goal.kind is GoalKind.TARGET_TIME and goal.target_time_s is not None:
        return f"Target time {as_duration(goal.target_time_s)}"
    if goal.kind is GoalKind.EVEN_EFFORT:
        return "Even effort" + ("" if goal.throttle is None else f" at {as_percent(goal.throttle)}")
    return "Least time"


def step_words(step: ThrottleStep) -> str:
    """One step as a sentence."""
    where = f"Step {step.ordinal}: {step.start_m / 1000:.2f}–{step.end_m / 1000:.2f} km, {as_slope(step.mean_grade)}"
    how = f"{MOVEMENT_WORDS[step.movement]} at throttle {as_percent(step.throttle)}, {as_pace(step.pace_s_per_km)}/km"
    return f"{where}; {how}, there after {as_duration(step.end_s)}"


def _inks(theme: Theme) -> str:
    ink = INKS[theme]
    return (
        f".place{{fill:{ink['ink']};stroke:{ink['paper']}}}.number{{fill:{ink['faint']}}}.late{{fill:{ink['heart']}}}"
        f".lead{{stroke:{ink['faint']}}}.edge{{stroke:{ink['paper']}}}"
        f".dot{{fill:{ink['paper']};stroke:{ink['ink']}}}"
    )
