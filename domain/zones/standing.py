"""In which fifth of its population a stretch stands, by its rank among those that score no higher."""

from domain.zones.model import EfficiencyZone, ZoneMethod

# The legacy method has no least size: whoever compares with it expects its answers.
FEWEST = {ZoneMethod.NATIVE: 20, ZoneMethod.TRAILMETRICS: 1}
FIFTHS = (
    EfficiencyZone.VERY_LOW,
    EfficiencyZone.LOW,
    EfficiencyZone.MEDIUM,
    EfficiencyZone.HIGH,
    EfficiencyZone.VERY_HIGH,
)


def zone_among(rank: int, count: int, *, fewest: int = 1) -> EfficiencyZone:
    """The fifth that a rank falls into: a share of at most .2 is VERY_LOW, of at most .4 LOW, and so on.

    NOT_ENOUGH_DATA for one that is no member (rank 0) and for a population of less than `fewest`. Whole numbers
    decide, so that a share of exactly .2, .4, .6 or .8 falls where the rule says.
    """
    if rank < 1 or count < fewest:
        return EfficiencyZone.NOT_ENOUGH_DATA
    return next(zone for fifth, zone in enumerate(FIFTHS, 1) if rank * 5 <= count * fifth)


def legacy_word(zone: EfficiencyZone) -> str:
    """The zone as TrailMetrics writes it, such as `very_low`; empty where there is none."""
    return "" if zone is EfficiencyZone.NOT_ENOUGH_DATA else zone.value.lower()
