"""Trackers as clients see them, and what clients give to make one."""

from datetime import datetime

import strawberry

from app.context import Info
from app.edge.declaring.fields import input_type, object_type, resolved, says
from app.edge.declaring.payload import Payload
from app.edge.declaring.relay import Node
from app.events.inputs import KEY
from domain.shared.viewer import Scope


@object_type
class Tracker(Node):
    """A key that lets a phone publish its positions to a topic, as one source, while whoever made it may publish."""

    topic: str = says("The name of its topic.")
    source: str = says("The source of its events.")
    created_at: datetime = says("When it was made.")
    revoked_at: datetime | None = says("When it was revoked; null until then.")


@input_type
class CreateTrackerInput:
    """A new tracker."""

    topic: str = says("The name of a topic that you may publish to.")
    source: str = says("The source of its events, 1 to 200 characters: a bib, or a runner's name.")
    idempotency_key: str | None = says(f"{KEY} But its tracker's key is not told again.", default=None)


@input_type
class TrackerIdInput:
    """A tracker."""

    id: strawberry.ID = says("The tracker.")
    idempotency_key: str | None = says(KEY, default=None)


@object_type
class TrackerPayload(Payload):
    """A tracker that was written; when it was made just now, with its key, which is never told again."""

    key: str | None = says(
        "Its secret. Only its hash is kept: whoever loses it revokes the tracker and makes another. Null when the "
        "request was refused, repeated another one, or made none.",
        default=None,
    )
    owntracks_path: str | None = says("What to enter behind this server's address in OwnTracks.", default=None)
    osmand_path: str | None = says("What to enter behind this server's address in OsmAnd.", default=None)

    @resolved
    async def tracker(self, info: Info) -> Tracker | None:
        """The tracker as it is now; null when the request was refused."""
        tracker: Tracker | None = await info.context.read_one(Tracker, self.id, Scope.EVENTS_PUBLISH)
        return tracker
