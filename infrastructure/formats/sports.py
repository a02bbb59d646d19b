"""Which of the sports that files name are running."""

from enum import Enum

RUNNING_WORDS = ("run", "jog", "treadmill")
OTHER_WORDS = (
    *("bik", "cycl", "ride", "walk", "hik", "swim", "ski", "snow", "row", "skat", "paddl", "kayak", "canoe", "sail"),
    *("surf", "climb", "golf", "driv", "fly", "horse", "motor", "gym", "yoga", "strength", "ellip", "soccer", "tennis"),
    *("transition", "multisport", "mountaineering"),
)
# Strava writes its own numbers into GPX.
STRAVA_RUN = "9"


class Sport(Enum):
    """What a name of a sport means to a runner."""

    RUNNING = "running"
    OTHER = "other"
    UNKNOWN = "unknown"


def sport_of(name: str | None) -> Sport:
    """Running, another sport, or unknown: no name, "generic", "Other", or a word nobody knows."""
    words = (name or "").strip().lower()
    if words == STRAVA_RUN or any(word in words for word in RUNNING_WORDS):
        return Sport.RUNNING
    if words.isdecimal() or any(word in words for word in OTHER_WORDS):
        return Sport.OTHER
    return Sport.UNKNOWN


def plain(name: str) -> str:
    """A sport's name as a runner writes it."""
    words = name.strip().replace("_", " ").lower()
    return f"number {words}" if words.isdecimal() else words
