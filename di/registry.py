"""Which adapter stands behind which port: a block a feature."""

from secrets import SystemRandom

from svcs import Registry

from configuration.settings import AuthMode, Settings
from di.courses import TABLES as COURSE_TABLES
from di.courses import VIEWS as COURSE_VIEWS
from di.courses import register_courses
from di.events import TABLES as EVENT_TABLES
from di.events import register_events
from di.pacing import TABLES as PACING_TABLES
from di.pacing import VIEWS as PACING_VIEWS
from di.pacing import register_pacing
from di.races import TABLES as RACE_TABLES
from di.races import register_races
from di.readers import register_readers
from di.take_along import register_take_along
from di.throttle import register_throttle
from domain.accounts.ports import AthleteRepository, TokenIssuer, TokenVerifier
from domain.analysis.ports import AnalysisRepository
from domain.operations.ports import Bus, JobBoard, JobQueue, JobWatch
from domain.physiology.ports import PhysiologyRepository
from domain.pictures.ports import PictureRepository
from domain.plans.ports import PlanRepository
from domain.runs.ports import ImportRepository, RecordingFiles, RunChanges, RunRepository
from domain.shared.ports import Clock, Computing, Ids, Migrations, Outages, Reader
from domain.summaries.ports import SummaryRepository
from domain.zones.ports import ZoneRepository, ZoneSweep
from infrastructure.accounts.repository import PostgresAthleteRepository
from infrastructure.accounts.tables import AthleteRow
from infrastructure.accounts.view import VIEWER
from infrastructure.analysis.repository import PostgresAnalysisRepository
from infrastructure.analysis.tables import RunAnalysisRow, SegmentRow
from infrastructure.analysis.view import VIEWS as ANALYSIS_VIEWS
from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.auth.oidc import OidcTokens
from infrastructure.auth.verified import VerifiedTokens
from infrastructure.bus.redis_bus import RedisBus
from infrastructure.database.engine import COMMAND_TIMEOUT_S, Database
from infrastructure.database.migrate import DatabaseMigrations
from infrastructure.events.tracker_view import TRACKER
from infrastructure.events.view import VIEWS as EVENT_VIEWS
from infrastructure.formats.files import WatchFiles
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.computing import ThreadComputing
from infrastructure.machine.ids import SortedIds
from infrastructure.operations.board import PostgresJobBoard
from infrastructure.operations.tables import JobItemRow, JobRow
from infrastructure.operations.view import VIEWS as OPERATION_VIEWS
from infrastructure.physiology.repository import PostgresPhysiologyRepository
from infrastructure.physiology.tables import PhysiologyRow
from infrastructure.physiology.view import VIEWS as PHYSIOLOGY_VIEWS
from infrastructure.pictures.repository import PostgresPictureRepository
from infrastructure.plans.repository import PostgresPlanRepository
from infrastructure.plans.tables import PlanRow, WorkoutRow
from infrastructure.plans.view import VIEWS as PLAN_VIEWS
from infrastructure.queue.arq_queue import ArqJobQueue, arq_redis
from infrastructure.reading.reader import PostgresReader
from infrastructure.reading.view import Views
from infrastructure.runs.changes import PostgresRunChanges
from infrastructure.runs.imports import PostgresImportRepository
from infrastructure.runs.repository import PostgresRunRepository
from infrastructure.runs.tables import (
    BestEffortRow,
    RunChangeRow,
    RunFeedRow,
    RunRow,
    RunStreamRow,
    UploadRow,
)
from infrastructure.runs.view import VIEWS as RUN_VIEWS
from infrastructure.summaries.repository import PostgresSummaryRepository
from infrastructure.zones.repository import PostgresZoneRepository
from infrastructure.zones.sweep import PostgresZoneSweep
from infrastructure.zones.tables import RunSimilarsRow, RunZoneRow, SweepRow, ZoneStateRow
from infrastructure.zones.view import VIEWS as ZONE_VIEWS

__all__ = ["TABLES", "VIEWS", "arq_redis", "register_services"]

