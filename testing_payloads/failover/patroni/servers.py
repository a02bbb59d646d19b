"""All that the Patroni rig starts: etcd, the two machines, HAProxy and Valkey, each at an address of its own."""

from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

from infrastructure.embedded.identity import Identity, obstacle, own_identity
from testing_payloads.failover.patroni import settings as patroni_settings
from testing_payloads.failover.patroni.balancer import PatroniBalancer
from testing_payloads.failover.patroni.machine import Machine, ask
from testing_payloads.failover.patroni.programs import programs
from testing_payloads.failover.patroni.settings import PASSWORD, Ports
from testing_payloads.failover.servers.ports import free_port
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.programs import find_postgres, require_way
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.servers.sql import run_sql
from testing_payloads.failover.servers.valkey import Valkey

# The roles of Cairn and of the check, as configuration/postgres makes them. Patroni makes those of the pair itself.
_ROLES = (
    f"CREATE ROLE cairn LOGIN PASSWORD '{PASSWORD}'",
    "CREATE DATABASE cairn OWNER cairn",
    "CREATE ROLE cairn_check LOGIN CONNECTION LIMIT 50",
    "CREATE DATABASE cairn_check OWNER cairn_check",
)


class Servers:
    """They are started one by one and stopped all together."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder.resolve()
        if (folder / "etcd").exists():
            raise RigRefused(
                f"A rig ran in {folder} before, and a rig begins anew. Remove the folder or choose another."
            )
        self._programs = programs()
        self._postgres = find_postgres(self._folder / "programs", system=False)
        require_way(self._folder, self._postgres.identity)
        _require_patroni(self._programs.patroni, self._postgres.identity)
        self._etcd_ports = (free_port(), free_port())
        self._etcd: Process | None = None
        self.machines = {name: self._machine(name) for name in ("a", "b")}
        self.balancer = PatroniBalancer(self._folder, {name: each.ports for name, each in self.machines.items()})
        self.valkey = Valkey(self._folder / "valkey", PASSWORD)

    def start_etcd(self) -> None:
        """Start etcd and wait until it answers; again, it does nothing."""
        if self._etcd is None:
            command: list[str | Path] = [
                self._programs.etcd,
                *patroni_settings.etcd(*self._etcd_ports, self._folder / "etcd"),
            ]
            self._etcd = Process(command, log=self._folder / "etcd.log", identity=own_identity())
            self._etcd.until(self._etcd_answers, name="etcd")

    def kill_etcd(self) -> None:
        """Kill etcd; its data stay."""
        if self._etcd is not None:
            self._etcd.kill()
            self._etcd = None

    def make_roles(self, writer: Machine) -> None:
        """Make the role and the database of Cairn, and those of the check."""
        run_sql(self._postgres.folder / "psql", writer.admin_url, *_ROLES)

    def start_ways(self) -> None:
        """Start HAProxy and Valkey, and wait until they answer."""
        self.valkey.begin()
        self.balancer.start()
        self.valkey.wait_ready()

    def stop(self) -> None:
        """Stop all of it at once: nothing of this rig is kept."""
        with ExitStack() as stopping:
            for stop in (self.valkey.kill, self.balancer.kill, self.kill_etcd):
                stopping.callback(stop)
            for machine in self.machines.values():
                stopping.callback(machine.kill)

    def _machine(self, name: str) -> Machine:
        return Machine(
            name,
            Ports(postgres=free_port(), patroni=free_port()),
            self._folder / name,
            patroni=self._programs.patroni,
            postgres=self._postgres,
            etcd=self._etcd_ports[0],
        )

    def _etcd_answers(self) -> bool:
        return ask(self._etcd_ports[0], "/health")[0] == HTTPStatus.OK


def _require_patroni(patroni: Path, identity: Identity) -> None:
    for needed in (patroni, patroni.with_name("python").resolve()):
        if blocked := obstacle(needed, identity):
            raise RigRefused(
                f"Patroni runs as {identity.name} here, who cannot reach {blocked}. Use a Python that everybody can "
                "reach, and set XDG_CACHE_HOME to a folder that everybody can reach."
            )
