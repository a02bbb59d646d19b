"""Phones as trackers: whoever knows a tracker's key may publish positions to one topic, as one source."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import NewType
from uuid import UUID

from domain.events.checks import check_name
from domain.events.model import LONGEST_SOURCE, TopicId
from domain.shared.errors import NotFound

TrackerId = NewType("TrackerId", UUID)
# Small letters and digits that nobody mistakes for one another: a key is typed into phones.
KEY_LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"
KEY_LENGTH = 32  # of 32 letters: 160 bits
KEY = re.compile(rf"[{KEY_LETTERS}]{{{KEY_LENGTH}}}")


class TrackerNotFound(NotFound):
    """No tracker has the id or the key, or it was revoked, or it is another's, or its maker may publish no more."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such tracker, or it publishes no more: it was revoked, or whoever made it may not publish "
            "themselves. createTracker makes one.",
            field=("id",),
        )


@dataclass(frozen=True, slots=True)
class Tracker:
    """A key that publishes to a topic as one source, until it is revoked, or its maker may publish there no more.

    Raises EventRefused for a source that no event may have.
    """

    id: TrackerId
    topic_id: TopicId
    source: str
    created_by: UUID
    by_operations: bool = False  # whoever made it runs this installation, and may publish anywhere

    def __post_init__(self) -> None:
        check_name(self.source, "source", LONGEST_SOURCE)


def hash_of_key(key: str) -> bytes:
    """What is stored of a key: its SHA-256. A key is chance of 160 bits, so that no salt and no slowness is needed.

    Raises TrackerNotFound for what cannot be a key.
    """
    if not KEY.fullmatch(key):
        raise TrackerNotFound
    return sha256(key.encode()).digest()
