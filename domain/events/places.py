"""Cursors of a topic's feed: the same text wherever a place in it is told or taken."""

import base64
import binascii
from uuid import UUID

import orjson

from domain.events.model import Bounds, TopicId
from domain.shared.errors import BadUserInput, DomainError

ORDER = "OFFSET_ASC"  # the order of `topic.events`, whose cursors these are too
VERSION = 1
LONGEST = 200
MOST = 2**63 - 1


class CursorExpired(DomainError):
    """What followed the cursor has been deleted: retention is over."""

    code = "CURSOR_EXPIRED"

    def __init__(self, earliest: str) -> None:
        super().__init__(
            "Some of what followed this cursor is older than the topic keeps its events. To go on with the earliest "
            "that is left, subscribe again from the cursor in `earliest`."
        )
        self.earliest = earliest  # the cursor behind which the first event that is left stands


class CursorAhead(CursorExpired):
    """The cursor tells a place that the topic has not reached: the database failed over and lost its last writes."""

    def __init__(self, head: str) -> None:
        DomainError.__init__(
            self,
            "This cursor lies ahead of the topic's last event: the database failed over and has lost the last ones. To "
            "go on with what is taken in from now on, subscribe again from the cursor in `earliest`.",
        )
        self.earliest = head


def cursor_of(topic_id: TopicId, offset: int) -> str:
    """The cursor behind the event at `offset`; 0 is the place before all events."""
    return base64.b64encode(f'[{VERSION},"{ORDER}",{offset},"{topic_id}"]'.encode()).decode()


def offset_of(cursor: str, topic_id: TopicId) -> int:
    """The offset that a cursor of this topic tells.

    Raises BadUserInput.
    """
    try:
        if len(cursor) > LONGEST:
            raise ValueError(cursor)
        version, order, offset, topic = orjson.loads(base64.b64decode(cursor, validate=True))
        if (version, order) != (VERSION, ORDER) or type(offset) is not int or not 0 <= offset <= MOST:
            raise ValueError(cursor)
        if UUID(topic) != topic_id:
            raise BadUserInput("The cursor in `after` belongs to another topic. Take one of this topic's.")
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise BadUserInput(
            "`after` is not a cursor of this topic. Take an event's `cursor`, or the topic's `headCursor`."
        ) from None
    return offset


def start_of(cursor: str | None, topic_id: TopicId, bounds: Bounds) -> int:
    """The offset behind which a subscriber begins: the cursor's, or from now on.

    Raises BadUserInput for what is no cursor of the topic, CursorExpired for what is gone and CursorAhead, which is
    one, for what lies ahead of its last event.
    """
    if cursor is None:
        return bounds.head
    offset = offset_of(cursor, topic_id)
    if offset > bounds.head:
        raise CursorAhead(cursor_of(topic_id, bounds.head))
    if offset < bounds.earliest - 1:
        raise CursorExpired(cursor_of(topic_id, bounds.earliest - 1))
    return offset
