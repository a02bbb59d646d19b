"""`cairn worker` as a process of its own, on the servers of the tests."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from configuration.settings import Settings
from tests.conftest import CAIRN, READY_S, ROOT, clean_environment


@contextmanager
def a_worker(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A worker that is ready; whatever is left of it at the end is killed."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    environment = clean_environment(
        CAIRN_DATABASE_URL=settings.database_url,
        CAIRN_REDIS_URL=settings.redis_url,
        CAIRN_DATA_DIR=str(settings.data_folder),
    )
    worker = subprocess.Popen(
        [*CAIRN, "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    try:
        assert worker.stderr is not None
        said = ""
        while "worker ready" not in said:
            line = worker.stderr.readline()
            assert line, f"cairn worker ended before it was ready: {said}"
            said += line
        yield worker
    finally:
        worker.kill()
        worker.communicate(timeout=READY_S)
