"""The rig runs with the files of the compose file: only addresses differ, and what an older program does not know."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from infrastructure.embedded.identity import own_identity
from testing_payloads.failover.rig import main
from testing_payloads.failover.servers.balancer import Balancer
from testing_payloads.failover.servers.bouncer import Bouncer
from testing_payloads.failover.servers.folder import held
from testing_payloads.failover.servers.node import Node, Passwords
from testing_payloads.failover.servers.programs import Postgres, find
from testing_payloads.failover.servers.refusals import RigRefused

CONFIGURATION = Path(__file__).parents[2] / "configuration"


def a_node(folder: Path, *, major: int = 18) -> Node:
    node = Node(
        name="a",
        host="127.0.0.1",
        port=7001,
        folder=folder / "a",
        postgres=Postgres(folder, major, own_identity()),
        passwords=Passwords("one", "two", "three"),
        partner_address=("127.0.0.1", 7002),
        balancer="127.0.0.1",
    )
    node.prepare()
    return node


def a_bouncer(folder: Path) -> Bouncer:
    return Bouncer(folder, own_identity(), "three", write_port=7003, read_port=7004, port=7005)


def settings(text: str) -> dict[str, str]:
    """Of a file of PostgreSQL's or pgbouncer's: the last of two lines with one name counts."""
    lines = [line.partition("=") for line in text.splitlines() if line[:1].isalpha()]
    return {name.strip(): value.strip() for name, _, value in lines}


def test_a_node_differs_from_the_compose_file_in_addresses_and_memory_only(tmp_path: Path) -> None:
    a_node(tmp_path)
    own = settings((tmp_path / "a" / "postgresql.conf").read_text())
    compose = settings((CONFIGURATION / "postgres" / "postgresql.conf").read_text())
    differ = {name for name in own if own[name] != compose.get(name)}
    assert compose.keys() <= own.keys()
    assert differ == {
        *("listen_addresses", "port", "unix_socket_directories", "hba_file"),
        *("shared_buffers", "dynamic_shared_memory_type"),
    }


@pytest.mark.parametrize(("major", "knows"), [(15, False), (16, True)])
def test_connections_are_reserved_where_postgresql_can(tmp_path: Path, major: int, knows: bool) -> None:
    a_node(tmp_path, major=major)
    assert ("reserved_connections" in settings((tmp_path / "a" / "postgresql.conf").read_text())) is knows


def test_only_the_check_of_haproxy_signs_in_without_a_password(tmp_path: Path) -> None:
    a_node(tmp_path)
    rules = [line.split() for line in (tmp_path / "a" / "pg_hba.conf").read_text().splitlines() if line[:1].isalpha()]
    assert [rule[1:4] for rule in rules if rule[-1] == "trust"] == [["cairn_check", "cairn_check", "127.0.0.1/32"]]
    assert {rule[-1] for rule in rules} == {"trust", "reject", "scram-sha-256"}


def test_haproxy_takes_the_configuration_of_the_rig(tmp_path: Path, haproxy: Path) -> None:
    balancer = Balancer(tmp_path, {"a": ("127.0.0.1", 7001), "b": ("127.0.0.1", 7002)})
    (tmp_path / "haproxy.cfg").write_text(balancer.configuration())
    tried = subprocess.run([haproxy, "-c", "-f", tmp_path / "haproxy.cfg"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr


def test_haproxy_of_the_rig_listens_on_loopback_only_and_knows_no_other_names(tmp_path: Path) -> None:
    balancer = Balancer(tmp_path, {"a": ("127.0.0.1", 7001), "b": ("127.0.0.1", 7002)})
    lines = [line.split() for line in balancer.configuration().splitlines()]
    ports = [balancer.write_port, balancer.read_port, balancer.stats_port]
    assert [words[1] for words in lines if words[:1] == ["bind"]] == [f"127.0.0.1:{port}" for port in ports]
    assert [words[2] for words in lines if words[:2] == ["stats", "socket"]] == [
        f"ipv4@127.0.0.1:{balancer.admin_port}"
    ]
    assert {words[2] for words in lines if words[:1] == ["server"]} == {"127.0.0.1:7001", "127.0.0.1:7002"}
    assert "docker" not in " ".join(word for words in lines for word in words if words[0] != "#")


def test_pgbouncer_of_the_rig_goes_to_its_haproxy(tmp_path: Path) -> None:
    own = settings(a_bouncer(tmp_path).configuration(tmp_path / "users", tracks=True))
    assert own["cairn"].startswith("host=127.0.0.1 port=7003 ")
    assert own["cairn_reader"].startswith("host=127.0.0.1 port=7004 ")
    assert (own["listen_addr"], own["listen_port"], own["pool_mode"]) == ("127.0.0.1", "7005", "transaction")


@pytest.mark.parametrize("tracks", [True, False])
def test_an_older_pgbouncer_is_not_told_to_keep_track_of_statements(tmp_path: Path, tracks: bool) -> None:
    own = settings(a_bouncer(tmp_path).configuration(tmp_path / "users", tracks=tracks))
    assert ("max_prepared_statements" in own) is tracks


def test_one_folder_takes_one_rig_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path / "rig"), pytest.raises(RigRefused, match=r"runs in .* already"), held(tmp_path / "rig"):
        pass


def test_a_folder_of_somebody_else_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(RigRefused, match=r"something else \(thesis.txt\)"), held(tmp_path):
        pass
    assert (tmp_path / "a").is_dir()


def test_what_a_rig_that_was_killed_left_is_removed(tmp_path: Path) -> None:
    with held(tmp_path), socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "rig.sock"))
    with held(tmp_path):
        assert not (tmp_path / "rig.sock").exists()


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("/proc/nothing", "cannot be the folder of a rig"),
        (__file__, "is a file"),
        (f"{__file__}/rig", "cannot be the folder of a rig"),
        ("it's mine", 'has "\'" in its name'),
        ("x" * 87, "choose a shorter one"),
    ],
)
def test_a_folder_that_will_not_do_is_refused_in_one_sentence(
    folder: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["up", "--folder", folder]) == 1
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_missing_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(RigRefused, match="apt-get install haproxy"):
        find("haproxy")
