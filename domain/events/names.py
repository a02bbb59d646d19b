"""What a topic may be called: its name stands in addresses, on start lists and in scripts."""

import re

from domain.events.model import LONGEST_TOPIC_NAME
from domain.shared.errors import Conflict, Invalid, NotFound

NAME = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{LONGEST_TOPIC_NAME - 1}}}", re.ASCII)
LONGEST_SHOWN = 40  # characters of a name that is refused


class TopicNameBad(Invalid):
    """The name would not stand in an address as it is."""

    def __init__(self, name: str) -> None:
        shown = repr(name)
        if len(name) > LONGEST_SHOWN:  # whose beginning might be a good name
            shown = f"{name[:LONGEST_SHOWN] + '…'!r}, which has {len(name)} characters,"
        super().__init__(
            f"{shown} is no name for a topic: take 1 to {LONGEST_TOPIC_NAME} small letters, digits, dots, hyphens and "
            "underscores, beginning with a letter or a digit, as in night-trail-2026.",
            field=("name",),
        )


class TopicNameTaken(Conflict):
    """Another topic of this installation has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a topic {name!r} already. Take another name, or publish to that one.", field=("name",)
        )


class PublisherNotFound(NotFound):
    """An id among the publishers is nobody's."""

    def __init__(self) -> None:
        super().__init__(
            "One of publisherIds is no athlete's id. Ask those who are to publish for their `viewer { id }`.",
            field=("publisherIds",),
        )


def topic_name(text: str) -> str:
    """The text, where it is fit to name a topic.

    Raises TopicNameBad.
    """
    if not NAME.fullmatch(text):
        raise TopicNameBad(text)
    return text
