"""The worker: arq, kept going while Redis comes and goes. A job is one call to a use case."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

import structlog
from arq import ArqRedis, cron, func
from arq.typing import StartupShutdown
from arq.worker import Worker
from asyncpg import PostgresError
from redis.exceptions import RedisError
from svcs import Container, Registry

from app.analysis.jobs import analyse_runs
from app.events.jobs import sweep_events
from app.operations.jobs import sweep
from app.pacing.jobs import plans_following
from app.runs.jobs import import_runs
from app.zones.jobs import compute_zones, sweep_zones, sweep_zones_at_start
from configuration.settings import Settings
from di.registry import arq_redis, register_services
from domain.shared.errors import Unavailable
from domain.shared.ports import Migrations

log = structlog.get_logger("cairn.worker")
JOB_TIMEOUT_S = 3600
SWEEP_EVERY_S = 5
POLL_S = 0.1
WORK = (import_runs, analyse_runs, compute_zones)
LOOK_AGAIN_S = 1.0
TROUBLE = (RedisError, OSError, TimeoutError)


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT. What is under way then is left to the next worker."""
    working = asyncio.create_task(_run(settings))
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, working.cancel)
    with suppress(asyncio.CancelledError):
        await working
    log.info("worker stopped")


async def _run(settings: Settings) -> None:
    registry = Registry()
    await register_services(registry, settings)
    async with registry:
        await _await_tables(registry)
        await sweep_zones_at_start({"registry": registry})
        async with plans_following(registry):
            log.info("worker ready")
            await _work(settings, registry)


async def _await_tables(registry: Registry) -> None:
    """Wait until the database is there and has this release's tables."""
    async with Container(registry) as services:
        migrations, told = await services.aget(Migrations), ""
        while True:
            try:
                await migrations.require_none_pending()
                return
            except (Unavailable, PostgresError, OSError) as trouble:
                if told != (told := str(trouble)):
                    log.warning("waiting for the database", reason=told)
            await asyncio.sleep(LOOK_AGAIN_S)


async def _work(settings: Settings, registry: Registry) -> None:
    """arq ends when Redis drops: a new one is made until it stays."""
    told = False

    async def connected(ctx: dict[Any, Any]) -> None:  # noqa: ARG001 - as arq calls it
        nonlocal told
        told = False

    assert settings.redis_url is not None
    while True:
        redis = arq_redis(settings.redis_url)
        worker = _worker(settings, redis, registry, connected)
        try:
            await worker.async_run()
        except TROUBLE as trouble:
            if not told:
                told = True
                log.warning("redis away", reason=str(trouble))
        finally:
            with suppress(*TROUBLE):
                await worker.close()
            await redis.aclose(close_connection_pool=True)  # which arq does only where nothing goes wrong before
        await asyncio.sleep(LOOK_AGAIN_S)


def _worker(settings: Settings, redis: ArqRedis, registry: Registry, connected: StartupShutdown) -> Worker:
    context: dict[str, Any] = {"registry": registry}
    return Worker(
        functions=[func(work, timeout=JOB_TIMEOUT_S, keep_result=0) for work in WORK],
        cron_jobs=[
            cron(sweep, second=set(range(0, 60, SWEEP_EVERY_S)), run_at_startup=True, keep_result=0),
            cron(sweep_zones, second=30, keep_result=0),
            cron(sweep_events, second=45, keep_result=0),
        ],
        redis_pool=redis,
        handle_signals=False,
        max_jobs=settings.worker_concurrency + 3,  # and the sweeps
        poll_delay=POLL_S,
        ctx=context,
        on_startup=connected,
        job_serializer=redis.job_serializer,
        job_deserializer=redis.job_deserializer,
        log_results=False,
    )
