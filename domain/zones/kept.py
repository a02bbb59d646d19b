"""Zones as they are kept: run by run, an entry a segment; and what of them the next judging has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats
from domain.zones.history import Before, Rows, Standing
from domain.zones.model import ZoneMethod


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where the n segments of a run stand, by their ordinals from 1 on: counts of 0 where one has no score.

    Each of shape (n,), but `neighbours`, the keys of the ten most similar segments, 0 where there are fewer, and
    `neighbour_distance`, of shape (10 n,).
    """

    similars_rank: Rows
    similars_count: Rows
    grade_rank: Rows
    grade_count: Rows
    radius: Floats
    neighbours: Rows
    neighbour_distance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RunZones:
    """The ranks of one run's n segments with the scores that were judged, (n,), NaN where one has none."""

    run_id: UUID
    score: Floats
    detrended: Floats
    ranks: Ranks


@dataclass(frozen=True, slots=True, eq=False)
class ZoneHistory:
    """All that one athlete's zones stand on: segments in the order of their runs, and what was known the last time.

    `columns` are parallel arrays (m,), each named as in the table of segments, `run` counting up through `run_ids`;
    `segment_counts` are by run and tell how many segments it has, scored or not. `asked` numbers the causes that this
    judging answers. `ranks` are those that hold still; none when all is to be judged anew.
    """

    method: ZoneMethod
    asked: int
    as_of: datetime | None
    known: Mapping[str, Any]
    run_ids: Sequence[UUID]
    segment_counts: Rows
    columns: Mapping[str, NDArray[Any]]
    ranks: Mapping[UUID, Ranks]


@dataclass(frozen=True, slots=True, eq=False)
class ZonesToStore:
    """Zones that are news, run by run, and what the next judging has to know. `judged` counts the segments of news."""

    method: ZoneMethod
    asked: int
    as_of: datetime
    next_change_at: datetime | None
    known: Mapping[str, Any]
    runs: Sequence[RunZones]
    judged: int


class Places:
    """Which entry of which run's arrays belongs to each of m segments, as one long row of all runs' entries."""

    def __init__(self, history: ZoneHistory) -> None:
        self._history = history
        self._starts = np.concatenate(([0], np.cumsum(history.segment_counts))).astype(np.int64)
        self._entry = self._starts[history.columns["run"]] + history.columns["ordinal"] - 1

    def before(self, yardstick: Sequence[int]) -> Before:
        """What was known, in the rows of the segments of now."""
        history, key = self._history, self._history.columns["key"]
        total, blank = int(self._starts[-1]), Standing.unknown(int(self._starts[-1]))
        kept, known = {name: getattr(blank, name) for name in _NAMES}, np.zeros(total, dtype=np.bool_)
        for place, run_id in enumerate(history.run_ids):
            ranks, span = history.ranks.get(run_id), slice(self._starts[place], self._starts[place + 1])
            if ranks is not None and len(ranks.radius) == history.segment_counts[place]:
                known[span] = True
                for name in _NAMES:
                    kept[name][span] = getattr(ranks, name).reshape(kept[name][span].shape)
        standing = {name: values[self._entry] for name, values in kept.items()}
        standing["neighbours"] = _rows_of(standing["neighbours"], key)
        # A segment that had no score the last time is new to its like.
        known_now = known[self._entry] & (standing["similars_count"] > 0)
        return Before(
            history.as_of.timestamp() if history.as_of else -np.inf,
            known_now,
            Standing(**standing, yardstick=np.array(yardstick, dtype=np.int64)),
        )

    def by_run(
        self, standing: Standing, score: Floats, detrended: Floats, changed: NDArray[np.bool_]
    ) -> list[RunZones]:
        """The runs with a segment whose standing is news, or that have no ranks yet, with all of their segments."""
        history, key = self._history, self._history.columns["key"]
        total, blank = int(self._starts[-1]), Standing.unknown(int(self._starts[-1]))
        kept = {name: getattr(blank, name) for name in _NAMES} | {name: np.full(total, np.nan) for name in _SCORES}
        for name in _NAMES:
            kept[name][self._entry] = getattr(standing, name)
        kept["neighbours"] = np.where(kept["neighbours"] < 0, 0, key[kept["neighbours"]] if len(key) else 0)
        kept["score"][self._entry], kept["detrended"][self._entry] = score, detrended
        news = np.unique(history.columns["run"][changed])
        return [self._run(place, kept) for place in news.tolist()]

    def _run(self, place: int, kept: Mapping[str, NDArray[Any]]) -> RunZones:
        span = slice(self._starts[place], self._starts[place + 1])
        ranks = Ranks(**{name: kept[name][span].reshape(-1) for name in _NAMES})
        return RunZones(self._history.run_ids[place], kept["score"][span], kept["detrended"][span], ranks)


_NAMES = tuple(Ranks.__dataclass_fields__)
_SCORES = ("score", "detrended")


def _rows_of(keys: Rows, key: Rows) -> Rows:
    """The rows in which segments stand, −1 for 0 and for one that is gone; `keys` of any shape."""
    if not len(key):
        return np.full(keys.shape, -1, dtype=np.int64)
    order = np.argsort(key)
    place = np.minimum(np.searchsorted(key, keys, sorter=order), len(key) - 1)
    rows = order[place]
    return np.where(key[rows] == keys, rows, -1)
