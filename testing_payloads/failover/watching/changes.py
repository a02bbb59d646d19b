"""What was seen of a database, of HAProxy and of an API, and what is worth telling when it is seen differently."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

WRITER, READER = "writer", "reader"


@dataclass(frozen=True)
class NodeLook:
    """One database, asked at its own address."""

    name: str
    part: str | None = None  # None: it does not answer
    why: str = ""  # it does not
    place: int = 0  # in the log of writes: a writer's end, or how far a reader has come
    timeline: int | None = None  # a writer's: each promotion begins a new one
    awaited: str = ""  # whom a writer's commits wait for
    streams: bool = False  # a reader: whether it is fed; a writer: whether it feeds anybody

    @property
    def waits_for_nobody_there(self) -> bool:
        """Whether commits hang: they wait for another's disk, and no other is connected."""
        return self.part == WRITER and bool(self.awaited) and not self.streams


@dataclass(frozen=True)
class BalancerLook:
    """HAProxy: whom it sends writes and reads to, and which APIs it believes to live."""

    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    replicas: tuple[tuple[str, bool], ...] = ()
    why: str = ""  # it does not answer


@dataclass(frozen=True)
class ReplicaLook:
    """One API: what its two health pages say."""

    url: str
    lives: bool = False
    is_ready: bool = False
    why: str = ""  # it is not


Look = NodeLook | BalancerLook | ReplicaLook


def changes(before: Look | None, after: Look) -> list[str]:
    """The sentences to tell, none for a first look at something that is well."""
    match before, after:
        case NodeLook() | None, NodeLook():
            return list(_of_node(before, after))
        case BalancerLook() | None, BalancerLook():
            return list(_of_balancer(before, after))
        case ReplicaLook() | None, ReplicaLook():
            return list(_of_replica(before, after))
    raise TypeError("Two looks at one thing are compared.")


def told_of_writers(names: Collection[str]) -> str | None:
    """A sentence when more than one database takes writes: the one state that loses data."""
    return f"TWO WRITERS: {' and '.join(sorted(names))}" if len(names) > 1 else None


def _of_node(before: NodeLook | None, after: NodeLook) -> Iterator[str]:
    part = before and before.part
    if after.part is None:
        if before is None or part is not None:
            yield f"{after.name} is down: {after.why}"
        return
    if before is None:
        return
    if part is None:
        yield f"{after.name} is up, as {after.part}"
    elif part == READER and after.part == WRITER:
        yield f"{after.name} was promoted: it writes now"
    elif part == WRITER and after.part == READER:
        yield f"{after.name} follows now"
    elif after.part == READER and before.streams != after.streams:
        yield f"{after.name} {'streams again' if after.streams else 'streams no longer'}"
    if part == after.part == WRITER and before.awaited != after.awaited:
        yield f"{after.name}: commits wait for {after.awaited or 'nobody'}"


def _of_balancer(before: BalancerLook | None, after: BalancerLook) -> Iterator[str]:
    if after.why:
        if before is None or not before.why:
            yield f"HAProxy is down: {after.why}"
        return
    if before is None:
        return
    if before.why:
        yield "HAProxy is up"
    if before.writers != after.writers:
        yield f"HAProxy sends writes to {_sent_to(after.writers)}"
    lived = dict(before.replicas)
    for name, lives in after.replicas:
        if lived.get(name, lives) != lives:
            yield f"HAProxy {'takes in' if lives else 'leaves out'} {name}"


def _sent_to(writers: tuple[str, ...]) -> str:
    if len(writers) > 1:
        return f"nobody new: {' and '.join(writers)} both write"
    return writers[0] if writers else "nobody"


def _of_replica(before: ReplicaLook | None, after: ReplicaLook) -> Iterator[str]:
    if before is None:
        before = ReplicaLook(after.url, lives=True, is_ready=True)
    if before.lives and not after.lives:
        yield f"{after.url} is down: {after.why}"
    elif after.lives and not before.lives:
        yield f"{after.url} is up"
    if after.lives and before.is_ready and not after.is_ready:
        yield f"{after.url} is not ready: {after.why}"
    elif after.is_ready and not before.is_ready:
        yield f"{after.url} is ready"
