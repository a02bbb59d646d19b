"""Where races are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from domain.events.model import TopicId
from domain.races.model import Race
from domain.races.profile import CourseProfile
from domain.shared.once import Once
from domain.shared.viewer import Viewer


@dataclass(frozen=True, slots=True)
class RaceVersion:
    """Which race is on a topic; the number goes up whenever it is set anew.

    Its topic's events have offsets from `earliest` to `head`, and `newest` is the id of that at `head`, if it is there
    still.
    """

    topic_id: TopicId
    number: int
    head: int = field(compare=False)
    earliest: int = field(default=1, compare=False)
    newest: str | None = field(default=None, compare=False)


class RaceRepository(Protocol):
    """The races, one a topic."""

    async def update(
        self, topic_id: TopicId, change: Callable[[Race | None], Race], *, once: Once | None = None
    ) -> None:
        """Lock the topic's race, store what `change` makes of it; of None where there is none yet.

        `change` may run again, so it does nothing else. What it raises is raised, and nothing is stored.
        """
        ...

    async def version(self, topic: str) -> RaceVersion | None:
        """Which race is on the topic of this name; None when there is none."""
        ...

    async def at(self, version: RaceVersion) -> Race | None:
        """The race; None when it was set anew since."""
        ...

    async def course_of_run(self, run_id: UUID, viewer: Viewer) -> CourseProfile | None:
        """The heights along a run of the viewer's; None without such a run, its distances or its altitudes."""
        ...

    async def has_event(self, topic_id: TopicId, event_id: str) -> bool:
        """Whether the topic holds an event of this id."""
        ...
