"""What tells this installation from others that use the same Redis: a staging copy has the same topics' ids."""

import hashlib
from collections.abc import Awaitable, Callable

from domain.events.model import TopicId
from infrastructure.database.engine import Database

KEY = "cairn:feed:{}:{}"
SERVER = "select (select system_identifier from pg_control_system())::text || '/' || current_database()"


def installation_of(database: Database) -> Callable[[], Awaitable[str]]:
    """The same for all that use this database, its standbys and what takes its place after a failover; another for
    every other database, and so for one that was restored from a dump. A copy of the server's files is not told apart:
    it needs a Redis database of its own.
    """

    async def ask() -> str:
        told: str = await database.fetchval(SERVER)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    return ask


class StreamKeys:
    """What the topics' streams are called, once the installation is known."""

    def __init__(self, installation: Callable[[], Awaitable[str]]) -> None:
        self._ask = installation
        self._installation: str | None = None

    async def known(self) -> "StreamKeys":
        """These, able to tell. Raises Unavailable while the database that is to be asked does not answer."""
        if self._installation is None:
            self._installation = await self._ask()
        return self

    def of(self, topic_id: TopicId) -> str:
        """The stream of a topic."""
        assert self._installation is not None
        return KEY.format(self._installation, topic_id)
