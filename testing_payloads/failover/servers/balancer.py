"""HAProxy of the rig: the configuration of the compose file with the rig's addresses, and words to its admin socket."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.embedded.identity import own_identity
from testing_payloads.failover.servers.ports import free_port
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.programs import find
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.servers.server import Server

CONFIGURATION = Path(__file__).parents[3] / "configuration" / "haproxy" / "haproxy.cfg"
WRITER, READER = "postgres_writer", "postgres_reader"
_LEFT_OUT = ("resolvers docker", "frontend http", "backend api")
_ANSWERS_WITHIN_S = 2.0


@dataclass(slots=True)
class Balancer(Server):
    """One HAProxy on four ports of 127.0.0.1. `addresses` says where the nodes are: {"a": ("127.0.0.1", 12001)}."""

    folder: Path
    addresses: Mapping[str, tuple[str, int]]
    write_port: int = field(default_factory=free_port)
    read_port: int = field(default_factory=free_port)
    stats_port: int = field(default_factory=free_port)
    admin_port: int = field(default_factory=free_port)

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        return "HAProxy"

    def start(self) -> None:
        """Start it and wait until it listens."""
        file = self.folder / "haproxy.cfg"
        file.write_text(self.configuration(), encoding="utf-8")
        command = (find("haproxy"), "-db", "-f", file)
        started = self.take(Process(command, log=self.folder / "haproxy.log", identity=own_identity()))
        started.until(self._listens, name=self.title)

    def tell(self, *words: str) -> str:
        """Say commands to its admin socket; refuses with its answer when it does not take one."""
        try:
            with socket.create_connection(("127.0.0.1", self.admin_port), _ANSWERS_WITHIN_S) as line:
                line.sendall((";".join(words) + "\n").encode("ascii"))
                answer = b"".join(iter(lambda: line.recv(65_536), b"")).decode("utf-8").strip()
        except OSError as refusal:
            raise RigRefused(f"HAProxy does not answer on its admin port {self.admin_port}: {refusal}") from refusal
        if words[0].startswith("set ") and answer:
            raise RigRefused(f"HAProxy does not take `{'; '.join(words)}`: {answer}")
        return answer

    def keep_writers_from(self, name: str) -> None:
        """Send nobody to this node who wants to write, and end the sessions that are open, whatever its checks say."""
        self._set(name, "state maint")

    def send_writers_to(self, name: str) -> None:
        """Take this node for the writer, before its check says so."""
        self._set(name, "state ready", "health up")

    def leave_to_checks(self, name: str) -> None:
        """Find out by itself about a node that it was told to keep away from; down to begin with."""
        self._set(name, "state ready", "health down")

    def up(self, backend: str) -> list[str]:
        """The names of the nodes that it sends sessions of this backend to."""
        rows = [line.split(",") for line in self.tell("show stat").splitlines() if line and not line.startswith("#")]
        servers = {row[1].removeprefix("postgres-"): row[17] for row in rows if row[0] == backend}
        return [name for name, status in servers.items() if name in self.addresses and status.startswith("UP")]

    def configuration(self) -> str:
        """The compose file's, with the ports and addresses of the rig and without the APIs."""
        sections = re.split(r"^(?=\w)", CONFIGURATION.read_text(encoding="utf-8"), flags=re.MULTILINE)
        text = "".join(section for section in sections if not section.startswith(_LEFT_OUT))
        text = re.sub(r" resolvers docker init-addr \S+", "", text)
        text = text.replace("ipv4@127.0.0.1:9999", f"ipv4@127.0.0.1:{self.admin_port}")
        for port, own in ((5000, self.write_port), (5001, self.read_port), (8404, self.stats_port)):
            text = text.replace(f"bind :{port}\n", f"bind 127.0.0.1:{own}\n")
        for name, (host, port) in self.addresses.items():
            text = text.replace(f"server postgres-{name} postgres-{name}:5432", f"server postgres-{name} {host}:{port}")
        return text

    def _set(self, name: str, *words: str) -> None:
        """While it does not run there is nobody to tell; once it does, its checks find out."""
        if self.is_running:
            self.tell(*(f"set server {WRITER}/postgres-{name} {each}" for each in words))

    def _listens(self) -> bool:
        try:
            self.tell("show info")
        except RigRefused:
            return False
        return True
