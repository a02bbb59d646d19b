"""What goes wrong with a pair of databases and with what stands before it, and how each is made whole again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.failing_over.losing import Step, losing, losing_a_machine, losing_the_standby
from testing_payloads.failover.pair import Pair
from testing_payloads.failover.patroni.settings import TTL_S
from testing_payloads.failover.patroni_rig import PatroniPair

# When the ttl of the lock of the lost one has run out: a standby looks every two seconds, and is promoted.
TAKING_OVER_S = 3.0
PATRONI_WITHIN_S = TTL_S + TAKING_OVER_S
AWAY_S = 3.0


@dataclass(frozen=True)
class Strike:
    """One thing that goes wrong, step by step: after each there is a writer, after the last all is as it was before."""

    name: str
    steps: Callable[[Any], Sequence[Step]]  # on this rig
    most_outage_s: float | None = None  # what was promised, if anything was
    most_unready_s: float | None = None  # and from the moment on when all is as it was before
    standby_matters: bool = False  # it falls while the standby answers queries, where anybody asks it


def switching(pair: Pair | PatroniPair) -> list[Step]:
    """The other one writes, as an operator does it."""
    return [pair.switch, pair.wait_streaming]


def of_the_pair(away_s: float = AWAY_S) -> list[Strike]:
    """What happens to servers: a planned switch, one that is killed or frozen, both killed, HAProxy and Redis."""
    return [
        Strike("planned switch", switching, most_outage_s=0.5, standby_matters=True),
        Strike("primary killed", losing(Pair.kill), most_outage_s=1.0, standby_matters=True),
        Strike("primary frozen", losing(Pair.freeze, Pair.thaw)),
        Strike("standby killed", losing_the_standby, standby_matters=True),
        Strike("both killed", lambda pair: [lambda: _lose_both(pair, away_s)], most_unready_s=2.0),
        Strike("HAProxy restarted", lambda pair: [pair.restart_haproxy]),
        Strike("Redis killed", lambda pair: [pair.kill_redis, pair.start_redis]),
    ]


PGBOUNCER_RESTARTED = Strike("pgbouncer restarted", lambda pair: [pair.restart_bouncer])
OF_PGBOUNCER = (
    PGBOUNCER_RESTARTED,
    Strike("switch behind pgbouncer", switching, most_outage_s=0.5),
    Strike("kill behind pgbouncer", losing(Pair.kill), most_outage_s=1.0),
)
NETWORK_CUT = Strike("network cut", losing(Pair.cut, Pair.mend))
# Where nobody promotes by hand: whoever is lost, the other takes over by itself.
OF_PATRONI = (
    Strike("Patroni: switchover", switching, PATRONI_WITHIN_S),
    Strike(
        "Patroni: machine lost", losing_a_machine(PatroniPair.kill_machine, PatroniPair.bring_back), PATRONI_WITHIN_S
    ),
    Strike("Patroni: PostgreSQL killed", losing_a_machine(PatroniPair.kill_postgres), PATRONI_WITHIN_S),
    Strike("Patroni: frozen", losing_a_machine(PatroniPair.freeze_machine, PatroniPair.thaw_machine), PATRONI_WITHIN_S),
)


def named(strikes: Sequence[Strike], only: str | None) -> list[Strike]:
    """Those that were asked for; all of them when none was."""
    return [strike for strike in strikes if only is None or strike.name == only]


def _lose_both(pair: Pair, away_s: float) -> None:
    writer, standby = pair.writer, pair.standby
    pair.kill(standby)
    pair.kill(writer)
    time.sleep(away_s)  # a database that is back at once tries nobody's patience
    pair.start(writer)
    pair.start(standby)
