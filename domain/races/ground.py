"""Where a race's checkpoints lie, and which of them somebody is at."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import cos, degrees, hypot, radians

from domain.races.model import Checkpoint

NEAR_M = 60.0  # a phone in a forest is seldom off by more
AWAY_M = 200.0  # and one in a house by more than that; at least twice NEAR_M
EARTH_RADIUS_M = 6_371_008.8
ELSEWHERE = -1
_BAND = degrees(AWAY_M / EARTH_RADIUS_M)


class Ground:
    """The spots of a race: a place that several checkpoints share, as laps do, is one spot.

    Spots are numbered from 0, and each checkpoint without a place has one of its own too.
    """

    def __init__(self, checkpoints: Sequence[Checkpoint]) -> None:
        places = [_place_of(one) for one in checkpoints]
        self._spots = sorted({place for place in places if place is not None})
        self._north = [north for north, _ in self._spots]
        numbers = {spot: number for number, spot in enumerate(self._spots)}
        self.spots = [len(numbers) + number if place is None else numbers[place] for number, place in enumerate(places)]
        self.knows_places = bool(numbers)
        self.knows_start = checkpoints[0].distance_m == 0 and places[0] is not None
        self._around = [frozenset(self._within(*spot, AWAY_M)) for spot in self._spots]
        self._shared = {spot for spot in self.spots if self.spots.count(spot) > 1 or self._has_neighbours(spot)}

    def spots_at(self, latitude: float, longitude: float) -> list[int]:
        """The spots within 60 m; ELSEWHERE if there is none within 200 m, and nothing in between."""
        near = self._within(latitude, longitude, NEAR_M)
        return near if near or self._within(latitude, longitude, AWAY_M) else [ELSEWHERE]

    def is_away(self, spot: int, other: int) -> bool:
        """Whether who is at the one spot cannot be at the other."""
        is_placed = 0 <= spot < len(self._around)
        return spot != other and not (is_placed and other in self._around[spot])

    def may_be_start(self, spot: int) -> bool:
        """Whether runners may be there at first.

        Where no start is given, that is where the finish is, and where several checkpoints are.
        """
        if self.knows_start:
            return not self.is_away(self.spots[0], spot)
        return spot in self._shared or not self.is_away(self.spots[-1], spot)

    def _has_neighbours(self, spot: int) -> bool:
        return spot < len(self._around) and len(self._around[spot]) > 1

    def _within(self, latitude: float, longitude: float, metres: float) -> list[int]:
        found = range(bisect_left(self._north, latitude - _BAND), bisect_right(self._north, latitude + _BAND))
        return [spot for spot in found if _apart_m(*self._spots[spot], latitude, longitude) <= metres]


def _place_of(checkpoint: Checkpoint) -> tuple[float, float] | None:
    if checkpoint.latitude is None or checkpoint.longitude is None:
        return None
    return checkpoint.latitude, checkpoint.longitude


def _apart_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """On a sphere and flat there: right to a centimetre at some 100 m, except at the poles."""
    north = radians(other_latitude - latitude)
    east = radians((other_longitude - longitude + 180) % 360 - 180) * cos(radians(latitude))
    return hypot(north, east) * EARTH_RADIUS_M
