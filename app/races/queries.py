"""Asking for a race and how it stands."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.context import Info
from app.edge.declaring.fields import Entries, resolved
from app.races.live import LiveRaces
from app.races.types import LiveStandings, Race
from domain.races.ports import RaceRepository
from domain.races.refusals import MOST_PICKED, MOST_SHOWN, ShownOutOfBounds, TooManyPicked
from domain.shared.viewer import Scope

SHOWN = 100
AS_SHOWN = Entries(arguments=("first",), default=SHOWN, most=MOST_SHOWN)
TopicName = Annotated[str, strawberry.argument(description="The topic's name.")]
First = Annotated[int, strawberry.argument(description="So many runners, 0 to 500; all that is told of each fits.")]
Picked = Annotated[
    list[str] | None,
    strawberry.argument(description="Only these runners, up to 100; who is not in the race is left out."),
]


def require_shown(first: int, runners: Sequence[str] | None) -> None:
    """Raise ShownOutOfBounds or TooManyPicked unless so many runners can be shown."""
    if not 0 <= first <= MOST_SHOWN:
        raise ShownOutOfBounds(first)
    if runners is not None and len(runners) > MOST_PICKED:
        raise TooManyPicked(len(runners))


@strawberry.type
class RaceQueries:
    """Root fields about races."""

    @resolved
    async def race(self, info: Info, topic: TopicName) -> Race | None:
        """The race on a topic; null when there is none."""
        info.context.viewer.require(Scope.EVENTS_READ)
        return await read_race(info, topic)

    @resolved(cost=10, entries=AS_SHOWN)
    async def live_standings(
        self, info: Info, topic: TopicName, first: First = SHOWN, runners: Picked = None
    ) -> LiveStandings | None:
        """How the race on a topic stands now; null when there is none."""
        info.context.viewer.require(Scope.EVENTS_READ)
        require_shown(first, runners)
        live = await info.context.services.aget(LiveRaces)
        told = await live.standings(topic)
        return None if told is None else LiveStandings.of(topic, told, first, runners)


async def read_race(info: Info, topic: str) -> Race | None:
    """The race on a topic, as it is now."""
    races = await info.context.services.aget(RaceRepository)
    version = await races.version(topic)
    race = None if version is None else await races.at(version)
    return None if race is None else Race.of(topic, race)
