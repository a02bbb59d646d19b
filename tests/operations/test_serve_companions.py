"""How the processes beside the API are kept: at once, then more slowly, and never given up."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from app.companions import LONGEST_PAUSE_S, LOOK_AGAIN_S, KeptServers, KeptWorker
from domain.shared.errors import OperatorError


@dataclass
class FakeWorker:
    """A worker that ends when the test says so."""

    running: bool = True
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class FakeServers:
    """Servers of which the test says how they are, and what comes of reviving them."""

    down: list[str] = field(default_factory=list)
    refusal: OperatorError | OSError | None = None
    revivals: int = 0

    def fallen(self) -> list[str]:
        return self.down

    def revive(self) -> None:
        self.revivals += 1
        if self.refusal:
            raise self.refusal
        self.down = []


@pytest.fixture
def workers() -> list[FakeWorker]:
    """Every worker that was started, in order."""
    return []


@pytest.fixture
def kept(workers: list[FakeWorker]) -> KeptWorker:
    """Keeps a worker."""

    def spawn() -> FakeWorker:
        workers.append(FakeWorker())
        return workers[-1]

    return KeptWorker(spawn)


def starts(kept: KeptWorker, workers: list[FakeWorker], *, until_s: int) -> list[int]:
    """The seconds at which a new worker was started, when each ends at once."""
    seen, at = len(workers), []
    for tenth in range(until_s * 10):
        workers[-1].running = False
        kept.look(tenth / 10)
        if len(workers) > seen:
            seen, at = len(workers), [*at, tenth // 10]
    return at


def test_a_worker_that_runs_is_left_alone(kept: KeptWorker, workers: list[FakeWorker]) -> None:
    for second in range(100):
        kept.look(second)
    assert len(workers) == 1


def test_a_worker_that_ended_is_started_again(kept: KeptWorker, workers: list[FakeWorker]) -> None:
    workers[0].running = False
    kept.look(0)
    kept.look(LOOK_AGAIN_S)
    assert [worker.running for worker in workers] == [False, True]


def test_a_worker_that_keeps_ending_is_started_ever_more_slowly(kept: KeptWorker, workers: list[FakeWorker]) -> None:
    at = starts(kept, workers, until_s=200)
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 2
    assert pauses[-1] == LONGEST_PAUSE_S


def test_after_a_long_run_the_next_start_comes_soon_again(kept: KeptWorker, workers: list[FakeWorker]) -> None:
    starts(kept, workers, until_s=100)
    workers[-1].running = True
    kept.look(200)
    kept.look(300)
    count = len(workers)
    workers[-1].running = False
    kept.look(300)
    kept.look(300 + LOOK_AGAIN_S)
    assert len(workers) == count + 1


def test_the_worker_that_runs_is_the_one_that_is_stopped(kept: KeptWorker, workers: list[FakeWorker]) -> None:
    workers[0].running = False
    kept.look(0)
    kept.look(LOOK_AGAIN_S)
    kept.stop()
    assert [worker.stopped for worker in workers] == [False, True]


def test_servers_that_run_are_left_alone() -> None:
    servers = FakeServers()
    KeptServers(servers).look(0)
    assert servers.revivals == 0


def test_servers_that_fell_are_revived() -> None:
    servers = FakeServers(down=["PostgreSQL"])
    KeptServers(servers).look(0)
    assert servers.fallen() == []


def test_servers_that_do_not_start_again_are_tried_again_later() -> None:
    servers = FakeServers(down=["PostgreSQL"], refusal=OperatorError("the disk is full"))
    kept = KeptServers(servers)
    kept.look(0)
    kept.look(LONGEST_PAUSE_S - 1)
    assert servers.revivals == 1
    servers.refusal = None
    kept.look(LONGEST_PAUSE_S)
    assert servers.fallen() == []


def test_a_worker_for_which_there_is_no_room_just_now_is_tried_again_later(workers: list[FakeWorker]) -> None:
    spawned: list[FakeWorker | OSError] = [FakeWorker(), BlockingIOError("no process left"), FakeWorker()]

    def spawn() -> FakeWorker:
        given = spawned.pop(0)
        if isinstance(given, OSError):
            raise given
        workers.append(given)
        return given

    kept = KeptWorker(spawn)
    kept.look(0)
    workers[0].running = False
    for now in (1, 2, 3, LONGEST_PAUSE_S + 3):
        kept.look(now)
    assert [worker.running for worker in workers] == [False, True]


def test_servers_whose_start_the_system_refuses_are_tried_again_later() -> None:
    servers = FakeServers(down=["PostgreSQL"], refusal=OSError("no process left"))
    kept = KeptServers(servers)
    kept.look(0)
    servers.refusal = None
    kept.look(LONGEST_PAUSE_S)
    assert servers.fallen() == []