VIEWS = Views(
    (
        VIEWER,
        *PHYSIOLOGY_VIEWS,
        *PLAN_VIEWS,
        *RUN_VIEWS,
        *ANALYSIS_VIEWS,
        *ZONE_VIEWS,
        *EVENT_VIEWS,
        TRACKER,
        *COURSE_VIEWS,
        *PACING_VIEWS,
        *OPERATION_VIEWS,
    )
)
TABLES = (
    AthleteRow,
    PhysiologyRow,
    PlanRow,
    WorkoutRow,
    UploadRow,
    RunRow,
    RunStreamRow,
    BestEffortRow,
    RunFeedRow,
    RunChangeRow,
    RunAnalysisRow,
    SegmentRow,
    RunZoneRow,
    RunSimilarsRow,
    ZoneStateRow,
    JobRow,
    JobItemRow,
    SweepRow,
    *EVENT_TABLES,
    *RACE_TABLES,
    *COURSE_TABLES,
    *PACING_TABLES,
)


async def register_services(
    registry: Registry, settings: Settings, *, command_timeout_s: float = COMMAND_TIMEOUT_S
) -> None:
    """Fill the registry; nothing is dialled yet. `settings` names its servers by now, embedded or not."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    clock = SystemClock()
    ids = SortedIds(clock)
    registry.register_value(Settings, settings)
    registry.register_value(Clock, clock)
    registry.register_value(Ids, ids)
    computing = ThreadComputing()
    registry.register_value(Computing, computing, on_registry_close=computing.close)

    pool_size = settings.database_pool_size
    database = Database(
        settings.database_url,
        pool_size=pool_size,
        statement_cache_size=settings.database_statement_cache,
        command_timeout_s=command_timeout_s,
        patience_s=settings.operation_deadline_s,
        jitter=SystemRandom().random,
    )
    await database.open(TABLES)
    registry.register_value(Database, database, ping=_ping_database, on_registry_close=database.close)
    registry.register_value(Outages, database)
    registry.register_value(Migrations, DatabaseMigrations(database))
    readers = register_readers(registry, database, settings)
    registry.register_value(Reader, PostgresReader(database, VIEWS, clock, readers))

    _register_auth(registry, settings, clock)
    registry.register_value(AthleteRepository, PostgresAthleteRepository(database, ids))

    registry.register_value(PhysiologyRepository, PostgresPhysiologyRepository(database, ids))

    registry.register_value(PlanRepository, PostgresPlanRepository(database))

    registry.register_value(RunRepository, PostgresRunRepository(database, ids))
    registry.register_value(PictureRepository, PostgresPictureRepository(database))
    registry.register_value(AnalysisRepository, PostgresAnalysisRepository(database, ids))
    registry.register_value(ZoneRepository, PostgresZoneRepository(database))
    registry.register_value(ZoneSweep, PostgresZoneSweep(database, ids))
    registry.register_value(RunChanges, PostgresRunChanges(database))
    registry.register_value(ImportRepository, PostgresImportRepository(database, ids))
    registry.register_value(RecordingFiles, WatchFiles(max_file_bytes=settings.upload_max_mb * 1_000_000))

    registry.register_value(SummaryRepository, PostgresSummaryRepository(database))

    register_events(registry, database, settings, ids)
    register_races(registry, database)
    register_throttle(registry, clock)
    register_courses(registry, database)

    board = PostgresJobBoard(database)
    registry.register_value(JobBoard, board)
    registry.register_value(JobWatch, board)
    queue, bus = ArqJobQueue(settings.redis_url, clock), RedisBus(settings.redis_url)
    registry.register_value(JobQueue, queue, on_registry_close=queue.close)
    registry.register_value(Bus, bus, ping=_ping_bus, on_registry_close=bus.close)

    register_pacing(registry, database, bus)
    register_take_along(registry, database)


def _register_auth(registry: Registry, settings: Settings, clock: Clock) -> None:
    if settings.auth_mode is AuthMode.LOCAL:
        tokens = LocalTokens(settings.data_folder, clock)
        registry.register_value(TokenIssuer, tokens)
        registry.register_value(TokenVerifier, VerifiedTokens(tokens, clock))
    else:
        assert settings.oidc_issuer is not None
        assert settings.oidc_audience is not None
        tokens_of_provider = OidcTokens(settings.oidc_issuer, settings.oidc_audience, clock)
        verifier = VerifiedTokens(tokens_of_provider, clock)
        registry.register_value(TokenVerifier, verifier, on_registry_close=tokens_of_provider.close)


async def _ping_database(database: Database) -> None:
    await database.ping()


async def _ping_bus(bus: RedisBus) -> None:
    await bus.ping()
