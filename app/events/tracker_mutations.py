"""Making trackers, and taking them back."""

import strawberry

from app.context import Info
from app.edge.declaring.payload import mutation
from app.events import trackers as use_cases
from app.events.tracker_types import CreateTrackerInput, TrackerIdInput, TrackerPayload
from domain.events.ports import TopicRepository, TrackerKeys, TrackerRepository
from domain.events.trackers import TrackerId, TrackerNotFound
from domain.shared.node_ids import id_of
from domain.shared.ports import Clock, Ids
from domain.shared.viewer import Scope

# What OsmAnd fills in: https://osmand.net/docs/user/plugins/trip-recording
OSMAND_TEMPLATE = "lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}&bearing={6}&batt={11}"


@strawberry.type
class TrackerMutations:
    """Root fields that write trackers."""

    @mutation
    async def create_tracker(self, info: Info, input: CreateTrackerInput) -> TrackerPayload:
        """Let a phone publish its positions to a topic: with a key in an address, and without a token."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics, trackers, keys, ids = await info.context.services.aget(
            TopicRepository, TrackerRepository, TrackerKeys, Ids
        )
        tracker_id, key = await use_cases.create_tracker(
            input.topic, input.source, viewer=viewer, once=once, topics=topics, trackers=trackers, keys=keys, ids=ids
        )
        if key is None:
            return TrackerPayload(id=tracker_id)
        path = f"/trackers/{key}"
        return TrackerPayload(
            id=tracker_id,
            key=key,
            owntracks_path=f"{path}/owntracks",
            osmand_path=f"{path}/osmand?{OSMAND_TEMPLATE}",
        )

    @mutation
    async def revoke_tracker(self, info: Info, input: TrackerIdInput) -> TrackerPayload:
        """Let a tracker publish no more; what it published stays."""
        viewer, once = info.context.viewer, info.context.once(input)
        viewer.require(Scope.EVENTS_PUBLISH)
        trackers, clock = await info.context.services.aget(TrackerRepository, Clock)
        id = id_of("Tracker", input.id)
        if id is None:
            raise TrackerNotFound
        return TrackerPayload(id=await trackers.revoke(TrackerId(id), viewer, at=clock.now(), once=once))
