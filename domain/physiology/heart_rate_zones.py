"""Five zones of heart rate, from the best that is known of a runner's heart."""

from dataclasses import dataclass
from enum import StrEnum

from domain.physiology.model import Physiology


class HeartRateZoneMethod(StrEnum):
    """What heart-rate zones are cut from."""

    THRESHOLD = "THRESHOLD"
    RESERVE = "RESERVE"
    MAXIMUM = "MAXIMUM"


@dataclass(frozen=True, slots=True)
class HeartRateZone:
    """One zone, [from, to) bpm, counted from 1; None where it has no end on that side."""

    number: int
    name: str
    from_bpm: int | None
    to_bpm: int | None


@dataclass(frozen=True, slots=True)
class HeartRateZones:
    """Zones that leave no heart rate out, and what they were cut from; none and None when nothing is known."""

    method: HeartRateZoneMethod | None = None
    zones: tuple[HeartRateZone, ...] = ()


# Where the second to the fifth zone begin, in percent of what the method cuts, and what the five are called.
STARTS = {
    HeartRateZoneMethod.THRESHOLD: (85, 90, 95, 100),
    HeartRateZoneMethod.RESERVE: (60, 70, 80, 90),
    HeartRateZoneMethod.MAXIMUM: (60, 70, 80, 90),
}
NAMES_BY_THRESHOLD = ("Recovery", "Aerobic", "Tempo", "Below threshold", "Above threshold")
NAMES = ("Very light", "Light", "Moderate", "Hard", "Maximum")


def heart_rate_zones(physiology: Physiology) -> HeartRateZones:
    """The runner's five zones; borders are whole bpm, each the lower end of the zone above it.

    THRESHOLD: 85, 90, 95 and 100 % of the threshold heart rate (Friel's zones for running, his 5a to 5c as one).
    Else RESERVE: 60, 70, 80 and 90 % of the way from resting to maximum (Karvonen et al. 1957, Ann Med Exp Biol Fenn
    35:307). Else MAXIMUM: the same shares of the maximum (Edwards 1993, "The Heart Rate Monitor Book"). None of them
    known: no zones.
    """
    resting, maximum = physiology.resting_heart_rate, physiology.max_heart_rate
    if physiology.threshold_heart_rate is not None:
        return _cut(HeartRateZoneMethod.THRESHOLD, 0, physiology.threshold_heart_rate, NAMES_BY_THRESHOLD)
    if maximum is None:
        return HeartRateZones()
    if resting is not None:
        return _cut(HeartRateZoneMethod.RESERVE, resting, maximum, NAMES)
    return _cut(HeartRateZoneMethod.MAXIMUM, 0, maximum, NAMES)


def _cut(method: HeartRateZoneMethod, low: int, high: int, names: tuple[str, ...]) -> HeartRateZones:
    starts = [round(low + percent * (high - low) / 100) for percent in STARTS[method]]
    borders = [None, *starts, None]
    zones = zip(names, borders[:-1], borders[1:], strict=True)
    return HeartRateZones(method, tuple(HeartRateZone(number, *zone) for number, zone in enumerate(zones, 1)))
