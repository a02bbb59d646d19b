"""The container files name only what is there: files, services, settings, scopes, the bytes of HAProxy's check."""

import configparser
import ipaddress
import json
import re
import shutil
import struct
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from configuration.settings import PREFIX, Settings, load_settings
from domain.shared.viewer import Scope

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "configuration"
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.multi-db.yml")
KNOWN_SETTINGS = {PREFIX + field.name.upper() for field in fields(Settings)}
SCRIPTS = sorted(path.relative_to(ROOT).as_posix() for path in CONFIGURATION.rglob("*.sh"))

on_both = pytest.mark.parametrize("name", COMPOSE_FILES)


def compose(name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return parsed


def by_default(text: str) -> str:
    """What compose makes of a value when nothing is set."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


def pair() -> dict[str, Any]:
    return compose("docker-compose.multi-db.yml")


def haproxy_backends() -> dict[str, list[str]]:
    text = (CONFIGURATION / "haproxy" / "haproxy.cfg").read_text()
    sections = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    return {section.split()[1]: section.splitlines() for section in sections if section.startswith("backend ")}


def realm() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((CONFIGURATION / "keycloak" / "cairn-realm.json").read_text())
    return parsed


@on_both
def test_every_variable_has_a_default_or_says_what_to_set(name: str) -> None:
    variables = re.findall(r"(?<!\$)\$\{?([^}\s]*)\}?", re.sub(r"\$\$", "", (ROOT / name).read_text()))
    assert variables
    assert [text for text in variables if not re.fullmatch(r"[A-Z_]+(:-\S+|:\?.{20,})", text)] == []


@on_both
def test_every_cairn_variable_is_a_setting(name: str) -> None:
    used = {key for service in compose(name)["services"].values() for key in service.get("environment", {})}
    assert {key for key in used if key.startswith(PREFIX)} <= KNOWN_SETTINGS
    assert {"CAIRN_DATABASE_URL", "CAIRN_REDIS_URL", "CAIRN_ENVIRONMENT"} <= used


@on_both
def test_the_environment_of_every_cairn_service_is_accepted(name: str) -> None:
    services = compose(name)["services"].values()
    for service in (each for each in services if each.get("image") == "cairn:local"):
        environment = {key: by_default(str(value)) for key, value in service["environment"].items()}
        assert load_settings(environment).embedded is False


@on_both
def test_every_mount_is_a_file_of_the_repository_or_a_declared_volume(name: str) -> None:
    parsed = compose(name)
    for service in parsed["services"].values():
        for source in (mount.split(":")[0] for mount in service.get("volumes", [])):
            assert (ROOT / source).is_file() if source.startswith(".") else source in parsed["volumes"], source


@on_both
def test_every_service_has_an_image_or_a_folder_to_build(name: str) -> None:
    for service_name, service in compose(name)["services"].items():
        assert "image" in service or "build" in service, service_name
        assert "build" not in service or (ROOT / service["build"] / "Dockerfile").is_file()
        assert re.search(r":(?!latest)\S+$", service.get("image", "built:here")), "an image without a version"


@on_both
def test_what_is_waited_for_can_be_waited_for(name: str) -> None:
    services = compose(name)["services"]
    for service in services.values():
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], other
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert services[other]["restart"] == "no", f"{other} must end"


@on_both
def test_the_api_and_the_worker_wait_for_the_migrations(name: str) -> None:
    for service_name, service in compose(name)["services"].items():
        if service_name.startswith("api") or service_name == "worker":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@on_both
def test_nothing_is_published_beyond_this_machine(name: str) -> None:
    ports = [port for service in compose(name)["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


@on_both
def test_what_should_stay_up_is_started_again(name: str) -> None:
    policies = {key: service["restart"] for key, service in compose(name)["services"].items()}
    assert {key for key, policy in policies.items() if policy != "unless-stopped"} == {"migrate"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_parses(script: str) -> None:
    result = subprocess.run(["sh", "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_image_installs_by_hash_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    assert [line for line in lines if line.startswith("USER ")] == ["USER cairn"]
    assert lines.index("USER cairn") > max(index for index, line in enumerate(lines) if line.startswith("FROM "))


def test_the_builder_gets_everything_the_image_copies() -> None:
    copied = re.findall(r"^COPY ([^-].*) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {source for line in copied for source in line.split()} == let_through


def test_haproxy_sends_to_services_that_are_there() -> None:
    services = pair()["services"]
    servers = {
        words[1]: words[2]
        for lines in haproxy_backends().values()
        for words in map(str.split, lines)
        if words[:1] == ["server"]
    }
    assert set(servers) == {"postgres-a", "postgres-b", "api-1", "api-2"} <= set(services)
    assert all(address.split(":")[0] == name for name, address in servers.items())


@pytest.mark.parametrize(("backend", "in_hot_standby"), [("postgres_writer", b"off"), ("postgres_reader", b"on")])
def test_haproxy_tells_the_writer_from_the_reader(backend: str, in_hot_standby: bytes) -> None:
    checks = [line.split() for line in haproxy_backends()[backend] if line.strip().startswith("tcp-check ")]
    sent = b"".join(bytes.fromhex(words[2]) for words in checks if words[1] == "send-binary")
    expected = [bytes.fromhex(words[3]) for words in checks if words[1:3] == ["expect", "binary"]]
    start_up = b"\0\3\0\0user\0cairn_check\0database\0cairn_check\0application_name\0haproxy\0\0"
    status = b"in_hot_standby\0" + in_hot_standby + b"\0"
    assert sent == struct.pack("!I", len(start_up) + 4) + start_up + b"X" + struct.pack("!I", 4)
    assert expected == [b"S" + struct.pack("!I", len(status) + 4) + status]


def test_haproxy_accepts_its_configuration() -> None:
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if haproxy is None:
        pytest.skip("haproxy is not installed here, so its configuration is not tried: apt-get install haproxy")
    command = [haproxy, "-c", "-f", str(CONFIGURATION / "haproxy" / "haproxy.cfg")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_only_haproxy_itself_signs_in_without_a_password() -> None:
    rules = [line.split() for line in (CONFIGURATION / "postgres" / "pg_hba.conf").read_text().splitlines()]
    trusted = [words[1:4] for words in rules if words[-1:] == ["trust"]]
    address = pair()["services"]["haproxy"]["networks"]["database"]["ipv4_address"]
    assert trusted == [["cairn_check", "cairn_check", f"{address}/32"]]


def test_no_other_container_can_be_given_the_address_of_haproxy() -> None:
    (pool,) = pair()["networks"]["database"]["ipam"]["config"]
    address = ipaddress.ip_address(pair()["services"]["haproxy"]["networks"]["database"]["ipv4_address"])
    assert address in ipaddress.ip_network(pool["subnet"])
    assert address not in ipaddress.ip_network(pool["ip_range"])


def test_commits_wait_for_the_databases_under_the_names_they_have() -> None:
    waited_for = re.search(r"'ANY 1 \((.*)\)'", (CONFIGURATION / "postgres" / "20-pair.sh").read_text())
    names = [word.removeprefix("cluster_name=") for each in ("postgres-a", "postgres-b")
             for word in pair()["services"][each]["command"] if word.startswith("cluster_name=")]  # fmt: skip
    assert waited_for
    assert waited_for[1].split(", ") == names


def test_pgbouncer_reaches_the_ports_that_haproxy_opens() -> None:
    parser = configparser.ConfigParser(comment_prefixes=(";",), interpolation=None)
    parser.read(CONFIGURATION / "pgbouncer" / "pgbouncer.ini")
    haproxy = (CONFIGURATION / "haproxy" / "haproxy.cfg").read_text()
    ports = [re.match(r"host=haproxy port=(\d+) dbname=cairn$", line) for line in parser["databases"].values()]
    assert len(ports) == 2
    assert all(port and f"bind :{port[1]}\n" in haproxy for port in ports)
    assert parser["pgbouncer"]["pool_mode"] == "transaction"


def test_the_migrations_go_round_pgbouncer() -> None:
    assert "@haproxy:5000/" in pair()["services"]["migrate"]["environment"]["CAIRN_DATABASE_URL"]


def test_keycloak_knows_every_scope() -> None:
    assert {role["name"] for role in realm()["roles"]["realm"]} == set(Scope)


def test_the_demo_runner_has_every_scope_but_operations_and_a_password_from_outside() -> None:
    (demo,) = realm()["users"]
    assert set(demo["realmRoles"]) == set(Scope) - {Scope.OPERATIONS}
    assert [each["value"] for each in demo["credentials"]] == ["${DEMO_PASSWORD}"]
    assert "DEMO_PASSWORD" in pair()["services"]["keycloak"]["environment"]


def test_keycloak_issues_the_tokens_that_cairn_believes() -> None:
    settings = load_settings({"CAIRN_ENVIRONMENT": "multi-db"})
    (client,) = realm()["clients"]
    (audience,) = client["protocolMappers"]
    keycloak = pair()["services"]["keycloak"]["environment"]
    assert settings.oidc_issuer == f"{keycloak['KC_HOSTNAME']}/realms/{realm()['realm']}"
    assert settings.oidc_audience == audience["config"]["included.custom.audience"]
    assert keycloak["KC_HOSTNAME"] == f"http://keycloak:{keycloak['KC_HTTP_PORT']}"
