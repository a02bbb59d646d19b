"""Two PostgreSQL behind HAProxy, optionally pgbouncer, and a Valkey: production in small, to be broken on purpose.

with a_pair(folder) as pair:
    pair.kill(pair.writer)
    pair.promote(pair.nodes["b"])
    pair.rejoin(pair.nodes["a"])
"""

import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testing_payloads.failover.servers import precedence, replication
from testing_payloads.failover.servers.balancer import WRITER, Balancer
from testing_payloads.failover.servers.bouncer import Bouncer
from testing_payloads.failover.servers.folder import held
from testing_payloads.failover.servers.namespaces import Network, a_network, no_network
from testing_payloads.failover.servers.node import Node, Passwords
from testing_payloads.failover.servers.nodes import two_nodes
from testing_payloads.failover.servers.ports import free_port
from testing_payloads.failover.servers.programs import Postgres, find_postgres, require_way
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.servers.valkey import Valkey
from testing_payloads.failover.servers.waiting import wait_until
from testing_payloads.failover.serving import a_listener

FLIP = Path(__file__).parent / "multi_db_flip.sh"


@dataclass
class Pair:
    """What runs, where it answers, and what can be done to it."""

    folder: Path
    nodes: Mapping[str, Node]
    balancer: Balancer
    bouncer: Bouncer | None
    valkey: Valkey
    network: Network
    password: str

    @property
    def writer_url(self) -> str:
        """Where Cairn writes: through pgbouncer, if there is one, and HAProxy."""
        return self._url(self.bouncer.port if self.bouncer else self.balancer.write_port)

    @property
    def direct_writer_url(self) -> str:
        """Past pgbouncer, for migrations."""
        return self._url(self.balancer.write_port)

    @property
    def reader_url(self) -> str:
        """Where Cairn may read, a moment behind."""
        return self._url(self.balancer.read_port)

    @property
    def redis_url(self) -> str:
        """Where the Valkey answers."""
        return self.valkey.url

    @property
    def writer(self) -> Node:
        """Who takes writes, asked just now; refuses when nobody does, or both."""
        return self._only("writer")

    @property
    def standby(self) -> Node:
        """Who follows, asked just now; refuses when nobody does, or both."""
        return self._only("standby")

    def partner(self, node: Node) -> Node:
        """The other one."""
        return next(other for other in self.nodes.values() if other is not node)

    def stop(self, node: Node) -> None:
        """Stop it in good order: sessions are ended, and the standby has everything before it is gone."""
        node.stop()

    def kill(self, node: Node) -> None:
        """Kill it and all its backends, as when a machine loses power."""
        node.kill()

    def freeze(self, node: Node) -> None:
        """Stop it and all its backends where they stand: connections stay open, and nothing answers."""
        node.freeze()

    def thaw(self, node: Node) -> None:
        """Let it go on, as if nothing had happened: it takes itself for what it was."""
        node.thaw()

    def start(self, node: Node) -> None:
        """Start it as the compose file does: when its partner writes, it is rewound to it and follows it."""
        node.begin(first=False)
        node.wait_ready()

    def promote(self, node: Node) -> None:
        """Make it the writer where the other does not write; HAProxy leaves that alone, and commits wait for nobody."""
        other = self.partner(node)
        precedence.require_promotable(node, other, other_is_cut=self.network.is_cut(other.name))
        self.balancer.keep_writers_from(other.name)
        replication.promote(node)
        self.balancer.send_writers_to(node.name)

    def rejoin(self, node: Node) -> None:
        """Start it behind its partner, wait until it streams, and have commits wait for it again.

        An old writer that thawed, or that still is frozen, gives way first; never the one that was promoted last.
        """
        writer = self.partner(node)
        precedence.require_follower(node, writer)
        if node.is_frozen and node.is_running:
            node.kill()
        if node.part() == "writer":
            node.stop()
        writer.sql("CHECKPOINT")  # before it, PostgreSQL 15's pg_rewind does not see that there was a promotion
        if not node.is_running:
            self.start(node)
        self.wait_streaming()
        replication.have_commits_wait(writer)
        wait_until(lambda: replication.has_standby(writer, synchronous=True), "commits do not wait for the standby")
        self.balancer.leave_to_checks(node.name)

    def switch(self) -> None:
        """Have the other one write, as an operator does it: with multi_db_flip.sh."""
        ended = subprocess.run(
            ["/bin/bash", FLIP, "--rig", self.folder, "switch"], capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise RigRefused(f"multi_db_flip.sh did not switch: {ended.stderr.strip()[-500:]}")

    def cut(self, node: Node) -> None:
        """Take its network away; only with namespaces."""
        self.network.cut(node.name)

    def mend(self, node: Node) -> None:
        """Give its network back."""
        self.network.mend(node.name)

    @property
    def is_whole(self) -> bool:
        """Whether everything runs, commits wait for the standby, and HAProxy knows who writes."""
        try:
            writer, _ = self.writer, self.standby
            knows = self.balancer.up(WRITER) == [writer.name]
        except RigRefused:
            return False
        rest = (self.valkey, self.bouncer or self.balancer)
        return knows and all(each.is_running for each in rest) and replication.has_standby(writer, synchronous=True)

    def restart_haproxy(self) -> None:
        """End HAProxy with every session through it, and start it again."""
        if self.balancer.is_running:
            self.balancer.kill()
        self.balancer.start()

    def restart_bouncer(self) -> None:
        """End pgbouncer with every session through it, and start it again."""
        if self.bouncer is None:
            raise RigRefused("This rig has no pgbouncer: start it with --bouncer.")
        if self.bouncer.is_running:
            self.bouncer.kill()
        self.bouncer.start()

    def kill_redis(self) -> None:
        """Kill Valkey, as the kernel does when memory runs out."""
        self.valkey.kill()

    def start_redis(self) -> None:
        """Start Valkey again, with what it has in its file."""
        self.valkey.begin()
        self.valkey.wait_ready()

    def wait_streaming(self) -> None:
        """Wait until the standby has all that the writer has now."""
        writer = self.writer
        end = replication.end_of_log(writer)
        wait_until(lambda: replication.has_standby(writer, end=end), "the standby does not stream")

    def _url(self, port: int) -> str:
        return f"postgresql://cairn:{self.password}@127.0.0.1:{port}/cairn"

    def _only(self, part: str) -> Node:
        parts = {name: node.part() for name, node in self.nodes.items()}
        found = [self.nodes[name] for name, its in parts.items() if its == part]
        if len(found) != 1:
            said = " and ".join(f"{name} is {its or 'away'}" for name, its in parts.items())
            raise RigRefused(f"There is not one {part}: {said}.")
        return found[0]


@contextmanager
def a_pair(folder: Path, *, bouncer: bool = False, namespaces: bool = False, system: bool = False) -> Iterator[Pair]:
    """A pair that streams, with `a` as its writer; everything ends with it.

    What an earlier rig left in `folder` is removed.
    """
    with held(folder) as its, a_network() if namespaces else no_network(free_port) as network:
        postgres = find_postgres(its / "programs", system=system)
        require_way(its, postgres.identity)
        pair = _make(its, postgres, network, bouncer=bouncer)
        try:
            _start(pair)
            with a_listener(pair):
                yield pair
        finally:
            _end(pair)


def _make(folder: Path, postgres: Postgres, network: Network, *, bouncer: bool) -> Pair:
    passwords = Passwords(*(secrets.token_hex(12) for _ in range(3)))
    nodes = two_nodes(folder, postgres, network, passwords)
    balancer = Balancer(folder, network.addresses)
    front = Bouncer(folder / "bouncer", postgres.identity, passwords.cairn, balancer.write_port, balancer.read_port)
    valkey = Valkey(folder / "valkey", secrets.token_hex(12))
    return Pair(folder, nodes, balancer, front if bouncer else None, valkey, network, passwords.cairn)


def _start(pair: Pair) -> None:
    a, b = pair.nodes["a"], pair.nodes["b"]
    pair.valkey.begin()
    for node in (a, b):
        node.prepare()
    a.begin(first=True)
    a.wait_ready()
    b.begin(first=False)
    pair.balancer.start()
    if pair.bouncer is not None:
        pair.bouncer.start()
    b.wait_ready()
    pair.wait_streaming()
    pair.valkey.wait_ready()
    wait_until(lambda: pair.balancer.up(WRITER) == ["a"], "HAProxy does not see the writer")


def _end(pair: Pair) -> None:
    servers = [each for each in (*pair.nodes.values(), pair.balancer, pair.valkey, pair.bouncer) if each]
    for server in servers:
        server.leave()
    for server in servers:
        server.forget()
