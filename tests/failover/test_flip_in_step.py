"""The rig and the compose file run the same: HAProxy's checks, postgresql.conf, join.sh; and the script's names fit."""

import re
from pathlib import Path

import pytest
import yaml

from infrastructure.embedded.identity import own_identity
from testing_payloads.failover.servers.balancer import Balancer
from testing_payloads.failover.servers.node import Node, Passwords
from testing_payloads.failover.servers.programs import Postgres

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "configuration"
FAILOVER = ROOT / "testing_payloads" / "failover"
HAPROXY = (CONFIGURATION / "haproxy" / "haproxy.cfg").read_text()
ADDRESSES = {"a": ("127.0.0.1", 12_001), "b": ("127.0.0.1", 12_002)}


def section(configuration: str, name: str) -> list[str]:
    """Its lines, without where the servers are and how their names are looked up."""
    text = configuration.partition(f"\n{name}\n")[2]
    text = re.split(r"^\S", text, maxsplit=1, flags=re.MULTILINE)[0]
    text = re.sub(r" resolvers docker init-addr \S+", "", text)
    text = re.sub(r"(server postgres-\w) \S+", r"\1", text)
    return [re.sub(r"(bind) \S+", r"\1", line.strip()) for line in text.splitlines() if line.strip()]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """One of the rig, prepared and not started."""
    node = Node(
        name="a",
        host="127.0.0.1",
        port=12_001,
        folder=tmp_path,
        postgres=Postgres(tmp_path, 18, own_identity()),
        passwords=Passwords("s", "r", "c"),
        partner_address=ADDRESSES["b"],
        balancer="127.0.0.1",
    )
    node.prepare()
    return node


@pytest.mark.parametrize(
    "name", ["defaults", "frontend write", "frontend read", "backend postgres_writer", "backend postgres_reader"]
)
def test_haproxy_of_the_rig_does_what_that_of_the_compose_file_does(name: str, tmp_path: Path) -> None:
    own = Balancer(tmp_path, ADDRESSES).configuration()
    assert section(own, name)
    assert section(own, name) == section(HAPROXY, name)


def test_the_databases_of_the_rig_are_configured_as_those_of_the_compose_file(node: Node) -> None:
    own = (node.folder / "postgresql.conf").read_text()
    assert own.startswith((CONFIGURATION / "postgres" / "postgresql.conf").read_text())


def test_the_databases_of_the_rig_start_by_the_scripts_of_the_compose_file(node: Node) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.multi-db.yml").read_text())["services"]
    mounts = [mount.split(":")[:2] for mount in services["postgres-a"]["volumes"] if mount.startswith("./")]
    scripts = {Path(inside).name: ROOT / outside for outside, inside in mounts if inside.endswith(".sh")}
    assert set(scripts) == {"join.sh", "10-cairn.sh", "20-pair.sh"}
    for name, script in scripts.items():
        (own,) = node.folder.rglob(name)
        assert own.read_text() == script.read_text()


def test_whom_commits_wait_for_is_the_same_everywhere() -> None:
    (names,) = re.findall(
        r"synchronous_standby_names = '(.+)'", (CONFIGURATION / "postgres" / "20-pair.sh").read_text()
    )
    assert names in (FAILOVER / "flipping/pair.sh").read_text()
    assert names in (FAILOVER / "servers" / "replication.py").read_text()


def test_the_script_speaks_of_servers_that_haproxy_has() -> None:
    orders = re.findall(r"set server (\S+)/postgres-", (FAILOVER / "flipping/pair.sh").read_text())
    assert set(orders) == {"postgres_writer"}
    assert {f"server postgres-{name}" for name in ADDRESSES} <= set(section(HAPROXY, "backend postgres_writer"))


def test_the_admin_socket_of_haproxy_is_where_the_script_looks_and_nowhere_else() -> None:
    (address, port) = re.findall(r"stats socket ipv4@(\S+):(\d+) level admin", HAPROXY)[0]
    assert f"nc {address} {port}" in (FAILOVER / "flipping/on_compose.sh").read_text()
    assert address == "127.0.0.1"
    published = yaml.safe_load((ROOT / "docker-compose.multi-db.yml").read_text())["services"]["haproxy"]["ports"]
    assert [mapping for mapping in published if mapping.endswith(f":{port}")] == []
