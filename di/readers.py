"""The standby that may answer queries, where a setting names one."""

from svcs import Registry

from configuration.settings import Settings
from infrastructure.database.engine import Database
from infrastructure.standby.readers import Readers
from infrastructure.standby.server import Standby

POSITION_WITHIN_S = 1.0


def register_readers(registry: Registry, database: Database, settings: Settings) -> Readers | None:
    """None without the setting. Not pinged: while the standby is away the writer answers all, and nobody misses it."""
    if settings.database_reader_url is None:
        return None
    assert settings.database_url is not None
    assert settings.redis_url is not None
    cache = settings.database_statement_cache
    readers = Readers(
        database,
        watching=Database(
            settings.database_url, pool_size=1, statement_cache_size=cache, command_timeout_s=POSITION_WITHIN_S
        ),
        standby=Standby(
            settings.database_reader_url, pool_size=settings.database_pool_size, statement_cache_size=cache
        ),
        redis_url=settings.redis_url,
    )
    registry.register_value(Readers, readers, on_registry_close=readers.close)
    return readers
