"""Which entry of which run's arrays belongs to a segment, and which runs have news beside what is kept of them."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.zones.history import PER_STRETCH, Before, Flags, Rows, Standing, unlike
from domain.zones.kept import Columns, Ranks, RunZones, Similars, ZoneHistory
from domain.zones.model import NEAREST, ZoneMethod

_RANKS = tuple(field.name for field in fields(Ranks))
_SIMILARS = tuple(field.name for field in fields(Similars))


class Places:
    """The entries of all of an athlete's runs as one long row, and the m segments in it."""

    def __init__(self, history: ZoneHistory) -> None:
        self._history, counts = history, history.segment_counts
        self._native = history.method is ZoneMethod.NATIVE
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self._run = np.repeat(np.arange(len(counts)), counts)
        self._entry = self._starts[history.columns["run"]] + history.columns["ordinal"] - 1
        self._kept, self._there = self._blank(), np.zeros(len(self._run), dtype=np.bool_)
        for place, run_id in enumerate(history.run_ids):
            self._lay_out(place, history.kept.get(run_id))

    def before(self, yardstick: Sequence[int]) -> Before:
        """What was known, in the rows of the segments of now: a segment that had no score is new to its like."""
        history, kept = self._history, {name: values[self._entry] for name, values in self._kept.items()}
        kept["neighbours"] = _rows_of(kept["neighbours"], history.columns["key"])
        return Before(
            history.as_of.timestamp() if history.as_of else -np.inf,
            self._there[self._entry] & np.isfinite(kept["score"]),
            Standing(**{name: kept[name] for name in PER_STRETCH}, yardstick=np.array(yardstick, dtype=np.int64)),
        )

    def news(self, told: Columns) -> dict[UUID, RunZones]:
        """The runs of which something else is kept than what is `told` of their segments, (m,) or (m, 10) each."""
        entries, key = self._blank(), self._history.columns["key"]
        for name in entries:
            entries[name][self._entry] = told[name]
        if self._native and len(key):
            rows = told["neighbours"]
            entries["neighbours"][self._entry] = np.where(rows < 0, 0, key[rows])
        ranks, similars = (self._runs_unlike(entries, names) for names in (_RANKS, _SIMILARS))
        run_ids = self._history.run_ids
        return {run_ids[place]: self._zones(place, entries, similars) for place in sorted(ranks | similars)}

    def _blank(self) -> dict[str, NDArray[Any]]:
        """The entries of segments that nothing is told of."""
        count = len(self._run)
        ranks: dict[str, NDArray[Any]] = {name: np.zeros(count, dtype=np.int64) for name in _RANKS}
        return (
            ranks
            if not self._native
            else ranks
            | {
                "score": np.full(count, np.nan),
                "detrended": np.full(count, np.nan),
                "radius": np.full(count, np.inf),
                "neighbours": np.zeros((count, NEAREST), dtype=np.int64),
                "neighbour_distance": np.full((count, NEAREST), np.nan, dtype=np.float32),
            }
        )

    def _lay_out(self, place: int, zones: RunZones | None) -> None:
        """Take in what is kept of one run; what does not fit its segments of now counts for nothing."""
        span = slice(self._starts[place], self._starts[place + 1])
        if zones is None or len(zones.ranks.grade_rank) != self._history.segment_counts[place]:
            return
        self._there[span] = True
        for part, names in ((zones.ranks, _RANKS), (zones.similars, _SIMILARS if self._native else ())):
            for name in names:
                entries = self._kept[name][span]
                entries[:] = getattr(part, name).reshape(entries.shape)

    def _runs_unlike(self, entries: Columns, names: Sequence[str]) -> set[int]:
        """The places of runs of which nothing is kept, or something else."""
        otherwise: Flags = ~self._there
        for name in names:
            if name in entries:
                otherwise = otherwise | unlike(entries[name], self._kept[name])
        return set(self._run[otherwise].tolist())

    def _zones(self, place: int, entries: Columns, similars: set[int]) -> RunZones:
        span = slice(self._starts[place], self._starts[place + 1])
        own = {name: values[span].reshape(-1) for name, values in entries.items()}
        changed = self._native and place in similars
        return RunZones(
            Ranks(**{name: own[name] for name in _RANKS}),
            Similars(**{name: own[name] for name in _SIMILARS}) if changed else None,
        )


def _rows_of(keys: Rows, key: Rows) -> Rows:
    """The rows in which segments stand, −1 for 0 and for one that is gone; `keys` of any shape."""
    if not len(key):
        return np.full(keys.shape, -1, dtype=np.int64)
    order = np.argsort(key)
    place = np.minimum(np.searchsorted(key, keys, sorter=order), len(key) - 1)
    rows = order[place]
    return np.where(key[rows] == keys, rows, -1)
