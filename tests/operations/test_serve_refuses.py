"""What keeps Cairn from starting is told in one line with exit code 2, never in a traceback."""

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.serving import CannotServe, bind
from configuration.settings import load_settings
from di.local import connected
from infrastructure.embedded.servers import EmbeddedServers
from tests.conftest import CAIRN, ROOT, LiveServer, a_data_folder, clean_environment
from tests.factories.serving import refusal


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a data folder."""
    with a_data_folder() as place:
        yield place


def test_a_second_cairn_on_the_same_folder_is_told_of_the_first(live_server: LiveServer) -> None:
    for port in ("0", live_server.url.rpartition(":")[2]):  # on its port too, where the port is not the trouble
        line = refusal("serve", "--port", port, "--data-dir", live_server.data_folder)
        assert f"already runs on {live_server.data_folder}, at {live_server.url}" in line


def test_a_second_cairn_is_told_of_a_first_that_does_not_answer_yet(folder: Path) -> None:
    with EmbeddedServers(folder / "data"):
        line = refusal("serve", "--port", "0", "--data-dir", folder / "data")
    assert f"already runs on {folder / 'data'} (process {os.getpid()})" in line


def test_a_taken_port_is_named_and_nothing_is_made(live_server: LiveServer, folder: Path) -> None:
    port = live_server.url.rpartition(":")[2]
    line = refusal("serve", "--port", port, "--data-dir", folder / "data")
    assert f"Port {port} on 127.0.0.1 is taken" in line
    assert "--port" in line
    assert not (folder / "data").exists()


def test_a_port_is_taken_from_the_moment_that_it_is_bound() -> None:
    with bind("127.0.0.1", 0) as first, pytest.raises(CannotServe, match="is taken by another program"):
        bind("127.0.0.1", first.getsockname()[1])


def test_a_free_port_is_found_for_port_0() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert listening.getsockname()[1] > 0


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_an_ipv6_address_can_be_listened_on() -> None:
    with bind("::1", 0) as listening:
        assert listening.family is socket.AF_INET6


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(CannotServe, match="--host"):
        bind(host, 0)


def test_a_file_in_place_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "file").touch()
    assert "is a file" in refusal("serve", "--port", "0", "--data-dir", folder / "file")


def test_a_read_only_folder_is_refused(folder: Path) -> None:
    unshare = shutil.which("unshare")
    mine = [unshare or "", "-Urm", "true"]
    if unshare is None or subprocess.run(mine, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine allows no mount of one's own")
    mount = f'mount -t tmpfs -o ro none {folder} && exec "$@"'
    ended = subprocess.run(
        [unshare, "-Urm", "sh", "-c", mount, "sh", *CAIRN, "serve", "--port", "0", "--data-dir", str(folder)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"cairn: The data folder {folder} cannot be written: its disk is read-only.")
    assert ended.stderr.count("\n") == 1


def test_a_key_that_is_none_is_refused_and_nothing_stays_behind(folder: Path) -> None:
    key = folder / "keys" / "local-es256.pem"
    key.parent.mkdir(mode=0o700)
    key.write_text("no key")
    assert f"{key}: This file is not an unencrypted P-256 key" in refusal("serve", "--port", "0", "--data-dir", folder)
    assert not (folder / "running.json").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["sprint"], "invalid choice: 'sprint'"),
        (["serve", "--port", "http"], "'http' is no port"),
        (["serve", "--port", "-1"], "'-1' is no port"),
        (["serve", "--port", "65536"], "from 0 to 65535"),
        (["serve", "--data-dir", ""], "it is empty; name a folder"),
        (["serve", "--host", ""], "CAIRN_HOST is empty"),
        (["serve", "--speed", "4"], "unrecognized arguments: --speed"),
    ],
)
def test_a_command_that_cannot_be_read_is_refused(words: list[str], says: str) -> None:
    assert says in refusal(*words)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CAIRN_PROT", "8080", "There is no setting CAIRN_PROT"),
        ("CAIRN_PORT", "http", "CAIRN_PORT is 'http', which is not a whole number"),
        ("CAIRN_DATABASE_URL", "mysql://db", "CAIRN_DATABASE_URL must start with postgresql://"),
    ],
)
def test_a_bad_setting_stops_the_start_by_name(name: str, value: str, says: str) -> None:
    assert says in refusal("serve", "--port", "0", **{name: value})


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (("://cairn:", "://stranger:"), "Check the user and the password in CAIRN_DATABASE_URL"),
        (("/cairn?", "/no_such_database?"), "Make this database, or correct its name"),
    ],
    ids=["a user that is not known", "a database that is not there"],
)
def test_a_database_that_refuses_stops_the_start(
    live_server: LiveServer, folder: Path, spoilt: tuple[str, str], says: str
) -> None:
    there = connected(load_settings({}, data_dir=live_server.data_folder))
    assert there.database_url is not None
    assert there.redis_url is not None
    url = there.database_url.replace(*spoilt)
    assert url != there.database_url
    line = refusal(
        "serve",
        "--port",
        "0",
        "--no-worker",
        "--data-dir",
        folder,
        CAIRN_DATABASE_URL=url,
        CAIRN_REDIS_URL=there.redis_url,
    )
    assert says in line
    password = there.database_url.split(":")[2].partition("@")[0]
    assert password not in line


def test_a_port_that_only_root_may_take_is_refused() -> None:
    if os.geteuid() == 0:
        pytest.skip("root may take every port")
    with pytest.raises(CannotServe, match=os.strerror(errno.EACCES)):
        bind("127.0.0.1", 1)
