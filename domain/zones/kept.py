"""Zones as they are kept: run by run, an entry a segment; and what of them the next judging has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats
from domain.zones.history import Rows
from domain.zones.model import ZoneMethod

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where the n segments of a run stand, (n,) each, by their ordinals from 1 on: all 0 where one has no score."""

    similars_rank: Rows
    similars_count: Rows
    grade_rank: Rows
    grade_count: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Similars:
    """What a run's n segments were judged by, and which are most like them.

    The scores, (n,), are NaN where there is none, and there `radius`, (n,), is infinite. `neighbours` are the keys of
    the ten most similar segments of each, 0 where there are fewer, and `neighbour_distance` is NaN there: (10 n,) both.
    """

    score: Floats
    detrended: Floats
    radius: Floats
    neighbours: Rows
    neighbour_distance: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class RunZones:
    """What is kept of one run's zones, or is to be; without `similars` they stay as they are.

    The legacy method keeps ranks alone: it judges everything anew each time, and nobody reads what it found similar.
    """

    ranks: Ranks
    similars: Similars | None


@dataclass(frozen=True, slots=True, eq=False)
class ZoneHistory:
    """All that one athlete's zones stand on: segments in the order of their runs, and what was known the last time.

    `columns` are parallel arrays (m,), each named as in the table of segments, `run` counting up through `run_ids`;
    `segment_counts` are by run and tell how many segments it has, scored or not. `asked` numbers the causes that this
    judging answers. `known` is empty when all is to be judged anew; then `kept` tells what is news, and nothing else.
    """

    method: ZoneMethod
    asked: int
    as_of: datetime | None
    known: Mapping[str, Any]
    run_ids: Sequence[UUID]
    segment_counts: Rows
    columns: Columns
    kept: Mapping[UUID, RunZones]


@dataclass(frozen=True, slots=True, eq=False)
class ZonesToStore:
    """The news of runs, and what the next judging has to know. Of other runs than `run_ids` nothing is kept any more.

    Of the `stretches` of all these runs, `judged` were judged: those that may stand otherwise than before.
    """

    method: ZoneMethod
    asked: int
    as_of: datetime
    next_change_at: datetime | None
    known: Mapping[str, Any]
    run_ids: Sequence[UUID]
    news: Mapping[UUID, RunZones]
    stretches: int
    judged: int
