"""All that was reported of one runner, kept so that it comes to the same whatever order it came in.

Of what may be much there is kept what a rule picks by recorded time and never by arrival, among what is not marked
wrong: the earliest reads, a thinned track, the latest positions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.races.few import Few, T, Told
from domain.races.ground import Ground
from domain.races.index import KeptOf
from domain.races.model import Race
from domain.races.reports import Moment, Position
from domain.races.visits import LONGEST_S, Track, visits

FASTEST_M_PER_S = 8.0  # no kilometre was ever run faster on the level (2:11 min); what seems faster is a mistake
EARLY_S = 60.0  # the mat at the start may see a runner before the clock of the race starts
READS_KEPT = 16  # of one runner at one checkpoint, from the soonest that is possible on


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

    @property
    def event_id(self) -> str:
        """The event that told of it."""
        return self.moment.event_id


class Evidence:
    """What is kept of one runner: bounded by the checkpoints of the race, however much is reported.

    `kept_of` is told what is kept here, so that a mark finds it.
    """

    def __init__(self, race: Race, ground: Ground, runner: str, kept_of: KeptOf) -> None:
        self.runner, self.starts_at = runner, race.start_of(runner)
        self.heard = 0  # events, those that were dropped too
        self._checkpoints, self._ground, self._kept_of = race.checkpoints, ground, kept_of
        self._reads: dict[int, Few[Moment]] = {}
        self._too_early: dict[int, Few[Moment]] = {}
        self._positions = Few[Place](1, latest=True)
        self._withdrawals = Few[Moment](1)
        self._track = Track()

    def read(self, place: int, moment: Moment, *, wrong: bool) -> None:
        """A mat saw the runner at this checkpoint."""
        if self.elapsed_s(moment) < soonest_s(self._checkpoints[place].distance_m):
            self._keep(self._too_early.setdefault(place, Few(1)), moment, wrong=wrong)
        else:
            self._keep(self._reads.setdefault(place, Few(READS_KEPT)), moment, wrong=wrong)

    def position(self, position: Position, moment: Moment, *, wrong: bool) -> None:
        """A tracker told where the runner is."""
        here = Place(moment, position.latitude, position.longitude, position.altitude_m)
        self._keep(self._positions, here, wrong=wrong)
        elapsed_s = self.elapsed_s(moment)
        if not self._ground.knows_places or not -EARLY_S <= elapsed_s <= LONGEST_S:
            return
        for spot in self._ground.spots_at(position.latitude, position.longitude):
            if spot >= 0 or elapsed_s > 0:  # who is away before the start has not gone anywhere yet
                self._kept_of.keep(moment.event_id, self.runner)
                self._let_go(self._track.add(moment, elapsed_s, spot, wrong=wrong))

    def withdrawal(self, moment: Moment, *, wrong: bool) -> None:
        """The runner gave up."""
        self._keep(self._withdrawals, moment, wrong=wrong)

    def mark(self, event_id: str, *, wrong: bool) -> bool:
        """An event is wrong, or right after all; returns whether something is missed that was dropped before."""
        misses = False
        for few in self._fews():
            gone = few.mark(event_id, wrong=wrong)
            self._let_go([] if gone is None else [gone])
            misses = misses or few.misses_some
        dropped, track_misses = self._track.mark(event_id, wrong=wrong)
        self._let_go(dropped)
        return misses or track_misses

    def elapsed_s(self, moment: Moment) -> float:
        """Seconds from the runner's start, to the millisecond."""
        return round((moment.at - self.starts_at).total_seconds(), 3)

    def reads_at(self, place: int) -> list[Moment]:
        """When mats saw the runner at a checkpoint, from the soonest that is possible on, the earliest first."""
        return self._reads[place].told if place in self._reads else []

    def too_early_at(self, place: int) -> Moment | None:
        """When a mat first saw the runner at a checkpoint sooner than anybody can be there."""
        return next(iter(self._too_early[place].told), None) if place in self._too_early else None

    def visits(self, reads: Iterable[tuple[Moment, int]]) -> dict[int, list[Moment]]:
        """When trackers told of arrivals at the checkpoints that have a place.

        `reads` are sound ones with their checkpoints: they too tell where the runner was. A start is not arrived at:
        the first sighting there stands for that.
        """
        sightings, spots = self._track.sightings, self._ground.spots
        if not sightings:
            return {}
        where = [(moment, spots[place]) for moment, place in reads if self._is_somewhere(place)]
        arrivals = visits([*sightings, *where], self._ground)
        found = {place: arrivals[spot] for place, spot in enumerate(spots) if spot in arrivals}
        if self._ground.knows_start:
            found[0] = sorted(moment for moment, spot in sightings if spot == spots[0])[:1]
        return found

    @property
    def last_place(self) -> Place | None:
        """Where the runner was last."""
        return next(iter(self._positions.told), None)

    @property
    def is_withdrawn(self) -> bool:
        """Whether the runner has given up."""
        return bool(self._withdrawals.told)

    @property
    def last_seen_at(self) -> datetime | None:
        """The latest recorded time of a read or a position."""
        reads = [few.told[-1] for kept in (self._reads, self._too_early) for few in kept.values() if few.told]
        last = self.last_place
        return max([*(moment.at for moment in reads), *([last.at] if last else [])], default=None)

    @property
    def size(self) -> int:
        """How much there is to work through: reads and sightings."""
        return sum(len(few.told) for few in self._reads.values()) + len(self._track.sightings)

    def forget(self) -> None:
        """Take all that is kept here out of the index."""
        for few in self._fews():
            self._let_go(few.all)
        self._let_go(self._track.all)

    def _is_somewhere(self, place: int) -> bool:
        """Not at a start that may be anywhere, at the finish too."""
        return self._checkpoints[place].distance_m > 0 or self._ground.knows_start

    def _fews(self) -> Iterator[Few[Moment] | Few[Place]]:
        yield self._positions
        yield self._withdrawals
        yield from self._reads.values()
        yield from self._too_early.values()

    def _keep(self, few: Few[T], one: T, *, wrong: bool) -> None:
        self._kept_of.keep(one.event_id, self.runner)
        gone = few.add(one, wrong=wrong)
        self._let_go([] if gone is None else [gone])

    def _let_go(self, gone: Iterable[Told]) -> None:
        for one in gone:
            self._kept_of.let_go(one.event_id)


def soonest_s(distance_m: float) -> float:
    """How many seconds after the start somebody can be so far along the course at the soonest."""
    return distance_m / FASTEST_M_PER_S if distance_m > 0 else -EARLY_S
