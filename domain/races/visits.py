"""Where a runner's phone was, minute by minute, and when it arrived at the spots of the course.

A phone that lies at the finish, or rests with its runner, has not come there again: a visit begins near a spot after
having been away from it. So the track is kept, thinned by a rule that looks at recorded times alone: of each minute the
first position near each spot and the first away from all. Where that is too much, minutes are taken together by twos,
fours and so on.
"""

from collections.abc import Iterable

from domain.races.ground import ELSEWHERE, Ground
from domain.races.reports import Moment

SIGHTINGS_KEPT = 128
FINEST_S = 60
LONGEST_S = 40 * 86_400  # of a race; a phone that tells of later times is wrong


class Track:
    """Sightings of one runner, by the minutes (or twos, fours… of them) and the spot."""

    __slots__ = ("_kept", "_lossy", "_marked", "_width_s")

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[Moment, float]] = {}
        self._marked: dict[str, list[tuple[Moment, float, int]]] = {}
        self._width_s = FINEST_S
        self._lossy = False

    def add(self, moment: Moment, elapsed_s: float, spot: int, *, wrong: bool) -> list[Moment]:
        """The runner was at the spot; returns what is not kept any more, or not at all."""
        if wrong:
            return self._set_aside(moment, elapsed_s, spot)
        gone = self._keep(spot, (moment, elapsed_s))
        while len(self._kept) > SIGHTINGS_KEPT and self._width_s < LONGEST_S:
            finer, self._kept, self._lossy = self._kept, {}, True
            self._width_s *= 2
            for (_, at_spot), sighting in finer.items():
                gone += self._keep(at_spot, sighting)
        return gone

    def mark(self, event_id: str, *, wrong: bool) -> tuple[list[Moment], bool]:
        """The event is wrong, or right after all; returns what is not kept any more, and whether some are missed."""
        gone: list[Moment] = []
        if not wrong:
            for moment, elapsed_s, spot in self._marked.pop(event_id, ()):
                gone += self.add(moment, elapsed_s, spot, wrong=False)
            return gone, False
        found = [key for key, (moment, _) in self._kept.items() if moment.event_id == event_id]
        for key in found:
            moment, elapsed_s = self._kept.pop(key)
            gone += self._set_aside(moment, elapsed_s, key[1])
        return gone, bool(found) and self._lossy

    @property
    def sightings(self) -> list[tuple[Moment, int]]:
        """When the runner was where, in no order."""
        return [(moment, spot) for (_, spot), (moment, _) in self._kept.items()]

    @property
    def all(self) -> list[Moment]:
        """All that is kept, those that are marked too."""
        marked = [moment for ones in self._marked.values() for moment, _, _ in ones]
        return [*(moment for moment, _ in self._kept.values()), *marked]

    def _keep(self, spot: int, sighting: tuple[Moment, float]) -> list[Moment]:
        key = int(sighting[1] // self._width_s), spot
        before = self._kept.get(key)
        if before is None:
            self._kept[key] = sighting
            return []
        if before[0] == sighting[0]:
            return [sighting[0]]
        self._lossy = True
        self._kept[key], dropped = min(before, sighting), max(before, sighting)
        return [dropped[0]]

    def _set_aside(self, moment: Moment, elapsed_s: float, spot: int) -> list[Moment]:
        aside = self._marked.setdefault(moment.event_id, [])
        if (moment, elapsed_s, spot) in aside:
            return [moment]
        aside.append((moment, elapsed_s, spot))
        return []


def visits(sightings: Iterable[tuple[Moment, int]], ground: Ground) -> dict[int, list[Moment]]:
    """When the runner arrived at each spot, the earliest first: near it after having been away since they were there.

    At first they have been away from all spots but those where the start may be.
    """
    found: dict[int, list[Moment]] = {}
    last_at: dict[int, int] = {}  # ELSEWHERE's too
    for number, (moment, spot) in enumerate(sorted(sightings), start=1):
        if spot != ELSEWHERE:
            at_first = -1 if ground.may_be_start(spot) else 0
            away_at = next((at for other, at in reversed(last_at.items()) if ground.is_away(other, spot)), at_first)
            if away_at > last_at.get(spot, -1):
                found.setdefault(spot, []).append(moment)
        last_at.pop(spot, None)  # so that they stand in the order of their last sightings
        last_at[spot] = number
    return found
