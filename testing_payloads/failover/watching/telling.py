"""What a diary says in words: a line of how it is now, a line for each event, and a summary at the end."""

import time
from collections.abc import Iterator

from testing_payloads.failover.watching.diary import Diary, Event


def line(diary: Diary, now: float) -> str:
    """How it is now, in one line."""
    nodes = ", ".join(f"{node.name} {node.part or 'down'}" for node in diary.nodes.values())
    balancer, replicas = diary.balancer, diary.replicas
    sent = f"HAProxy: {'+'.join(balancer.writers) or 'nobody'}/{'+'.join(balancer.readers) or 'nobody'}"
    sent = "HAProxy down" if balancer.why else sent
    ready = [f"ready {sum(look.is_ready for look in replicas)} of {len(replicas)}"] if replicas else []
    rates = f"{diary.writes.rate.per_second(now):.0f}+{diary.reads.rate.per_second(now):.0f}/s"
    failed = f"failed {diary.writes.failed}+{diary.reads.failed}"
    gap = f"longest gap {diary.silences.longest(now):.2f} s"
    return f"{clock(now)}  " + "; ".join([*([nodes] if nodes else []), sent, *ready, rates, failed, gap])


def event_line(event: Event) -> str:
    """One thing that happened."""
    return f"{clock(event.at)}  * {event.words}"


def summary(diary: Diary, now: float) -> Iterator[str]:
    """What is to be remembered of it."""
    yield f"Watched for {now - diary.begun:.0f} s."
    for name, tally in (("writes", diary.writes), ("reads", diary.reads)):
        slow = f", the slowest {tally.longest_s:.2f} s" if tally.answered else ""
        yield f"  {name}: {tally.answered} answered{slow}; {tally.failed} failed"
    yield f"  longest gap between acknowledged writes: {diary.silences.longest(now):.2f} s"
    if diary.last_error:
        yield f"  last error: {clock(diary.last_error[0])} {diary.last_error[1]}"
    if diary.events:
        yield "What happened, and the longest gap between acknowledged writes around it:"
    for event in diary.events:
        yield f"  {clock(event.at)}  {diary.silence_of(event, now):5.2f} s  {event.words}"


def clock(moment: float) -> str:
    """The time of day of a moment of the clock that does not jump."""
    of_day = time.time() - time.monotonic() + moment
    return f"{time.strftime('%H:%M:%S', time.localtime(of_day))}.{int(of_day % 1 * 10)}"
