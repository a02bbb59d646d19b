"""The JobQueue port on arq: a message that wakes a worker, worth no more than that."""

import asyncio
from contextlib import suppress
from functools import partial

import orjson
from arq import ArqRedis
from redis.exceptions import RedisError

from domain.operations.model import JobId, JobKind
from domain.shared.ports import Clock
from infrastructure.bus.connecting import connection_options

SAME_MESSAGE_S = 15  # a job is asked for at most once in this long, however often the sweep comes by
ANSWER_WITHIN_S = 3.0  # whoever imports does not wait longer than this for a Redis that is away or frozen
SILENT_S = 5.0  # a worker that waits longer than this for an answer takes its Redis for gone


def arq_redis(url: str) -> ArqRedis:
    """arq's client for a redis:// or unix:// address, which it reads as everybody else does; nothing is dialled yet."""
    client: ArqRedis = ArqRedis.from_url(url, socket_timeout=SILENT_S, **connection_options(url))
    # arq's own would unpickle whatever stands in Redis. What a job ended with may be an exception: told in words.
    client.job_serializer, client.job_deserializer = partial(orjson.dumps, default=repr), orjson.loads
    return client


class ArqJobQueue:
    """See JobQueue."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._redis, self._clock = arq_redis(url), clock

    async def hand_over(self, kind: JobKind, job_id: JobId, *, after_s: float = 0) -> None:
        """See JobQueue.hand_over."""
        moment = int(self._clock.now().timestamp()) // SAME_MESSAGE_S
        # Redis gone loses the message, not the job: the sweep finds its row.
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                name = f"{kind}:{job_id}:{moment}"
                await self._redis.enqueue_job(kind.lower(), str(job_id), _job_id=name, _defer_by=after_s or None)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()
