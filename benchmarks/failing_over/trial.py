"""A trial: clients at work, a strike or several one after the other, and a judgement of all that clients were told."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.failing_over.answered import Answered
from benchmarks.failing_over.cairn import POOL_SIZE, Cairn
from benchmarks.failing_over.connections import on_server, usable_at_once
from benchmarks.failing_over.figures import Span, Struck, Times, struck
from benchmarks.failing_over.found import look, wait_for_jobs
from benchmarks.failing_over.grounds import LaidOut
from benchmarks.failing_over.history import Found, History, Outcome
from benchmarks.failing_over.judging import Fault, judge
from benchmarks.failing_over.load import Load
from benchmarks.failing_over.people import People, Size, gather
from benchmarks.failing_over.readiness import Readiness
from benchmarks.failing_over.strikes import Strike


@dataclass(frozen=True)
class Tried:
    """All that is known at the end."""

    struck: Sequence[Struck]
    faults: Sequence[Fault]
    history: History
    usable: int  # connections that the APIs could use at once, of POOL_SIZE each
    on_server: int  # connections of Cairn's at the end
    two_writers: int  # how often two machines were seen to take writes at once
    bugs: Sequence[str]  # lines of the log
    by_standby: int | None  # how often a standby looked something up; None where nobody reads from one

    def told(self) -> list[str]:
        """Whatever may not be, at length."""
        return [*self.bugs, *(f"{fault.kind}: {fault.text}" for fault in self.faults)]


def trial(laid_out: LaidOut, strikes: Sequence[Strike], size: Size, *, name: str, repeats: bool = False) -> Tried:
    """Let people work, and strike again and again. To be called from the main thread."""
    history, cairn = History(), laid_out.cairn
    known_bugs, people = len(cairn.bugs()), gather(cairn, size, history, name, repeats=repeats)
    readiness, answered = Readiness(cairn.urls), Answered(laid_out.reader_url)
    with Load(people.clients, people.followers, readiness, answered, history, size.pause_s, laid_out.machines) as load:
        load.wait_acknowledged(size.enough)
        spans = [_strike(strike, laid_out, load, size.enough) for strike in strikes]
        load.stop()
        token = cairn.token(f"{name} owner")
        usable = asyncio.run(usable_at_once(cairn.direct_url, cairn.urls, token, POOL_SIZE))
        found = _settled(cairn, people, history, load)
        left = asyncio.run(on_server(cairn.direct_url))
    told = [struck(strike, times, history, readiness) for strike, times in zip(strikes, spans, strict=True)]
    return Tried(
        told,
        judge(history, found),
        history,
        usable,
        left,
        load.witness.taking.times_more_than_one,
        cairn.bugs()[known_bugs:],
        answered.looks if laid_out.reader_url else None,
    )


def _strike(strike: Strike, laid_out: LaidOut, load: Load, enough: int) -> Times:
    """Everybody is at work when it falls, and is again when it is over: so the next one may fall at once."""
    cairn, steps = laid_out.cairn, strike.steps(laid_out.rig)
    if strike.standby_matters:
        load.wait_answered_by_standby()
    began_s = time.monotonic()
    for number, step in enumerate(steps):
        if number:
            load.wait_acknowledged(enough)
        step()
    mended_s = time.monotonic() - began_s
    cairn.wait_ready()
    load.wait_acknowledged(enough)
    return Times(Span(began_s, time.monotonic()), mended_s, max(cairn.connections().values()))


def _settled(cairn: Cairn, people: People, history: History, load: Load) -> Found:
    """What is there when nothing more comes: a request without an answer may have been carried out after its client
    gave it up."""
    asyncio.run(wait_for_jobs(cairn.direct_url, people.zoners.values()))
    found = _found(cairn, people, history)
    while True:
        load.drain({name: len(keys) for name, keys in found.registers.items()})
        again = _found(cairn, people, history)
        if again == found:
            return found
        found = again


def _found(cairn: Cairn, people: People, history: History) -> Found:
    jobs = {request.job for request in history.requests if request.outcome is Outcome.ACKNOWLEDGED}
    return asyncio.run(look(cairn.direct_url, people.planners, [people.topic], jobs))
