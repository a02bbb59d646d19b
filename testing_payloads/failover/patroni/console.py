"""The Patroni rig from a terminal: it comes up, says where everything is, and does what is typed."""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from testing_payloads.failover.servers.refusals import RigRefused

if TYPE_CHECKING:
    from testing_payloads.failover.patroni.machine import Machine
    from testing_payloads.failover.patroni_rig import PatroniPair

HELP = """\
  switch                        the standby takes over, in good order
  kill a | kill-postgres a      the machine is lost | only its PostgreSQL is
  freeze a | thaw a             the machine stands still | goes on
  back a                        a lost machine comes back
  kill-etcd | start-etcd        what they decide by goes away | comes back
  status                        who says that it writes
  quit                          (or Ctrl-C) ends all of it"""


def main(open_pair: "Callable[[Path], AbstractContextManager[PatroniPair]]") -> int:
    """Bring the rig up and serve the commands on standard input; the exit code."""
    reader = argparse.ArgumentParser(prog="python -m testing_payloads.failover.patroni_rig", description=__doc__)
    reader.add_argument("command", choices=["up"])
    reader.add_argument("--folder", type=Path, help="where its files go (otherwise they are gone afterwards)")
    told = reader.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="cairn-patroni-") as passing:
            folder = told.folder or Path(passing)
            with open_pair(folder) as pair:
                (folder / "rig.env").write_text(_addresses(pair), "utf-8")
                print(f"The rig is up. {folder}/rig.env says where everything is:\n{_addresses(pair)}\n{HELP}")
                serve(pair, sys.stdin)
    except RigRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def serve(pair: "PatroniPair", lines: TextIO) -> None:
    """Do what is asked, line by line, and say how it went, until `quit` or the end."""
    for line in lines:
        words = line.split()
        if words == ["quit"]:
            return
        try:
            said = carry_out(pair, words) if words else ""
        except RigRefused as refusal:
            said = str(refusal)
        print(said, flush=True)


def carry_out(pair: "PatroniPair", words: Sequence[str]) -> str:
    """Do what one line asks for; what there is to say of it. Refuses a line that it does not know."""
    match words:
        case ["status"]:
            return _status(pair)
        case [verb] if verb in (alone := _alone(pair)):
            alone[verb]()
        case [verb, name] if name in pair.nodes and verb in (with_a_machine := _with_a_machine(pair)):
            with_a_machine[verb](pair.nodes[name])
        case _:
            raise RigRefused(f"`{' '.join(words)}` is none of these:\n{HELP}")
    return f"Done. {_status(pair)}"


def _alone(pair: "PatroniPair") -> Mapping[str, Callable[[], None]]:
    return {"switch": pair.switch, "kill-etcd": pair.kill_etcd, "start-etcd": pair.start_etcd}


def _with_a_machine(pair: "PatroniPair") -> "Mapping[str, Callable[[Machine], None]]":
    return {
        **{"kill": pair.kill_machine, "kill-postgres": pair.kill_postgres, "back": pair.bring_back},
        **{"freeze": pair.freeze_machine, "thaw": pair.thaw_machine},
    }


def _status(pair: "PatroniPair") -> str:
    parts = {name: "writes" if node.says_it_writes() else "does not write" for name, node in pair.nodes.items()}
    return ", ".join(f"{name} {part}" for name, part in parts.items()) + "."


def _addresses(pair: "PatroniPair") -> str:
    """The same names as those of the rig without Patroni, as a shell reads them."""
    known = {
        "WRITER_URL": pair.writer_url,
        "READER_URL": pair.reader_url,
        "DIRECT_WRITER_URL": pair.direct_writer_url,
        "REDIS_URL": pair.redis_url,
        "HAPROXY_ADMIN_PORT": str(pair.balancer.admin_port),
        "HAPROXY_STATS_PORT": str(pair.balancer.stats_port),
        **{f"NODE_{name.upper()}_PORT": str(node.port) for name, node in pair.nodes.items()},
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in known.items())
