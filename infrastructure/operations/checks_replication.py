"""Whether commits wait for the standby, as they must if a failover is to lose nothing, and whether there is one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.operations.ports import Doubt, Fault, NotLookedAt
from infrastructure.operations.checks_asking import Examined, asked

STATE = """
select pg_is_in_recovery() as is_standby, current_setting('cluster_name') as name,
    current_setting('synchronous_standby_names') as required, current_setting('synchronous_commit') as commits,
    current_setting('wal_log_hints')::bool as logs_hints, current_setting('data_checksums')::bool as has_checksums,
    (select source <> 'default' from pg_settings where name = 'synchronous_standby_names') as was_set,
    (select coalesce(array_agg(slot_name::text order by slot_name), '{}') from pg_replication_slots
        where slot_type = 'physical' and not active) as kept_for,
    pg_has_role('pg_read_all_stats', 'usage') as sees_state
"""
# A plain role sees the names, not how far each has come. A subscriber of logical replication is no standby.
SENDERS = """
select application_name as name, state = 'streaming' and sync_state in ('sync', 'quorum') as in_step
from pg_stat_replication
where pid not in (select active_pid from pg_replication_slots where slot_type = 'logical' and active_pid is not null)
    and application_name <> 'pg_basebackup'
order by application_name
"""
ARCHIVES = "pg_receivewal"
LIST = re.compile(r"(?:(?P<rule>FIRST|ANY)\s*)?(?P<count>\d+)\s*\((?P<names>.*)\)", re.IGNORECASE | re.DOTALL)
NAME = re.compile(r'"(?:[^"]|"")+"|[^\s,"]+')
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
GO_ON_ALONE = "ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();"


@dataclass(frozen=True, slots=True)
class Required:
    """How many of which standbys a commit waits for."""

    count: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.count} of {', '.join(self.names)}" if len(self.names) > 1 else self.names[0]

    def those_of(self, attached: Sequence["Sender"]) -> list["Sender"]:
        """The attached that a commit may wait for. PostgreSQL takes capitals and small letters for the same."""
        names = {name.lower() for name in self.names}
        return [sender for sender in attached if "*" in names or sender.name.lower() in names]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who gets the writer's changes as they happen; `in_step` is None when this role may not see it."""

    name: str
    in_step: bool | None


@dataclass(frozen=True, slots=True)
class Replication:
    """What the writer tells of its standbys, and what was set for them; slots are `kept_for` one that is gone."""

    name: str
    required: str
    commits: str
    was_set: bool
    logs_hints: bool
    can_be_rewound: bool
    kept_for: Sequence[str]
    attached: Sequence[Sender]


class ReplicationCheck:
    """A commit waits for the standby, the standby is there, and an old writer can come back as one."""

    name = "replication"

    def __init__(self, database: Examined) -> None:
        self._database = database

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            state, senders = (await database.fetch(STATE))[0], await database.fetch(SENDERS)
        if state["is_standby"]:
            raise NotLookedAt  # it knows nothing of its writer's, and the database's own check tells what it is
        sees_state = state["sees_state"]
        return judge(
            Replication(
                name=state["name"],
                required=state["required"],
                commits=state["commits"],
                was_set=state["was_set"],
                logs_hints=state["logs_hints"],
                can_be_rewound=state["logs_hints"] or state["has_checksums"],
                kept_for=state["kept_for"],
                attached=[Sender(row["name"], bool(row["in_step"]) if sees_state else None) for row in senders],
            )
        )


def judge(replication: Replication) -> str:
    """How it is, in a few words. Raises Fault."""
    required = parse(replication.required)
    standbys = [sender.name for sender in replication.attached if sender.name != ARCHIVES]
    if required is None and not standbys:
        _require_alone(replication)
        return "no standby is attached, and none is required"
    if required is None:
        raise _asynchronous(replication, standbys)
    if replication.commits == "local":
        raise Fault(
            "Commits do not wait for the standby: synchronous_commit is local.",
            "Set synchronous_commit = on, on the database server and for Cairn's role.",
        )
    counted = required.those_of(replication.attached)
    _require_enough(required, counted)
    if not replication.can_be_rewound:
        raise Fault(
            "An old writer cannot come back by pg_rewind: wal_log_hints and data checksums are off.",
            "Set wal_log_hints = on, on both servers, and start each of them again.",
        )
    unseen = "" if all(sender.in_step for sender in counted) else "; how far it is, roles with pg_monitor see"
    return f"commits wait for {required}; attached: {', '.join(sender.name for sender in counted)}{unseen}"


def parse(required: str) -> Required | None:
    """What synchronous_standby_names asks for: https://www.postgresql.org/docs/18/runtime-config-replication.html"""
    listed = LIST.fullmatch(required.strip())
    names = NAME.findall(listed["names"] if listed else required)
    if not names:
        return None
    unquoted = tuple(name[1:-1].replace('""', '"') if name.startswith('"') else name for name in names)
    return Required(int(listed["count"]) if listed else 1, unquoted)


def _require_alone(replication: Replication) -> None:
    """Nothing tells of a standby that is meant to be there. Raises Doubt and, when a pair was split, Fault."""
    signs = {
        "synchronous_standby_names was set to nothing": replication.was_set,
        "wal_log_hints is on, which only pg_rewind needs": replication.logs_hints,
        f"slots keep changes for one that is gone ({', '.join(replication.kept_for)})": bool(replication.kept_for),
    }
    seen = [sign for sign, is_there in signs.items() if is_there]
    if not seen:
        return
    problem = f"Commits are on one disk: no standby is attached. One seems to be meant: {'; '.join(seen)}."
    remedy = (
        "Bring it back, and have commits wait for it again: docs/failover.md tells how. If this server is to be alone, "
        "take back what was set for a standby: ALTER SYSTEM RESET, pg_drop_replication_slot."
    )
    if replication.was_set and len(seen) > 1:
        raise Fault(problem, remedy)
    raise Doubt(problem, remedy)


def _asynchronous(replication: Replication, standbys: Sequence[str]) -> Fault:
    pair = dict.fromkeys([replication.name, *standbys] if replication.name else standbys)
    names = ", ".join(name if PLAIN_NAME.fullmatch(name) else f'"{name}"' for name in pair)
    return Fault(
        f"Replication is asynchronous: commits do not wait for {', '.join(standbys)}, so a failover loses the last.",
        f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'; SELECT pg_reload_conf();",
    )


def _require_enough(required: Required, counted: Sequence[Sender]) -> None:
    if len(counted) < required.count:
        there = ", ".join(sender.name for sender in counted) or "none"
        raise Fault(
            f"Every commit waits: it needs {required}, and attached is {there}.",
            f"Start the standby, or go on without one: {GO_ON_ALONE}",
        )
    in_step = [sender for sender in counted if sender.in_step is not False]
    if len(in_step) < required.count:
        raise Fault(
            f"Every commit waits: {', '.join(sender.name for sender in counted)} is attached, and not in step yet.",
            f"Wait until it streams: pg_stat_replication tells. Or go on without one: {GO_ON_ALONE}",
        )
