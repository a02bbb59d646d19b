"""Races held out and planned: how well a plan foretells what nobody has raced yet, beside a table of mean speeds."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from domain.pacing.athlete.held_out import table_time_s
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.runner_of import runner_of
from domain.pacing.plan import plan_course
from tests.factories.athletes import COLUMNS, FLAT, HILLY, MOUNTAINS, ROLLING, Athlete, Outing, a_history, a_year
from tests.factories.slopes import LEAST_TIME, on_the_grid

RACES = [
    Outing(0.7, FLAT, 1.0),
    Outing(1.5, ROLLING, 1.0),
    Outing(3.0, HILLY, 1.0),
    Outing(5.0, MOUNTAINS, 1.0),
    Outing(9.0, MOUNTAINS, 1.0),
]
TRAINING = 35


@dataclass(frozen=True)
class Foretold:
    """One race: the log error of its plan and of the table, and the spread that the plan states."""

    plan: float
    table: float
    spread: float


def without(history: PacingHistory, run: int) -> PacingHistory:
    kept = history.run != run
    return replace(history, **{name: getattr(history, name)[kept] for name in COLUMNS})


def planned(history: PacingHistory, run: int) -> Foretold:
    """The race planned over its own ground, by what all other runs tell."""
    others, here = without(history, run), history.run == run
    along = np.concatenate(([0.0], np.cumsum(history.length_m[here])))
    altitude = np.concatenate(([0.0], np.cumsum((history.length_m * history.mean_grade)[here])))
    grid = np.linspace(0, along[-1], round(along[-1] / 5) + 1)
    ground = on_the_grid(1000 + np.interp(grid, along, altitude), float(along[-1]))
    runner, basis = runner_of(others)
    made = plan_course(ground, [], runner, basis, LEAST_TIME, 1.0, None)
    took = float(history.moving_s[here].sum())
    ran = ran_of(history, 48.0)
    table = table_time_s(ran.only(ran.run != run), ran.only(ran.run == run))[-1]
    spread = made.planned.uncertainty_s / made.planned.predicted_time_s
    return Foretold(float(np.log(made.planned.predicted_time_s / took)), float(np.log(table / took)), spread)


def seasons(known: str) -> list[Foretold]:
    """Races of three athletes, each held out of a year of training with the others."""
    told = []
    for seed in range(3):
        chance = np.random.default_rng(seed)
        athlete = Athlete(speed_m_per_s=chance.uniform(3.2, 4.8), exponent=chance.uniform(14, 20))
        athlete = athlete.with_figures() if known == "figures" else athlete
        training = [replace(outing, share=0.84) for outing in a_year(chance, TRAINING)]
        efforts = athlete.efforts() if known == "efforts" else ()
        history = a_history(athlete, [*training, *RACES], chance, efforts=efforts)
        told += [planned(history, TRAINING + race) for race in range(len(RACES))]
    return told


@pytest.mark.parametrize("known", ["figures", "efforts", "runs alone"])
def test_plans_foretell_races_much_better_than_a_table_and_about_as_well_as_they_say(known: str) -> None:
    told = seasons(known)
    plan, table = (np.mean(np.abs([getattr(one, name) for one in told])) for name in ("plan", "table"))
    assert plan < 0.6 * table
    assert plan < 0.08
    assert np.mean([abs(one.plan) <= one.spread for one in told]) >= 0.66
