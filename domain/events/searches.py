"""What may be looked for among events: what no event can have is refused, so that nobody waits for it."""

import re
from collections.abc import Collection

from domain.shared.errors import BadUserInput

MAX_SOURCES = 100  # in a filter
UNTELLABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # no name of anything has these in it


class TooManySources(BadUserInput):
    """A filter names more sources than are looked for at once."""

    def __init__(self, count: int) -> None:
        super().__init__(f"`filter` names {count:,} sources, and at most {MAX_SOURCES} are looked for at once.")


class NoSuchEvents(BadUserInput):
    """A filter asks for a source that no event can have, and that cannot even be looked for."""


def check_sources(sources: Collection[str], *, longest: int) -> None:
    """Raise TooManySources, or NoSuchEvents where no event can come from one of them: names of up to `longest`
    characters, each of which can be stored and shown."""
    if len(sources) > MAX_SOURCES:
        raise TooManySources(len(sources))
    if any(len(source) > longest or UNTELLABLE.search(source) for source in sources):
        raise NoSuchEvents(
            f"`filter` has a source of more than {longest} characters, or with a control character or half a character "
            "in it. No event comes from there: leave it out."
        )
