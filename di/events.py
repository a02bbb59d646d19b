"""Which adapter stands behind which port of topics and events."""

from svcs import Registry

from configuration.settings import Settings
from domain.events.ports import (
    EventIntake,
    EventLog,
    EventSweep,
    EventWire,
    TopicRepository,
    TrackerKeys,
    TrackerRepository,
)
from domain.shared.ports import Ids
from infrastructure.database.engine import Database
from infrastructure.events.installation import installation_of
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.log import PostgresEventLog
from infrastructure.events.retention import PostgresEventSweep
from infrastructure.events.tables import (
    CompactedEventRow,
    EventConflictRow,
    EventRow,
    TopicPublisherRow,
    TopicRow,
    TrackerRow,
)
from infrastructure.events.topics import PostgresTopicRepository
from infrastructure.events.trackers import PostgresTrackerRepository, RandomTrackerKeys
from infrastructure.events.wire import RedisEventWire

TABLES = (TopicRow, TopicPublisherRow, EventRow, CompactedEventRow, EventConflictRow, TrackerRow)


def register_events(registry: Registry, database: Database, settings: Settings, ids: Ids) -> None:
    """Fill in what topics and events need."""
    assert settings.redis_url is not None
    wire = RedisEventWire(settings.redis_url, sender=ids.new(), installation=installation_of(database))
    registry.register_value(EventWire, wire, on_registry_close=wire.close)
    intake = PostgresEventIntake(
        database,
        wire,
        ids,
        most_events=settings.intake_max_events,
        most_characters=settings.intake_max_mb * 1_000_000,
    )
    registry.register_value(EventIntake, intake, on_registry_close=intake.close)
    registry.register_value(TopicRepository, PostgresTopicRepository(database))
    registry.register_value(TrackerRepository, PostgresTrackerRepository(database))
    registry.register_value(TrackerKeys, RandomTrackerKeys())
    registry.register_value(EventLog, PostgresEventLog(database))
    registry.register_value(EventSweep, PostgresEventSweep(database, ids))
