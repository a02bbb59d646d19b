"""What goes wrong with a pair of databases and with what stands before it, and how each is made whole again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from testing_payloads.failover.pair import Pair
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni_rig import PatroniPair
from testing_payloads.failover.servers.node import Node

# When the ttl of the lock of the lost one has run out: a standby looks every two seconds, and is promoted.
TAKING_OVER_S = 3.0
AWAY_S = 3.0


@dataclass(frozen=True)
class Strike:
    """One thing that goes wrong, step by step: after each there is a writer, after the last all is as it was before."""

    name: str
    steps: Sequence[Callable[[], None]]
    most_outage_s: float | None = None  # what was promised, if anything was
    most_unready_s: float | None = None  # and from the moment on when all is as it was before


@dataclass
class _Lost:
    """The primary that is lost, and the other that takes its place."""

    pair: Pair
    lose: Callable[[Node], None]
    give_back: Callable[[Node], None]
    node: Node | None = None

    def promote_the_other(self) -> None:
        """Lose the primary, and promote the standby at once."""
        self.node, other = self.pair.writer, self.pair.standby
        self.lose(self.node)
        self.pair.promote(other)

    def come_back(self) -> None:
        """The old primary is there again, and does not know that it is none any more."""
        assert self.node is not None
        self.give_back(self.node)

    def rejoin(self) -> None:
        """Have it follow the other."""
        assert self.node is not None
        if self.node.is_running:
            self.pair.stop(self.node)
        self.pair.rejoin(self.node)


def of_the_pair(pair: Pair) -> list[Strike]:
    """What happens to servers: a planned switch, a primary that is killed or frozen, both killed, HAProxy and Redis."""

    def lose_both() -> None:
        writer, standby = pair.writer, pair.standby
        pair.kill(standby)
        pair.kill(writer)
        time.sleep(AWAY_S)  # a database that is back at once tries nobody's patience
        pair.start(writer)
        pair.start(standby)

    killed, frozen = _Lost(pair, pair.kill, pair.start), _Lost(pair, pair.freeze, pair.thaw)
    return [
        Strike("planned switch", [pair.switch, pair.wait_streaming], most_outage_s=0.5),
        Strike("primary killed", [killed.promote_the_other, killed.rejoin], most_outage_s=1.0),
        Strike("primary frozen", [frozen.promote_the_other, frozen.come_back, frozen.rejoin]),
        Strike("both killed", [lose_both], most_unready_s=2.0),
        Strike("HAProxy restarted", [pair.restart_haproxy]),
        Strike("Redis killed", [pair.kill_redis, pair.start_redis]),
    ]


def of_pgbouncer(pair: Pair) -> list[Strike]:
    """What happens to a pair behind pgbouncer."""
    killed = _Lost(pair, pair.kill, pair.start)
    return [
        Strike("pgbouncer restarted", [pair.restart_bouncer]),
        Strike("switch behind pgbouncer", [pair.switch, pair.wait_streaming], most_outage_s=0.5),
        Strike("kill behind pgbouncer", [killed.promote_the_other, killed.rejoin], most_outage_s=1.0),
    ]


def of_the_network(pair: Pair) -> list[Strike]:
    """What happens between the machines of a pair."""
    cut = _Lost(pair, pair.cut, pair.mend)
    return [Strike("network cut", [cut.promote_the_other, cut.come_back, cut.rejoin])]


def of_patroni(pair: PatroniPair) -> list[Strike]:
    """What happens where nobody promotes by hand: whoever is lost, the other takes over by itself."""
    struck: list[Machine] = []

    def strike(lose: Callable[[Machine], None]) -> Callable[[], None]:
        def fall() -> None:
            struck.append(pair.writer)
            lose(struck[-1])

        return fall

    def back(come: Callable[[Machine], None]) -> Callable[[], None]:
        return lambda: come(struck[-1])

    whole, most_s = pair.wait_streaming, pair.ttl_s + TAKING_OVER_S
    return [
        Strike("Patroni: switchover", [pair.switch, whole], most_s),
        Strike("Patroni: machine lost", [strike(pair.kill_machine), back(pair.bring_back)], most_s),
        Strike("Patroni: PostgreSQL killed", [strike(pair.kill_postgres), whole], most_s),
        Strike("Patroni: frozen", [strike(pair.freeze_machine), back(pair.thaw_machine), whole], most_s),
    ]


def named(strikes: Sequence[Strike], only: str | None) -> list[Strike]:
    """Those that were asked for; all of them when none was."""
    return [strike for strike in strikes if only is None or strike.name == only]
