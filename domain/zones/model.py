"""Where a stretch of terrain stands among others: the words for it, and why there may be none."""

from enum import StrEnum

NEAREST = 10  # the most similar segments of each that are told


class ZoneReason(StrEnum):
    """Why a stretch has no zone."""

    NOT_ENOUGH_DATA = "NOT_ENOUGH_DATA"
    NO_HEART_RATE = "NO_HEART_RATE"
    NO_ALTITUDE = "NO_ALTITUDE"
    HEART_RATE_DOES_NOT_FOLLOW = "HEART_RATE_DOES_NOT_FOLLOW"
    TOO_ONE_SIDED = "TOO_ONE_SIDED"
    WARM_UP = "WARM_UP"


class ZoneMethod(StrEnum):
    """Which score is judged, and among whom."""

    NATIVE = "NATIVE"
    TRAILMETRICS = "TRAILMETRICS"


class EfficiencyZone(StrEnum):
    """Which fifth of its population a score stands in."""

    VERY_LOW = "VERY_LOW"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    VERY_HIGH = "VERY_HIGH"
    NOT_ENOUGH_DATA = "NOT_ENOUGH_DATA"
