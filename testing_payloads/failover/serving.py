"""What the rig tells others: `rig.env` in its folder, and a socket there that takes commands such as `start a`."""

import shlex
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from testing_payloads.failover.servers.refusals import RigRefused

if TYPE_CHECKING:
    from testing_payloads.failover.pair import Pair
    from testing_payloads.failover.servers.node import Node

SOCKET = "rig.sock"
ENVIRONMENT = "rig.env"


def verbs(pair: "Pair") -> Mapping[str, Callable[["Node"], object]]:
    """What can be done to a node."""
    return {
        **{"stop": pair.stop, "kill": pair.kill, "freeze": pair.freeze, "thaw": pair.thaw, "start": pair.start},
        **{"promote": pair.promote, "rejoin": pair.rejoin, "cut": pair.cut, "mend": pair.mend},
    }


def lone_verbs(pair: "Pair") -> Mapping[str, Callable[[], object]]:
    """What can be done to the rest of the rig, and asked of it."""
    return {
        "switch": pair.switch,
        "restart-haproxy": pair.restart_haproxy,
        "restart-bouncer": pair.restart_bouncer,
        "kill-redis": pair.kill_redis,
        "start-redis": pair.start_redis,
        "wait-streaming": pair.wait_streaming,
        "writer": lambda: pair.writer.name,
        "standby": lambda: pair.standby.name,
    }


@contextmanager
def a_listener(pair: "Pair") -> Iterator[None]:
    """Take commands while the block runs, each in a thread of its own: a switch asks for others meanwhile."""
    path = pair.folder / SOCKET
    path.unlink(missing_ok=True)
    (pair.folder / ENVIRONMENT).touch(mode=0o600)
    (pair.folder / ENVIRONMENT).write_text(environment(pair), encoding="utf-8")
    with _Server(str(path), _Command) as server:
        server.pair = pair
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            path.unlink(missing_ok=True)


def carry_out(pair: "Pair", command: str) -> str:
    """Do what one line asks for; what it answers. Refuses a line that it does not know."""
    match command.split():
        case [verb, name] if verb in verbs(pair) and name in pair.nodes:
            return str(verbs(pair)[verb](pair.nodes[name]) or "")
        case [verb] if verb in lone_verbs(pair):
            return str(lone_verbs(pair)[verb]() or "")
    raise RigRefused(
        f"`{command}` is not a command. With a node ({', '.join(pair.nodes)}): {', '.join(verbs(pair))}; "
        f"alone: {', '.join(lone_verbs(pair))}."
    )


def environment(pair: "Pair") -> str:
    """The variables of `rig.env`, for shells."""
    variables: dict[str, object] = {
        **{"WRITER_URL": pair.writer_url, "DIRECT_WRITER_URL": pair.direct_writer_url, "READER_URL": pair.reader_url},
        **{"REDIS_URL": pair.redis_url, "RIG_FOLDER": pair.folder, "RIG_SOCKET": pair.folder / SOCKET},
        **{"HAPROXY_WRITE_PORT": pair.balancer.write_port, "HAPROXY_READ_PORT": pair.balancer.read_port},
        **{"HAPROXY_STATS_PORT": pair.balancer.stats_port, "HAPROXY_ADMIN_PORT": pair.balancer.admin_port},
        "PSQL": pair.nodes["a"].postgres.folder / "psql",
    }
    for name, node in pair.nodes.items():
        own = {"HOST": node.host, "PORT": node.port, "DATA": node.data, "ADMIN_URL": node.admin_url}
        own |= {"PID": node.data / "postmaster.pid", "LOG": node.folder / "postgres.log"}
        variables |= {f"NODE_{name.upper()}_{key}": value for key, value in own.items()}
    return "".join(f"{key}={shlex.quote(str(value))}\n" for key, value in variables.items())


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    pair: "Pair"


class _Command(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        pair = cast("_Server", self.server).pair
        command = self.rfile.readline().decode("utf-8", "replace")
        if not command:
            return  # somebody only looked whether a rig is there
        try:
            answer = f"ok {carry_out(pair, command.strip())}"
        except RigRefused as refusal:
            answer = f"refused {refusal}"
        with suppress(ConnectionError):  # whoever asked has gone meanwhile
            self.wfile.write(f"{answer.strip()}\n".encode())
