"""Watching a race."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from app.context import Info
from app.edge.declaring.fields import subscription
from app.races.live import LiveRaces
from app.races.queries import AS_SHOWN, SHOWN, First, Picked, TopicName, require_shown
from app.races.types import LiveStandings
from domain.races.refusals import RaceNotFound
from domain.shared.viewer import Scope


@strawberry.type
class RaceSubscriptions:
    """Root fields about races as they go on."""

    @subscription(shared=Scope.EVENTS_READ, entries=AS_SHOWN)
    async def live_standings(
        self, info: Info, topic: TopicName, first: First = SHOWN, runners: Picked = None
    ) -> AsyncGenerator[LiveStandings, None]:
        """How the race on a topic stands: now, and whenever something was reported or time made somebody overdue.

        At most about once a second, however much comes in.
        """
        info.context.viewer.require(Scope.EVENTS_READ)
        require_shown(first, runners)
        live = await info.context.services.aget(LiveRaces)
        seen = False
        async with aclosing(live.follow(topic)) as standings:
            async for told in standings:
                seen = True
                yield LiveStandings.of(topic, told, first, runners)
        if not seen:
            raise RaceNotFound(topic)
