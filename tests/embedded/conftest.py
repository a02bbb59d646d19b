"""Real servers in folders of their own; a copy of one finished first start saves each test its own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infrastructure.embedded.servers import Addresses, EmbeddedServers


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder with a short path, so that sockets fit into it."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-", dir=_in_memory()))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def finished_start() -> Iterator[Path]:
    """A data folder whose servers ran once and were stopped, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-", dir=_in_memory()))
    with EmbeddedServers(folder / "data"):
        pass
    yield folder / "data"
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Running:
    """Servers that run, and where."""

    folder: Path
    servers: EmbeddedServers
    addresses: Addresses


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """Servers that tests only look at."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-", dir=_in_memory()))
    with EmbeddedServers(folder / "data") as servers:
        yield Running(folder / "data", servers, servers.start())
    shutil.rmtree(folder)


@pytest.fixture
def data_folder(place: Path, finished_start: Path) -> Path:
    """A data folder whose servers ran once and were stopped."""
    return Path(shutil.copytree(finished_start, place / "data"))


@pytest.fixture
def embedded() -> Iterator[Callable[..., EmbeddedServers]]:
    """Makes EmbeddedServers that are stopped at the end, whatever happened."""
    made: list[EmbeddedServers] = []

    def make(*args: object, **kwargs: object) -> EmbeddedServers:
        made.append(EmbeddedServers(*args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for servers in made:
        servers.stop()


@pytest.fixture
def root() -> None:
    """Only where the tests run as root."""
    if os.geteuid() != 0:
        pytest.skip("only root can try this")


def _in_memory() -> str | None:
    # A database is copied for each test: hard on a disk, nothing to memory. Without a roomy one, the usual folder.
    shm = Path("/dev/shm")
    roomy = shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 2_000_000_000
    return str(shm) if roomy else None
