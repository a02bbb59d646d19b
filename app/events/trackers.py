"""What runners do with phones that track them."""

from domain.events.model import Taken, TopicId, TopicNotFound
from domain.events.ports import EventIntake, TopicRepository, TrackerKeys, TrackerRepository
from domain.events.positions import Position, position_event
from domain.events.trackers import Tracker, TrackerId, hash_of_key
from domain.shared.once import Once
from domain.shared.ports import Clock, Ids
from domain.shared.viewer import Scope, Viewer


async def create_tracker(
    topic_name: str,
    source: str,
    *,
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    trackers: TrackerRepository,
    keys: TrackerKeys,
    ids: Ids,
) -> tuple[TrackerId, str | None]:
    """Make a tracker: its id and its key. A request that came before gets the id of then and no key: it is not kept."""
    viewer.require(Scope.EVENTS_PUBLISH)
    topic = await topics.by_name(topic_name)
    if topic is None:
        raise TopicNotFound(topic_name)
    topic.require_publisher(viewer)
    key = keys.new()
    runs_all = Scope.OPERATIONS in viewer.scopes
    tracker = Tracker(TrackerId(ids.new()), topic.id, source, viewer.athlete_id, by_operations=runs_all)
    tracker_id = await trackers.create(tracker, hash_of_key(key), once=once)
    return tracker_id, key if tracker_id == tracker.id else None


async def record_position(
    position: Position, source: str, *, topic_id: TopicId, intake: EventIntake, clock: Clock
) -> Taken:
    """Publish where a runner is. Raises EventRefused for a position that no event may tell of."""
    return await intake.take(topic_id, [position_event(position, source, now=clock.now())])
