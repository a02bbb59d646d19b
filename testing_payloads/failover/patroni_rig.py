"""Two machines with Patroni behind HAProxy: who writes is decided without anybody's help, and only one ever does.

python -m testing_payloads.failover.patroni_rig up [--folder FOLDER]      (patroni.md beside this file says more)
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from testing_payloads.failover.patroni import console as patroni_console
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni.servers import Servers
from testing_payloads.failover.patroni.settings import HOST, PASSWORD, TTL_S
from testing_payloads.failover.servers.balancer import READER, WRITER
from testing_payloads.failover.servers.refusals import RigRefused

_PATIENCE_S = 90.0
_LOOK_AGAIN_S = 0.05


class PatroniPair:
    """The two machines, `a` and `b`, and the ways to them. It has the shape of the pair without Patroni.

    A machine that was lost is not promoted around by hand: its partner takes over by itself, within `ttl_s` and a bit.
    """

    ttl_s = TTL_S

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        ways = self.balancer = servers.balancer
        self.writer_url = self.direct_writer_url = f"postgresql://cairn:{PASSWORD}@{HOST}:{ways.write_port}/cairn"
        self.reader_url = f"postgresql://cairn:{PASSWORD}@{HOST}:{ways.read_port}/cairn"
        self.redis_url = servers.valkey.url
        self.nodes: Mapping[str, Machine] = servers.machines

    @property
    def writer(self) -> Machine:
        """Who says right now that it writes; refuses when that is nobody, or both."""
        found = self._writing()
        if len(found) != 1:
            raise RigRefused(f"{len(found)} machines say that they write, so there is no telling which one is meant.")
        return found[0]

    @property
    def standby(self) -> Machine:
        """The other one."""
        return self.other(self.writer)

    def other(self, machine: Machine) -> Machine:
        """The partner of a machine."""
        return self.nodes["b" if machine.name == "a" else "a"]

    def writers_now(self) -> int:
        """How many machines say at this moment that they write, whatever Patroni knows; more than 1 must never be."""
        return len(self._writing())

    def switch(self) -> None:
        """Have the writer give the writing to its standby in good order, and wait until it has."""
        before, after = self.writer, self.standby
        before.hand_over(after.name)
        _until(after.says_it_writes, f"{after.name} writes")

    def kill_machine(self, node: Machine) -> None:
        """Patroni and PostgreSQL are gone at once, as when the machine loses its power."""
        node.kill()

    def kill_postgres(self, node: Machine) -> None:
        """PostgreSQL alone is gone at once, as when memory runs out; Patroni sees to it."""
        node.kill_postgres()

    def freeze_machine(self, node: Machine) -> None:
        """Stop Patroni and PostgreSQL where they stand, as when a virtual machine is held."""
        node.freeze()

    def thaw_machine(self, node: Machine) -> None:
        """Let them go on, without their knowing that they stood still."""
        node.thaw()

    def bring_back(self, node: Machine) -> None:
        """Start a machine that was lost, and wait until the pair is whole again; Patroni rewinds it where need be."""
        node.start()
        self.wait_streaming()

    def kill_etcd(self) -> None:
        """Take away what the two decide by."""
        self._servers.kill_etcd()

    def start_etcd(self) -> None:
        """Bring it back, with what it knew."""
        self._servers.start_etcd()

    def wait_streaming(self) -> None:
        """Wait until one machine writes, every commit waits for the other, and HAProxy knows which is which."""
        _until(self._is_whole, "one machine writes, the other streams from it synchronously, and HAProxy knows them")

    def _writing(self) -> list[Machine]:
        return [machine for machine in self.nodes.values() if machine.says_it_writes()]

    def _is_whole(self) -> bool:
        writing = self._writing()
        if len(writing) != 1:
            return False
        parts = {(member["role"], member["state"]) for member in writing[0].members()}
        known = self.balancer.up(WRITER), self.balancer.up(READER)
        return parts == {("leader", "running"), ("sync_standby", "streaming")} and known == (
            [writing[0].name],
            [self.other(writing[0]).name],
        )


@contextmanager
def a_patroni_pair(folder: Path) -> Iterator[PatroniPair]:
    """The rig, whole and ready, with its files in `folder`; all that was started ends with it, however this ends."""
    servers = Servers(folder)
    try:
        pair = PatroniPair(servers)
        servers.start_etcd()
        pair.nodes["a"].start()
        _until(pair.nodes["a"].has_the_lead, "a has made its database")
        servers.make_roles(pair.nodes["a"])
        pair.nodes["b"].start()
        servers.start_ways()
        pair.wait_streaming()
        yield pair
    finally:
        servers.stop()


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise RigRefused(f"After {_PATIENCE_S:.0f} s it is still not so that {what}. The logs are in the folder.")
        time.sleep(_LOOK_AGAIN_S)


if __name__ == "__main__":
    sys.exit(patroni_console.main(a_patroni_pair))
