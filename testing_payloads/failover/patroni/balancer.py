"""HAProxy of the Patroni rig: production's configuration, but Patroni is asked who writes instead of PostgreSQL."""

import re
from collections.abc import Mapping
from pathlib import Path

from testing_payloads.failover.patroni.settings import HOST, Ports
from testing_payloads.failover.servers.balancer import READER, WRITER, Balancer

_ROUTES = {WRITER: "/primary", READER: "/replica"}
_CHECK = re.compile(r"^ +(?:option )?tcp-check\b.*\n", re.MULTILINE)


class PatroniBalancer(Balancer):
    """Patroni answers /primary with 200 only while it holds the leader's key, so a thawed primary gets no session."""

    def __init__(self, folder: Path, machines: Mapping[str, Ports]) -> None:
        super().__init__(folder, {name: (HOST, ports.postgres) for name, ports in machines.items()})
        self._machines = machines

    def configuration(self) -> str:
        """The other rig's, with the checks replaced."""
        text = _CHECK.sub("", super().configuration())
        for backend, route in _ROUTES.items():
            title = f"backend {backend}\n"
            check = f"  option httpchk OPTIONS {route}\n  http-check expect status 200\n"
            text = text.replace(title, title + check)
        for ports in self._machines.values():
            text = re.sub(rf"( {HOST}:{ports.postgres})$", rf"\1 port {ports.patroni}", text, flags=re.MULTILINE)
        return text
