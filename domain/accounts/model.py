"""The athlete: what they are called, and by which clock their training days turn."""

import unicodedata
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Self
from uuid import UUID
from zoneinfo import available_timezones

from domain.shared.errors import Invalid

MAX_NAME_LENGTH = 100
HOME_TIMEZONE = "UTC"
NAMELESS = "Runner"

# These stand in zone folders, but name a machine's setting or a missing one and not a place.
_NOT_PLACES = frozenset({"localtime", "Factory", "posixrules", "leapseconds"})


class BadDisplayName(Invalid):
    """Empty, too long, or with characters that cannot be shown."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"A display name has 1 to {MAX_NAME_LENGTH} visible characters; this one {problem}.", field=("displayName",)
        )


class UnknownTimezone(Invalid):
    """Not the name of a zone in the IANA time zone database."""

    def __init__(self, timezone: str) -> None:
        close = _similar(timezone)
        hint = f"Did you mean {' or '.join(close)}?" if close else "Use a name such as Europe/Zurich or America/Denver."
        super().__init__(f"There is no such time zone. {hint}", field=("timezone",))


@dataclass(frozen=True, slots=True)
class Athlete:
    """Somebody who trains here. `timezone` is an IANA name; it decides which day a workout falls on."""

    id: UUID
    display_name: str
    email: str | None
    timezone: str

    @classmethod
    def newcomer(cls, id: UUID, *, name: str | None, email: str | None) -> Self:
        """The athlete of somebody seen for the first time.

        Their token's name is made to fit, never refused: nobody is kept out because of what a provider calls them.
        Without one it is what stands before the @ of `email`, or else "Runner".
        """
        local_part = (email or "").partition("@")[0]
        shown = next((fit for text in (name or "", local_part) if (fit := _fitted(text))), NAMELESS)
        return cls(id, shown, email, HOME_TIMEZONE)

    def rename(self, display_name: str) -> Self:
        """The same athlete under another name, without the spaces around it. Raises BadDisplayName."""
        name = display_name.strip()
        if not name:
            raise BadDisplayName("is empty")
        if len(name) > MAX_NAME_LENGTH:
            raise BadDisplayName(f"has {len(name)}")
        if any(_unseen(char) for char in name):
            raise BadDisplayName("has control characters")
        return replace(self, display_name=name)

    def move_to(self, timezone: str) -> Self:
        """The same athlete living by another zone's clock; `timezone` is an exact IANA name. Raises UnknownTimezone."""
        if timezone not in _zones():
            raise UnknownTimezone(timezone)
        return replace(self, timezone=timezone)


def _fitted(name: str) -> str:
    return "".join(char for char in name if not _unseen(char)).strip()[:MAX_NAME_LENGTH].strip()


def _unseen(char: str) -> bool:
    # Not str.isprintable: the joiners inside of emoji are not "printable", control characters and surrogates are the
    # ones that break a terminal or the database.
    return unicodedata.category(char) in ("Cc", "Cs")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_PLACES)


def _similar(timezone: str) -> list[str]:
    if len(timezone) > MAX_NAME_LENGTH:
        return []
    sought = timezone.strip().replace(" ", "_").lower()
    if exact := sorted(zone for zone in _zones() if sought in (zone.lower(), zone.rpartition("/")[2].lower())):
        return exact[:2]
    by_lower = {zone.lower(): zone for zone in sorted(_zones())}
    return [by_lower[match] for match in get_close_matches(sought, by_lower, n=2, cutoff=0.75)]
