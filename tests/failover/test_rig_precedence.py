"""Who may be promoted, and who gives way to whom: decided by what the two say, and by what is on their disks."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from testing_payloads.failover.servers.node import Node
from testing_payloads.failover.servers.parts import Part
from testing_payloads.failover.servers.precedence import require_follower, require_promotable, timeline
from testing_payloads.failover.servers.refusals import RigRefused


@dataclass
class ANode:
    """A node as it would answer, without a server. Whoever cannot answer must not be asked."""

    name: str
    says: Part | None = None
    is_running: bool = True
    is_frozen: bool = False
    data: Path = field(default_factory=Path)

    @property
    def title(self) -> str:
        return f"Node {self.name}"

    @property
    def process(self) -> object:
        if not self.is_running:
            raise RigRefused("it does not run")
        return self

    def part(self) -> Part | None:
        return self.says


class Unheard(ANode):
    def part(self) -> Part | None:
        raise AssertionError("whoever waits for its answer loses a second")


def promote(node: ANode, other: ANode, *, cut: bool = False) -> None:
    require_promotable(cast("Node", node), cast("Node", other), other_is_cut=cut)


def left(folder: Path, *, promotions: int, standby: bool = False) -> Path:
    """The folder of a node's data, as far as it tells its history."""
    (folder / "pg_wal").mkdir(parents=True)
    (folder / "PG_VERSION").touch()
    for number in range(promotions):
        (folder / "pg_wal" / f"{number + 2:08X}.history").touch()
    if standby:
        (folder / "standby.signal").touch()
    return folder


def rejoin(node: ANode, writer: ANode) -> None:
    require_follower(cast("Node", node), cast("Node", writer))


@pytest.mark.parametrize(
    ("other", "cut"),
    [
        (ANode("b", is_running=False), False),
        (ANode("b", "standby"), False),
        (Unheard("b", is_frozen=True), False),
        (Unheard("b"), True),
    ],
)
def test_a_standby_is_promoted_when_the_other_does_not_write_or_cannot_be_reached(other: ANode, cut: bool) -> None:
    promote(ANode("a", "standby"), other, cut=cut)


@pytest.mark.parametrize(
    ("node", "other", "why"),
    [
        (ANode("a", "standby"), ANode("b", "writer"), "two histories"),
        (ANode("a", "standby"), ANode("b"), "may begin to write at any moment"),
        (ANode("a", "writer"), ANode("b", is_running=False), "writes already"),
        (ANode("a", is_running=False), ANode("b", is_running=False), "does not run"),
    ],
)
def test_a_promotion_that_might_make_two_writers_is_refused(node: ANode, other: ANode, why: str) -> None:
    with pytest.raises(RigRefused, match=why):
        promote(node, other)


@pytest.mark.parametrize(("own", "its", "standby"), [(8, 9, False), (9, 9, True), (15, 16, False)])
def test_whoever_was_promoted_earlier_or_follows_may_rejoin(tmp_path: Path, own: int, its: int, standby: bool) -> None:
    node = ANode("a", data=left(tmp_path / "a", promotions=own, standby=standby))
    rejoin(node, ANode("b", "writer", data=left(tmp_path / "b", promotions=its)))


def test_a_node_that_is_empty_may_rejoin(tmp_path: Path) -> None:
    writer = ANode("b", "writer", data=left(tmp_path / "b", promotions=0))
    rejoin(ANode("a", is_running=False, data=tmp_path / "a"), writer)


@pytest.mark.parametrize(("says", "way_out"), [("writer", ": `rejoin b`"), (None, ": `stop b`, `start a`, `rejoin b`")])
def test_whoever_was_promoted_last_does_not_give_way(tmp_path: Path, says: Part | None, way_out: str) -> None:
    node = ANode("a", says, is_running=says is not None, data=left(tmp_path / "a", promotions=2))
    with pytest.raises(RigRefused, match=f"was not promoted before node b .*{way_out}"):
        rejoin(node, ANode("b", "writer", data=left(tmp_path / "b", promotions=1)))


def test_of_two_histories_of_the_same_length_neither_gives_way(tmp_path: Path) -> None:
    """Both were standbys, and each was promoted while it did not see the other."""
    node = ANode("a", "writer", data=left(tmp_path / "a", promotions=1))
    with pytest.raises(RigRefused, match=f"To throw away what only node a has: `stop a`, remove {tmp_path / 'a'}"):
        rejoin(node, ANode("b", "writer", data=left(tmp_path / "b", promotions=1)))


@pytest.mark.parametrize(("says", "advice"), [("standby", "promote it first"), (None, "`start b` first")])
def test_nobody_gives_way_to_a_node_that_does_not_write(says: Any, advice: str) -> None:
    with pytest.raises(RigRefused, match=f"nobody to follow: {advice}"):
        rejoin(ANode("a", "writer"), ANode("b", says))


def test_a_history_is_counted_in_hexadecimal_digits(tmp_path: Path) -> None:
    assert timeline(left(tmp_path / "a", promotions=15)) == 16
