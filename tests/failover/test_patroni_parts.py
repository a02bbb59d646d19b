"""The parts of the Patroni rig that can be tried without starting it."""

import io
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from testing_payloads.failover.patroni import first as patroni_first
from testing_payloads.failover.patroni import settings as patroni_settings
from testing_payloads.failover.patroni.balancer import PatroniBalancer
from testing_payloads.failover.patroni.console import carry_out, serve
from testing_payloads.failover.patroni.programs import programs
from testing_payloads.failover.patroni.servers import Servers
from testing_payloads.failover.patroni.settings import Ports
from testing_payloads.failover.patroni.witness import Tally
from testing_payloads.failover.servers.balancer import READER, WRITER
from testing_payloads.failover.servers.refusals import RigRefused

MACHINES = {"a": Ports(postgres=5432, patroni=8008), "b": Ports(postgres=5433, patroni=8009)}


def told(name: str = "a") -> dict[str, Any]:
    text = patroni_settings.patroni(name, MACHINES[name], etcd=2379, home=Path("/there"), programs=Path("/programs"))
    return dict(orjson.loads(text))


def backend(name: str, folder: Path) -> str:
    return (
        PatroniBalancer(folder, MACHINES).configuration().partition(f"\nbackend {name}\n")[2].partition("\nbackend ")[0]
    )


@pytest.mark.parametrize(("name", "route"), [(WRITER, "/primary"), (READER, "/replica")])
def test_haproxy_asks_each_machines_patroni_instead_of_its_postgresql(name: str, route: str, tmp_path: Path) -> None:
    section = backend(name, tmp_path)
    assert f"option httpchk OPTIONS {route}" in section
    assert "tcp-check" not in section
    assert "127.0.0.1:5432 port 8008" in section
    assert "127.0.0.1:5433 port 8009" in section


def test_haproxy_checks_as_often_and_cuts_sessions_as_in_production(tmp_path: Path) -> None:
    production = (patroni_settings.POSTGRESQL.parents[1] / "haproxy" / "haproxy.cfg").read_text("utf-8")
    checks = re.search(r"default-server check inter .* on-marked-down shutdown-sessions", production)
    assert checks is not None
    assert checks[0] in backend(WRITER, tmp_path)


def test_the_times_keep_patronis_rule() -> None:
    agreed = told()["bootstrap"]["dcs"]
    assert agreed["loop_wait"] + 2 * agreed["retry_timeout"] <= agreed["ttl"]


def test_postgresql_runs_with_productions_settings_except_where_it_listens() -> None:
    agreed = told()["bootstrap"]["dcs"]["postgresql"]["parameters"]
    assert agreed["wal_log_hints"] == "on"
    assert agreed["synchronous_commit"] == "on"
    assert not {"listen_addresses", "hba_file"} & agreed.keys()


def test_what_cannot_be_brought_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(RigRefused, match=r"put an `etcd` on the PATH|apt-get install haproxy"):
        programs()


def test_a_machines_first_process_buries_what_was_left_behind_and_ends_as_its_command_does(tmp_path: Path) -> None:
    leave_an_orphan = 'sh -c "sleep 0.01 & echo \\$! > orphan"; read orphan < orphan'
    command = f"{leave_an_orphan}; for _ in $(seq 200); do [ -e /proc/$orphan ] || exit 7; sleep 0.05; done"
    ended = subprocess.run(
        [sys.executable, "-I", "-S", patroni_first.__file__, "/bin/sh", "-c", command], cwd=tmp_path, check=False
    )
    assert ended.returncode == 7


def test_an_unknown_command_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(RigRefused, match="kill-postgres a"):
        carry_out(a_pair(), ["explode", "a"])


def test_commands_are_carried_out_line_by_line_until_quit(capsys: pytest.CaptureFixture[str]) -> None:
    pair = a_pair()
    serve(pair, io.StringIO("kill a\nkill nobody\nquit\nkill b\n"))
    assert pair.killed == ["a"]
    assert "Done. a does not write, b writes." in capsys.readouterr().out


def test_a_tally_tells_how_many_were_so_at_once() -> None:
    tally = Tally()
    for name, is_so in (("a", True), ("b", False), ("a", False), ("b", True)):
        tally.note(name, is_so)
    assert tally.most == 1
    tally.note("a", True)
    assert (tally.most, tally.times_more_than_one) == (2, 1)


def a_pair() -> Any:
    """What the console needs of a rig: it notes who was killed."""
    killed: list[str] = []
    nothing = SimpleNamespace()
    nodes = {name: SimpleNamespace(name=name, says_it_writes=lambda name=name: name == "b") for name in ("a", "b")}
    done_to_it = dict.fromkeys(("kill_postgres", "freeze_machine", "thaw_machine", "bring_back"), nothing)
    alone = dict.fromkeys(("switch", "kill_etcd", "start_etcd"), nothing)
    return SimpleNamespace(
        nodes=nodes, killed=killed, kill_machine=lambda node: killed.append(node.name), **done_to_it, **alone
    )


def test_a_folder_that_a_rig_was_in_is_refused(tmp_path: Path) -> None:
    (tmp_path / "etcd").mkdir()
    with pytest.raises(RigRefused, match="Remove the folder or choose another"):
        Servers(tmp_path)
