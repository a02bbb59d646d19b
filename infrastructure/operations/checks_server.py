"""Whether the database has room for Cairn's connections, and keeps what it says that it has stored."""

from domain.operations.ports import Fault
from infrastructure.operations.checks_asking import Examined, asked

FEWEST_PROCESSES = 2  # an API and a worker
FULL = 0.9
# What one role may have of what the server takes: superusers and, from PostgreSQL 16 on, some roles have theirs apart.
ROOM = """
select least(
        server.takes,
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
    ) as for_cairn,
    server.takes,
    (select count(*) from pg_stat_activity where datid is not null) as used,
    current_setting('idle_in_transaction_session_timeout') = '0' as waits_for_the_vanished,
    pg_backend_pid() as served_by
from (select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as takes) as server
"""
KEEPING = "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')"


class ConnectionsCheck:
    """There are enough connections, and those of clients that vanished do not keep their locks."""

    name = "connections"

    def __init__(self, database: Examined, *, pool_size: int) -> None:
        self._database, self._pool_size = database, pool_size

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database, database.connection() as connection:
            room = await connection.fetchrow(ROOM)
            pooled = room["served_by"] != connection.get_server_pid()
        wanted = FEWEST_PROCESSES * self._pool_size
        if not pooled and wanted > room["for_cairn"]:
            raise Fault(
                f"An API and a worker may open {wanted} together; the database lets Cairn have {room['for_cairn']}.",
                "Lower CAIRN_DATABASE_POOL_SIZE, raise max_connections, or put pgbouncer in between.",
            )
        if room["used"] >= FULL * room["takes"]:
            raise Fault(
                f"{room['used']} are open, of {room['takes']} that the database takes.",
                "Raise max_connections, or put pgbouncer in between. pg_stat_activity tells whose they are.",
            )
        if room["waits_for_the_vanished"]:
            raise Fault(
                "A client that vanishes in the middle of a transaction keeps its locks: "
                "idle_in_transaction_session_timeout is 0.",
                "Set idle_in_transaction_session_timeout = '30s' on the database server, and reload it.",
            )
        return f"{room['used']} open, of {room['takes']}"


class DurabilityCheck:
    """What was acknowledged survives a power cut."""

    name = "durability"

    def __init__(self, database: Examined) -> None:
        self._database = database

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            off = sorted(row["name"] for row in await database.fetch(KEEPING) if row["setting"] == "off")
        if off:
            raise Fault(
                f"A crash of the database's machine loses what was stored, or more: {' and '.join(off)} = off.",
                f"Set {' and '.join(off)} to on, on the database server and for Cairn's role.",
            )
        return "what is stored is on disk"
