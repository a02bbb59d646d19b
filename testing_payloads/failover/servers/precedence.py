"""Who may be promoted and who gives way: never two writers by mistake, and never the one that was promoted last."""

from pathlib import Path

from testing_payloads.failover.servers.node import Node
from testing_payloads.failover.servers.refusals import RigRefused


def require_promotable(node: Node, other: Node, *, other_is_cut: bool) -> None:
    """Refuse to make `node` the writer while the other writes, unless that is ended, frozen or cut off."""
    _ = node.process  # refuses when it does not run
    if node.part() == "writer":
        raise RigRefused(f"{node.title} writes already.")
    if other.is_frozen or other_is_cut:
        return
    name, part = other.name, other.part()
    if part == "writer":
        raise RigRefused(
            f"{other.title} writes, and two writers would be two histories. `switch` changes their parts; to promote "
            f"{node.name} without it, `stop {name}`, `kill {name}` or `freeze {name}` first."
        )
    if part is None and other.is_running:
        raise RigRefused(
            f"{other.title} does not answer, though its process is there: it may begin to write at any moment. "
            f"`kill {name}` or `freeze {name}` first."
        )


def require_follower(node: Node, writer: Node) -> None:
    """Refuse to have `node` give way to a writer that does not write, or that was not promoted after it."""
    if (part := writer.part()) != "writer":
        advice = "promote it first" if part else f"`start {writer.name}` first, with {node.name} stopped if that writes"
        raise RigRefused(f"{writer.title} does not write, so node {node.name} has nobody to follow: {advice}.")
    own, its = timeline(node.data), timeline(writer.data)
    if own < its or (own == its and not _is_a_writer_s(node.data)):
        return
    raise RigRefused(
        f"{node.title} was not promoted before node {writer.name} (timelines {own} and {its}): what was acknowledged "
        f"last may be there only, so it does not give way. {_way_out(node, writer, is_later=own > its)}"
    )


def timeline(data: Path) -> int:
    """The latest that these data know of: each promotion begins a new one, and leaves a file with its number."""
    return max((int(file.stem, 16) for file in (data / "pg_wal").glob("*.history")), default=1)


def _is_a_writer_s(data: Path) -> bool:
    return (data / "PG_VERSION").exists() and not (data / "standby.signal").exists()


def _way_out(node: Node, writer: Node, *, is_later: bool) -> str:
    own, its = node.name, writer.name
    if not is_later:
        return f"To throw away what only node {own} has: `stop {own}`, remove {node.data}, `rejoin {own}`."
    steps = f"`rejoin {its}`" if node.part() == "writer" else f"`stop {its}`, `start {own}`, `rejoin {its}`"
    return f"To have node {its} give way: {steps}."
