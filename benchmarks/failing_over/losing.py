"""How a server is lost, what an operator does then, and how it comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from testing_payloads.failover.pair import Pair
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni_rig import PatroniPair
from testing_payloads.failover.servers.node import Node
from testing_payloads.failover.servers.waiting import wait_until

Step = Callable[[], None]
Steps = Callable[[Any], Sequence[Step]]
COMMITS_WAIT = "select count(*) > 0 from pg_stat_activity where wait_event = 'SyncRep'"
LET_COMMITS_GO = ("alter system set synchronous_standby_names = ''", "select pg_reload_conf()")


def losing(lose: Callable[[Pair, Node], None], give_back: Callable[[Pair, Node], None] | None = None) -> Steps:
    """Lose the primary and promote the standby at once; the old one follows then.

    Where it can be given back it is there again before that, and does not know that it is none any more.
    """

    def steps(pair: Pair) -> list[Step]:
        lost = _Lost(pair, pair.writer)
        back = [] if give_back is None else [lambda: give_back(pair, lost.node)]
        return [lambda: lost.promote_the_other(lose), *back, lost.rejoin]

    return steps


def losing_the_standby(pair: Pair) -> list[Step]:
    """Kill the standby, so that commits wait; let them wait for nobody, as operators are told to, until it is back."""
    writer, standby = pair.writer, pair.standby

    def lose() -> None:
        pair.kill(standby)
        wait_until(lambda: writer.sql(COMMITS_WAIT) == "t", "no commit waits for the standby")
        writer.sql(*LET_COMMITS_GO)

    return [lose, lambda: pair.rejoin(standby)]


def losing_a_machine(
    lose: Callable[[PatroniPair, Machine], None], give_back: Callable[[PatroniPair, Machine], None] | None = None
) -> Steps:
    """Lose whoever writes, with Patroni about: the other takes over, and the lost one follows when it is there."""

    def steps(pair: PatroniPair) -> list[Step]:
        lost = pair.writer
        back = [] if give_back is None else [lambda: give_back(pair, lost)]
        return [lambda: lose(pair, lost), *back, pair.wait_streaming]

    return steps


@dataclass
class _Lost:
    """The primary that is lost, and the other that takes its place."""

    pair: Pair
    node: Node

    def promote_the_other(self, lose: Callable[[Pair, Node], None]) -> None:
        """Lose the primary, and promote the standby at once."""
        other = self.pair.partner(self.node)
        lose(self.pair, self.node)
        self.pair.promote(other)

    def rejoin(self) -> None:
        """Have it follow the other."""
        if self.node.is_running:
            self.pair.stop(self.node)
        self.pair.rejoin(self.node)
