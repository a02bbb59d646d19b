"""Start the rig, or have a rig that runs do something.

python -m testing_payloads.failover.rig up [--folder F] [--bouncer] [--namespaces] [--system]
python -m testing_payloads.failover.rig do [--folder F] VERB [NODE]
"""

import argparse
import os
import select
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from domain.shared.errors import OperatorError
from testing_payloads.failover.pair import a_pair
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.serving import ENVIRONMENT, SOCKET

DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "cairn-rig"


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    words = _parser().parse_args(arguments)
    try:
        if words.command == "up":
            _up(words)
        else:
            print(_ask(words.folder, " ".join(words.words)), end="")
    except OperatorError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _up(words: argparse.Namespace) -> None:
    """Run it until Ctrl-C or SIGTERM."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _interrupt)
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)  # another thread may be the one that a signal wakes
    with (
        suppress(KeyboardInterrupt),
        a_pair(words.folder, bouncer=words.bouncer, namespaces=words.namespaces, system=words.system) as pair,
    ):
        print(f"The pair is up, {pair.writer.name} writes. Its addresses: {pair.folder / ENVIRONMENT}")
        print("Ctrl-C ends it.", flush=True)
        select.select([told], [], [])


def _ask(folder: Path, command: str) -> str:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(folder.resolve() / SOCKET))
        except PermissionError as refusal:
            raise RigRefused(f"The rig in {folder} is another user's: only they and root may speak to it.") from refusal
        except OSError as refusal:
            raise RigRefused(
                f"No rig runs in {folder}: start one with `python -m testing_payloads.failover.rig up`, or name its "
                "folder with --folder."
            ) from refusal
        line.sendall(f"{command}\n".encode())
        kind, _, answer = b"".join(iter(lambda: line.recv(65_536), b"")).decode().strip().partition(" ")
    if kind != "ok":
        raise RigRefused(answer or "The rig ended before it was done.")
    return f"{answer}\n" if answer else ""


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m testing_payloads.failover.rig", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start a pair, and keep it until Ctrl-C")
    up.add_argument("--bouncer", action="store_true", help="with pgbouncer in front")
    up.add_argument("--namespaces", action="store_true", help="each node in a network of its own (root only)")
    up.add_argument("--system", action="store_true", help="the system's PostgreSQL instead of the wheel's")
    do = commands.add_parser("do", help="have a pair that runs do something, such as `start a`")
    do.add_argument("words", nargs="+", metavar="WORD", help="a verb, and the node that it is about")
    for each in (up, do):
        each.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="where it is (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
