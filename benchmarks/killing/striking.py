"""What is done to a cluster while events flow: each of its processes is killed or stopped in turn, and comes back."""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.killing.load import Load
from tests.factories.clusters import DATABASE, REDIS, Cluster, Program

PARTS = 20  # of what is published, one at least goes on while something is away


@dataclass(frozen=True)
class Strike:
    """One thing that goes wrong. `felt` tells that it has been away for long enough to matter."""

    name: str
    strike: Callable[[], None]
    mend: Callable[[], None]
    felt: Callable[[Load], Callable[[], bool]]


@dataclass(frozen=True)
class Struck:
    """What came of it."""

    name: str
    away_s: float
    acknowledged: int  # events meanwhile
    attempts_refused: int
    resumed: int  # times that a follower had to go on elsewhere


def kills(cluster: Cluster) -> list[Strike]:
    """Every process killed hard, one after the other."""
    programs = [
        Strike(f"{program.name} killed", partial(program.end, signal.SIGKILL), partial(_start, program), _went_on)
        for program in (*cluster.apis, cluster.worker)
    ]
    wire, database = (
        Strike(f"{name} killed", partial(cluster.kill_server, name), cluster.revive_servers, felt)
        for name, felt in ((REDIS, _all_is_told), (DATABASE, _was_refused))
    )
    return [wire, *programs, database]  # the wire first, while there are followers at each API


def rolling_restart(cluster: Cluster) -> list[Strike]:
    """Every API stopped in good order and started again, as a new release comes in."""
    return [
        Strike(f"{api.name} restarted", partial(api.end, signal.SIGTERM), partial(_start, api), _went_on)
        for api in cluster.apis
    ]


def strike_all(strikes: Sequence[Strike], load: Load) -> list[Struck]:
    """Strike in the middle of what is published, again and again, so that something is under way each time."""
    told, parts = [], 2 * len(strikes) + 2
    for number, strike in enumerate(strikes):
        if number == len(strikes) // 2:
            load.follow_late()
        load.open((2 * number + 2) / parts)  # much more than is waited for: the rest is under way when it strikes
        load.until(_are_under_way(load, load.plan.events // parts // 2))
        told.append(_strike(strike, load, then_open=(2 * number + 3) / parts))
    load.open(1)
    return told


def _are_under_way(load: Load, events: int) -> Callable[[], bool]:
    enough = load.published.acknowledged + events
    return lambda: load.published.acknowledged > enough


def _strike(strike: Strike, load: Load, *, then_open: float) -> Struck:
    acknowledged, troubles, resumed, began = *_figures(load), time.monotonic()
    strike.strike()
    felt = strike.felt(load)
    load.open(then_open)
    load.until(felt)
    strike.mend()
    away_s = time.monotonic() - began
    after = _figures(load)
    return Struck(strike.name, away_s, after[0] - acknowledged, after[1] - troubles, after[2] - resumed)


def _figures(load: Load) -> tuple[int, int, int]:
    resumed = sum(follower.seen.resumed.total() for follower in (*load.followers, *load.late))
    return load.published.acknowledged, load.published.troubles.total(), resumed


def _went_on(load: Load) -> Callable[[], bool]:
    """Publishers were acknowledged much that is new, and the first follower has got as much as was known then."""
    enough, known = load.published.acknowledged + load.plan.events // PARTS, list[int]()

    def went_on() -> bool:
        if not known and load.published.acknowledged >= enough:
            known.append(load.published.told["accepted"])
        return bool(known) and len(load.followers[0].seen.numbers) >= known[0]

    return went_on


def _all_is_told(load: Load) -> Callable[[], bool]:
    """Nothing more is published, and no follower waits: what the wire did not bring was found in the log."""
    return load.all_is_told


def _was_refused(load: Load) -> Callable[[], bool]:
    refused = load.published.troubles.total()
    return lambda: load.published.troubles.total() > refused


def _start(program: Program) -> None:
    program.start()
    program.wait()
