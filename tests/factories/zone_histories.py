"""Histories of scored stretches: all alike but for what a test gives, or run by run from a seeded generator."""

from dataclasses import fields, replace

import numpy as np

from domain.zones.history import Before, Standing, Stretches

NOW_S = 1.75e9
DAY_S = 86400.0
COLUMNS = tuple(field.name for field in fields(Stretches))
PER_STRETCH = tuple(field.name for field in fields(Standing) if field.name != "yardstick")


def stretches_of(runs, **columns) -> Stretches:
    """Stretches of runs given as (age in days, how many), oldest first."""
    ages, counts = (np.array(values) for values in zip(*runs, strict=True))
    given = {name: np.zeros(counts.sum()) for name in COLUMNS} | {
        "run": np.repeat(np.arange(len(counts)), counts),
        "run_started_s": NOW_S - np.repeat(ages, counts) * DAY_S,
        "grade_band": np.zeros(counts.sum(), dtype=np.int64),
    }
    return Stretches(**given | {name: np.asarray(values) for name, values in columns.items()})


def a_history(rng, runs, per_run, *, days=365.0, duplicates=0.0, unknown_altitude=0.0) -> Stretches:
    """Runs of up to `per_run` stretches over so many days; a share of them equals others in all that counts."""
    ages = np.round(np.sort(rng.uniform(0, days, runs))[::-1])  # some start together
    counts = rng.integers(1, per_run + 1, runs)
    parts = [_a_run(rng, count) for count in counts]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    total = counts.sum()
    source = np.where(rng.random(total) < duplicates, rng.integers(0, min(total, 3), total), np.arange(total))
    columns = {name: values[source] for name, values in columns.items()}
    columns["start_altitude_m"][rng.random(total) < unknown_altitude] = np.nan
    return stretches_of(list(zip(ages, counts, strict=True)), **columns)


def _a_run(rng, count):
    length, grade = rng.uniform(100, 400, count), rng.normal(0, 0.07, count)
    rise = length * grade
    before = {
        "ascent_before_m": np.cumsum(np.maximum(rise, 0)) - np.maximum(rise, 0),
        "descent_before_m": np.cumsum(np.maximum(-rise, 0)) - np.maximum(-rise, 0),
        "start_m": np.cumsum(length) - length,
        "start_altitude_m": rng.choice([200.0, 900.0]) + np.cumsum(rise) - rise,
    }
    return before | {
        "length_m": length,
        "mean_grade": grade,
        "hour_of_day": (rng.choice([7.0, 18.0]) + before["start_m"] / 9000) % 24,
        "grade_band": np.rint(grade / 0.025).astype(np.int64),
        "score": np.round(rng.normal(1.2, 0.1, count), 2),
    }


def those(stretches, chosen) -> Stretches:
    """The chosen stretches alone, their runs counted anew."""
    kept = {name: getattr(stretches, name)[chosen] for name in COLUMNS}
    return Stretches(**kept | {"run": np.unique(kept["run"], return_inverse=True)[1].reshape(-1)})


def known_before(standing, as_of_s, known) -> Before:
    """The standing of stretches that are the `known` of now, in the rows of now; nonsense stands for the others."""
    rows, now = np.flatnonzero(known), Standing.unknown(len(known))
    now.radius[:], now.similars_rank[:], now.neighbours[:] = -1.0, 77, 3
    for name in PER_STRETCH:
        getattr(now, name)[rows] = getattr(standing, name)
    now.neighbours[rows] = np.where(standing.neighbours < 0, -1, rows[standing.neighbours])
    return Before(as_of_s, known, replace(now, yardstick=standing.yardstick))
