"""Judges a history: every acknowledged write is there once, reads never go back in time for one client, feeds have no
gaps, and every job that was promised has been done."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.failing_over.history import Feed, Found, History, Outcome, Read, Write

DONE = "SUCCEEDED"


class Kind(StrEnum):
    """What may not be."""

    LOST = "an acknowledged write is not there"
    TWICE = "a write is there twice"
    REFUSED_YET_DONE = "a refused write is there"
    NEVER_SENT = "something is there that nobody wrote"
    BACK_IN_TIME = "a client read less than it had read or written before"
    AHEAD_OF_TIME = "a client read more than was written"
    GAP = "a feed had a gap, an event twice or out of order"
    UNDONE = "a job that was promised was not done"


@dataclass(frozen=True)
class Fault:
    """One thing that may not be, with what tells which."""

    kind: Kind
    text: str


def judge(history: History, found: Found) -> list[Fault]:
    """Everything in a history that may not be; nothing when all is well."""
    return [*_writes(history, found), *_reads(history), *_feeds(history, found), *_jobs(history, found)]


def _writes(history: History, found: Found) -> Iterator[Fault]:
    """What was acknowledged is there, what is there is there once, and somebody wrote it who was not refused."""
    outcomes: defaultdict[tuple[str, str], set[Outcome]] = defaultdict(set)
    for write in history.writes:
        for key in write.keys:
            outcomes[write.register, key].add(write.outcome)
    there = {name: Counter(keys) for name, keys in found.registers.items()}
    for (register, key), known in outcomes.items():
        many = there.get(register, Counter())[key]
        if many == 0 and Outcome.ACKNOWLEDGED in known:
            yield Fault(Kind.LOST, f"{register}: {key}")
        if many > 0 and known == {Outcome.REFUSED}:
            yield Fault(Kind.REFUSED_YET_DONE, f"{register}: {key}")
    for register, keys in there.items():
        for key, many in keys.items():
            if many > 1:
                yield Fault(Kind.TWICE, f"{register}: {key} is there {many} times")
            if (register, key) not in outcomes:
                yield Fault(Kind.NEVER_SENT, f"{register}: {key}")


def _reads(history: History) -> Iterator[Fault]:
    """A read is compared with what the same client had seen before it began, and with all that had been sent."""
    reads: defaultdict[tuple[str, str], list[Read]] = defaultdict(list)
    for read in history.reads:
        if read.outcome is Outcome.ACKNOWLEDGED:
            reads[read.client, read.register].append(read)
    writes: defaultdict[tuple[str, str], list[Write]] = defaultdict(list)
    for write in history.writes:
        if write.outcome is Outcome.ACKNOWLEDGED:
            writes[write.client, write.register].append(write)
    sent = _sent(history)
    for who, own in reads.items():
        yield from _back_in_time(own, writes[who])
        yield from _ahead_of_time(own, sent[who[1]])


def _back_in_time(reads: list[Read], writes: list[Write]) -> Iterator[Fault]:
    """The least that a read may see: what was seen or acknowledged by calls that had ended before it began."""
    ended = sorted([*reads, *writes], key=lambda call: call.ended_s)
    place, seen = 0, 0
    own: set[str] = set()
    for read in sorted(reads, key=lambda one: one.began_s):
        while place < len(ended) and ended[place].ended_s <= read.began_s:
            before = ended[place]
            own.update(before.keys if isinstance(before, Write) else ())
            seen = max(seen, before.size, len(own))
            place += 1
        if read.size < seen:
            at = f"{read.client}, {read.register}, at {read.began_s:.3f} s"
            yield Fault(Kind.BACK_IN_TIME, f"{at}: {read.size} after {seen}")


def _ahead_of_time(reads: list[Read], sent: list[float]) -> Iterator[Fault]:
    """The most that a read may see: whatever somebody had begun to write before it ended."""
    for read in reads:
        if read.size > (most := bisect_right(sent, read.ended_s)):
            yield Fault(Kind.AHEAD_OF_TIME, f"{read.client}, {read.register}: {read.size} of {most}")


def _sent(history: History) -> defaultdict[str, list[float]]:
    """When each thing of a register was first sent, in order."""
    first: dict[tuple[str, str], float] = {}
    for write in history.writes:
        for key in write.keys:
            at = write.register, key
            first[at] = min(write.began_s, first.get(at, write.began_s))
    sent: defaultdict[str, list[float]] = defaultdict(list)
    for (register, _), began_s in sorted(first.items(), key=lambda item: item[1]):
        sent[register].append(began_s)
    return sent


def _feeds(history: History, found: Found) -> Iterator[Fault]:
    for feed in history.feeds:
        yield from _feed(feed, found.registers.get(feed.register, ()))


def _feed(feed: Feed, there: Sequence[str]) -> Iterator[Fault]:
    """Offsets count from one without a gap, and under each stands what the register has there; nothing is lacking."""
    wanted = list(enumerate(there, start=1))
    for told, due in zip(feed.told, wanted, strict=False):
        if told != due:
            yield Fault(Kind.GAP, f"{feed.follower}, {feed.register}: {told} came where {due} is due")
            return
    if len(feed.told) != len(wanted):
        yield Fault(Kind.GAP, f"{feed.follower}, {feed.register}: {len(feed.told)} of {len(wanted)} events came")


def _jobs(history: History, found: Found) -> Iterator[Fault]:
    promised = {request.job for request in history.requests if request.outcome is Outcome.ACKNOWLEDGED}
    for job in sorted(promised):
        if (status := found.jobs.get(job, "not there")) != DONE:
            yield Fault(Kind.UNDONE, f"{job} is {status}")
