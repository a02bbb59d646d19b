"""The statements that change who writes, who follows, and for whom commits wait."""

from contextlib import suppress

from testing_payloads.failover.servers.node import Node
from testing_payloads.failover.servers.refusals import RigRefused

_BOTH = "ANY 1 (postgres_a, postgres_b)"
# pg_promote() itself looks only ten times a second whether it is done.
_UNTIL_PROMOTED = "DO $$ BEGIN WHILE pg_is_in_recovery() LOOP PERFORM pg_sleep(0.005); END LOOP; END $$"


def promote(node: Node) -> None:
    """Make a standby the writer. Its commits wait for nobody, as the other one is gone."""
    node.sql(*_names(""), "SELECT pg_promote(wait => false)", _UNTIL_PROMOTED)


def have_commits_wait(writer: Node) -> None:
    """From now on a commit is answered when the standby has it on disk too."""
    writer.sql(*_names(_BOTH))


def end_of_log(writer: Node) -> str:
    """How far its log goes at this instant."""
    return writer.sql("SELECT pg_current_wal_lsn()")


def has_standby(writer: Node, *, end: str = "0/0", synchronous: bool = False) -> bool:
    """Whether a standby streams from it that has replayed up to `end`, and for which commits wait if so asked."""
    condition = "sync_state <> 'async'" if synchronous else "true"
    statement = f"""SELECT count(*) FROM pg_stat_replication
        WHERE state = 'streaming' AND replay_lsn >= '{end}' AND {condition}"""
    with suppress(RigRefused):
        return writer.sql(statement) == "1"
    return False


def _names(names: str) -> tuple[str, str]:
    return f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "SELECT pg_reload_conf()"
