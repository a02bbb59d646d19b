"""The JobQueue port on arq: a message that wakes a worker, worth no more than that."""

import asyncio
from contextlib import suppress

import orjson
from arq import ArqRedis, create_pool
from arq.connections import RedisSettings
from redis.asyncio.connection import parse_url
from redis.exceptions import RedisError

from domain.operations.model import JobId, JobKind
from domain.shared.ports import Clock

SAME_MESSAGE_S = 15  # a job is asked for at most once in this long, however often the sweep comes by
ANSWER_WITHIN_S = 3.0  # whoever imports does not wait longer than this for a Redis that is away or frozen


def redis_settings(url: str) -> RedisSettings:
    """arq's settings for a redis:// or unix:// address."""
    # By redis' own reading of it: arq's takes a percent sign or a slash at the end for part of a name.
    parts = parse_url(url)
    return RedisSettings(
        host=parts.get("host", "localhost"),
        port=parts.get("port", 6379),
        username=parts.get("username"),
        password=parts.get("password"),
        database=parts.get("db", 0),
        unix_socket_path=parts.get("path"),
        ssl=url.startswith("rediss:"),
        conn_timeout=2,
        conn_retries=1,
    )


class ArqJobQueue:
    """See JobQueue."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._settings, self._clock = redis_settings(url), clock
        self._pool: ArqRedis | None = None
        self._connecting = asyncio.Lock()

    async def hand_over(self, kind: JobKind, job_id: JobId, *, after_s: float = 0) -> None:
        """See JobQueue.hand_over."""
        moment = int(self._clock.now().timestamp()) // SAME_MESSAGE_S
        # Redis gone loses the message, not the job: the sweep finds its row.
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                pool = await self._connected()
                name = f"{kind}:{job_id}:{moment}"
                await pool.enqueue_job(kind.lower(), str(job_id), _job_id=name, _defer_by=after_s or None)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _connected(self) -> ArqRedis:
        async with self._connecting:  # or requests that come together would each make a pool, and lose all but one
            if self._pool is None:
                self._pool = await create_pool(
                    self._settings, job_serializer=orjson.dumps, job_deserializer=orjson.loads
                )
            return self._pool
