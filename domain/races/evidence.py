"""All that was reported of one runner, kept so that it comes to the same whatever order it came in.

Of what may be much there is kept what a rule picks by recorded time, never by arrival: the earliest reads, the first
position of each few minutes near a checkpoint, the latest positions.
"""

from bisect import bisect_left, insort
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import cos, hypot, radians
from typing import TypeVar

from domain.races.model import Checkpoint, Race
from domain.races.reports import Moment, Position

NEAR_M = 60.0  # a phone in a forest is seldom off by more
FASTEST_M_PER_S = 8.0  # no kilometre was ever run faster on the level (2:11 min); what seems faster is a mistake
EARLY_S = 60.0  # the mat at the start may see a runner before the clock of the race starts
READS_KEPT = 16  # of one runner at one checkpoint
VISITS_KEPT = 16
VISIT_S = 300  # positions near a checkpoint within the same so many seconds count as one
POSITIONS_KEPT = 4
WITHDRAWALS_KEPT = 4
EARTH_RADIUS_M = 6_371_008.8
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a runner was. They sort by their moments, which are unique."""

    moment: Moment
    latitude: float
    longitude: float
    altitude_m: float | None

    @property
    def at(self) -> datetime:
        """When they were there."""
        return self.moment.at


class Evidence:
    """See above. Bounded by the checkpoints of the race, however much is reported."""

    def __init__(self, race: Race, starts_at: datetime) -> None:
        self.starts_at = starts_at
        self._checkpoints = race.checkpoints
        self._reads: dict[int, list[Moment]] = {}
        self._near: dict[int, dict[int, Moment]] = {}
        self._positions: list[Place] = []
        self._withdrawals: list[Moment] = []

    def read(self, place: int, moment: Moment) -> None:
        """A mat saw the runner at this checkpoint."""
        _keep_first(self._reads.setdefault(place, []), moment, READS_KEPT)

    def position(self, position: Position, moment: Moment) -> None:
        """A tracker told where the runner is."""
        here = Place(moment, position.latitude, position.longitude, position.altitude_m)
        _keep_last(self._positions, here, POSITIONS_KEPT)
        elapsed_s = self.elapsed_s(moment)
        for place, checkpoint in enumerate(self._checkpoints):
            if elapsed_s >= soonest_s(checkpoint.distance_m) and _is_near(here, checkpoint):
                self._visit(place, int(elapsed_s // VISIT_S), moment)

    def withdrawal(self, moment: Moment) -> None:
        """The runner gave up."""
        _keep_first(self._withdrawals, moment, WITHDRAWALS_KEPT)

    def elapsed_s(self, moment: Moment) -> float:
        """Seconds from the runner's start, to the millisecond."""
        return round((moment.at - self.starts_at).total_seconds(), 3)

    def reads_at(self, place: int, wrong: Container[str]) -> list[Moment]:
        """When mats saw the runner at a checkpoint, the earliest first, without those that were marked."""
        return [moment for moment in self._reads.get(place, ()) if moment.event_id not in wrong]

    def visits_at(self, place: int, wrong: Container[str]) -> list[Moment]:
        """When trackers told of positions near a checkpoint, the earliest first, without those that were marked."""
        return sorted(moment for moment in self._near.get(place, {}).values() if moment.event_id not in wrong)

    def last_place(self, wrong: Container[str]) -> Place | None:
        """Where the runner was last."""
        return next((place for place in reversed(self._positions) if place.moment.event_id not in wrong), None)

    def is_withdrawn(self, wrong: Container[str]) -> bool:
        """Whether the runner has given up."""
        return any(moment.event_id not in wrong for moment in self._withdrawals)

    def last_seen_at(self, wrong: Container[str]) -> datetime | None:
        """The latest recorded time of a read or a position."""
        seen = [moment.at for reads in self._reads.values() for moment in reads if moment.event_id not in wrong]
        last = self.last_place(wrong)
        return max([*seen, *([last.moment.at] if last else [])], default=None)

    def rests_on(self, event_id: str) -> bool:
        """Whether this event is part of what is kept."""
        kept = chain(self._withdrawals, *self._reads.values(), *(visits.values() for visits in self._near.values()))
        return any(moment[1] == event_id for moment in kept) or any(
            place.moment.event_id == event_id for place in self._positions
        )

    def _visit(self, place: int, few_minutes: int, moment: Moment) -> None:
        visits = self._near.setdefault(place, {})
        visits[few_minutes] = min(visits.get(few_minutes, moment), moment)
        if len(visits) > VISITS_KEPT:
            del visits[max(visits)]


def soonest_s(distance_m: float, *, early_s: float = EARLY_S) -> float:
    """How many seconds after the start somebody can be so far along the course at the soonest."""
    return distance_m / FASTEST_M_PER_S if distance_m > 0 else -early_s


def _is_near(place: Place, checkpoint: Checkpoint) -> bool:
    """Within 60 m, on a sphere and flat there: right to a millimetre at such distances, except at the poles."""
    if checkpoint.latitude is None or checkpoint.longitude is None:
        return False
    north = radians(place.latitude - checkpoint.latitude)
    if abs(north) * EARTH_RADIUS_M > NEAR_M:
        return False
    east = radians((place.longitude - checkpoint.longitude + 180) % 360 - 180) * cos(radians(checkpoint.latitude))
    return hypot(north, east) * EARTH_RADIUS_M <= NEAR_M


def _keep_first(kept: list[Moment], moment: Moment, most: int) -> None:
    if not _holds(kept, moment):
        insort(kept, moment)
        del kept[most:]


def _keep_last(kept: list[Place], place: Place, most: int) -> None:
    if not any(one.moment == place.moment for one in kept):
        insort(kept, place, key=lambda one: one.moment)
        del kept[:-most]


def _holds(kept: Sequence[Moment], moment: Moment) -> bool:
    at = bisect_left(kept, moment)
    return at < len(kept) and kept[at] == moment
