"""What clients saw of a strike: how long no write was acknowledged, and which of their requests failed."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.failing_over.asking import DEADLINE_S
from benchmarks.failing_over.history import Call, History, Outcome
from benchmarks.failing_over.readiness import Readiness
from benchmarks.failing_over.strikes import Strike

ABOUT_S = 0.5  # a server needs as long to say that a deadline has passed


@dataclass(frozen=True)
class Span:
    """The time of one strike, until everything was whole again and clients were at work."""

    began_s: float
    ended_s: float

    def holds(self, time_s: float) -> bool:
        """Whether this was in it."""
        return self.began_s <= time_s <= self.ended_s


@dataclass(frozen=True)
class Times:
    """When a strike fell and was over, how long it took until all was whole again, and how many connections to the
    database a process held at most then."""

    span: Span
    mended_s: float
    held: int


@dataclass(frozen=True)
class Struck:
    """What came of one strike."""

    strike: Strike
    times: Times
    outage_s: float
    ready_s: float  # until every API said that it was ready, and kept to it
    failed: Counter[str]  # what clients were told though their deadline allowed more
    overdue: int  # requests whose whole deadline lay in the outage
    breaks: int  # sockets


def struck(strike: Strike, times: Times, history: History, readiness: Readiness) -> Struck:
    """What a history tells of one strike."""
    span = times.span
    gap = outage(history, span)
    failed = failures(history, span)
    in_time = [call for call in failed if not is_overdue(call, gap)]
    return Struck(
        strike,
        times,
        outage_s=gap.ended_s - gap.began_s,
        ready_s=readiness.took_s(span.began_s, span.ended_s),
        failed=Counter(call.said for call in in_time),
        overdue=len(failed) - len(in_time),
        breaks=sum(span.holds(at_s) for feed in history.feeds for at_s, _ in feed.breaks),
    )


def outage(history: History, span: Span) -> Span:
    """The longest time between two acknowledged writes one after the other, from the last before the strike on."""
    acknowledged = sorted(write.ended_s for write in history.writes if write.outcome is Outcome.ACKNOWLEDGED)
    gaps = [Span(one, next) for one, next in pairwise(acknowledged) if next >= span.began_s and one <= span.ended_s]
    return max(gaps, key=lambda gap: gap.ended_s - gap.began_s, default=span)


def failures(history: History, span: Span) -> list[Call]:
    """The requests that ended within this time without an acknowledgement."""
    return [call for call in history.calls if call.outcome is not Outcome.ACKNOWLEDGED and span.holds(call.ended_s)]


def is_overdue(call: Call, gap: Span) -> bool:
    """Whether the whole deadline of a request lay in the outage: then nothing could have been done for it."""
    waited_s = call.ended_s - call.began_s
    return waited_s >= DEADLINE_S - ABOUT_S and call.began_s >= gap.began_s - ABOUT_S and call.ended_s <= gap.ended_s
