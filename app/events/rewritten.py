"""When the database fails over and has lost its last writes, what was told is not what is stored."""

from typing import Self

from app.events.pages import Pages
from app.events.recent import Recent
from domain.events.model import TopicId
from domain.events.places import CursorExpired, cursor_of
from domain.shared.errors import DomainError


class FeedRewritten(CursorExpired):
    """Events that this feed had told are not in the log any more, or others stand in their place."""

    def __init__(self, topic_id: TopicId, same_until: int) -> None:
        DomainError.__init__(
            self,
            "The database failed over and has lost the last events of this topic, some of which you were told. To go "
            "on with what takes their place, subscribe again from the cursor in `earliest`.",
        )
        self.topic_id, self.same_until = topic_id, same_until
        self.earliest = cursor_of(topic_id, same_until)

    def seen_from(self, offset: int) -> Self:
        """For whoever was told less: what follows that is still to come."""
        return type(self)(self.topic_id, min(offset, self.same_until))


async def same_until(pages: Pages, recent: Recent, head: int) -> int:
    """The last offset up to which the log holds what was told, as far back as that is remembered.

    Raises Unavailable.
    """
    at = recent.start
    while at < head:
        events, end = await pages.after(at, head)
        differing = recent.differing(events)
        if differing is not None:
            return differing - 1
        at = end
    return head
