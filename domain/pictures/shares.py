"""How much of a run was spent in each zone, or without one."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.pictures.drawn_run import Standing
from domain.pictures.look import words_for
from domain.zones.model import EfficiencyZone
from domain.zones.standing import FIFTHS


@dataclass(frozen=True, slots=True)
class Share:
    """One zone's, or one reason's, part of a run: metres, seconds of movement, and the share of the metres, 0 to 1."""

    standing: Standing
    distance_m: float
    moving_s: float
    of_distance: float

    @property
    def percent(self) -> str:
        """The share as it is written; what is there at all is never 0 %."""
        return "<1 %" if 0 < self.of_distance < 0.005 else f"{self.of_distance:.0%}".replace("%", " %")


def shares(stretches: Iterable[tuple[Standing, float, float]]) -> tuple[list[Share], list[Share]]:
    """The five zones from very high to very low, and the reasons that occur, the largest first.

    `stretches` are (standing, metres, seconds of movement).
    """
    sums: dict[Standing, tuple[float, float]] = dict.fromkeys(reversed(FIFTHS), (0.0, 0.0))
    for standing, metres, seconds in stretches:
        before = sums.get(standing, (0.0, 0.0))
        sums[standing] = before[0] + metres, before[1] + seconds
    total = sum(metres for metres, _ in sums.values())
    told = [Share(standing, m, s, m / total if total > 0 else 0.0) for standing, (m, s) in sums.items()]
    zones = [share for share in told if isinstance(share.standing, EfficiencyZone)]
    reasons = [share for share in told if not isinstance(share.standing, EfficiencyZone)]
    return zones, sorted(reasons, key=lambda share: (-share.distance_m, words_for(share.standing)))


def in_words(zones: Iterable[Share], reasons: Iterable[Share]) -> str:
    """The shares as a sentence for who does not see the picture."""
    parts = [f"{words_for(share.standing)} {share.percent}" for share in zones]
    parts += [f"without a zone {share.percent} ({words_for(share.standing)})" for share in reasons]
    return ", ".join(parts)
