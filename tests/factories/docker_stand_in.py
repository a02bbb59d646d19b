"""Stands in for `docker compose` in front of multi_db_flip.sh: the rig's servers take the place of the containers.

Run as a program, with RIG_FOLDER in its environment; it imports nothing of Cairn, so that it starts quickly.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

RIG: dict[str, str] = {}


def main(words: list[str]) -> int:
    """Carry out `compose version` or `compose --file FILE VERB ...`."""
    if words == ["compose", "version"]:
        return 0
    compose, option, file, verb, *rest = words
    assert (compose, option, Path(file).name) == ("compose", "--file", "docker-compose.multi-db.yml")
    return {"ps": ps, "exec": execute, "stop": stop, "start": start, "run": run}[verb](rest)


def ps(words: list[str]) -> int:
    """The container's id, when it is there."""
    if "--all" in words or postmaster(words[-1]):
        print(f"id-of-{words[-1]}")
    return 0


def execute(words: list[str]) -> int:
    """A command inside: psql on a database, or words to HAProxy's admin socket."""
    option, service, *command = words
    assert option == "--no-TTY"
    if service == "haproxy":
        assert command[:3] == ["sh", "-c", 'echo "$1" | nc 127.0.0.1 9999']
        print(tell(socket.AF_INET, ("127.0.0.1", int(RIG["HAPROXY_ADMIN_PORT"])), command[-1]), end="")
        return 0
    where = command.index("psql")
    assert command[where + 1] == "--username=postgres"
    command[where : where + 2] = [RIG["PSQL"], variable(service, "ADMIN_URL")]
    return os.execvp(command[0], command)


def stop(words: list[str]) -> int:
    """The image's stop signal, until the container has ended."""
    (service,) = words
    if process := postmaster(service):
        os.kill(process, signal.SIGINT)
    while postmaster(service):
        time.sleep(0.01)
    return 0


def start(words: list[str]) -> int:
    """Start a container that was there before."""
    (service,) = words
    return 0 if tell(socket.AF_UNIX, RIG["RIG_SOCKET"], f"start {name(service)}").startswith("ok") else 1


def run(words: list[str]) -> int:
    """A shell with the data of a service that is down."""
    *options, service, flag, script = words
    assert options == ["--rm", "--no-deps", "--no-TTY", "--entrypoint", "/bin/sh"]
    assert flag == "-c"
    assert not postmaster(service)
    data = {"PGDATA": variable(service, "DATA"), "PATH": os.environ["PATH"]}
    return subprocess.run(["/bin/sh", "-c", script], env=data, check=False).returncode


def name(service: str) -> str:
    return service.removeprefix("postgres-")


def variable(service: str, what: str) -> str:
    return RIG[f"NODE_{name(service).upper()}_{what}"]


def postmaster(service: str) -> int | None:
    try:
        process = int(Path(variable(service, "PID")).read_text().split("\n", 1)[0])
        return None if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z" else process
    except (FileNotFoundError, ProcessLookupError):
        return None


def tell(family: socket.AddressFamily, address: object, words: str) -> str:
    with socket.socket(family) as line:
        line.connect(address)
        line.sendall(f"{words}\n".encode())
        return b"".join(iter(lambda: line.recv(65_536), b"")).decode()


if __name__ == "__main__":
    told = Path(os.environ["RIG_FOLDER"], "rig.env").read_text()
    RIG.update(word.split("=", 1) for word in shlex.split(told))
    sys.exit(main(sys.argv[1:]))
