"""Subscribers who want the same of the same feed: each event is encoded once, and all of them get the same bytes.

A member is told what lies behind its place `after`. Whoever is behind the feed's position catches up in a task of its
own, and joins when no await lies between reading the position and being a member. Whoever reads too slowly to take what
comes leaves the others, catches up at its own pace, and joins again: a burst ends no subscription.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.edge.fan_out import Sink
from app.edge.operation import Answer
from app.edge.refusals import BUG, RequestRefused
from app.events.encoding import Encoding
from domain.events.model import Event, EventFilter
from domain.events.places import CursorExpired
from domain.shared.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from app.events.feed import TopicFeed

TURN = 64  # events that a member is given at once
MEMBERS_AT_ONCE = 200  # between two of these the loop does other things
FIRST_PAGE, LARGEST_PAGE, PAGE_CHARACTERS = 64, 500, 1_000_000
MOST_KEPT = 500_000  # bytes of answers that those who catch up may want, too


class Member:
    """A subscriber: where its answers go, and the offset up to which it wants none."""

    __slots__ = ("after", "catching_up", "left", "sink")

    def __init__(self, sink: Sink, after: int) -> None:
        self.sink, self.after, self.left = sink, after, False
        self.catching_up: asyncio.Task[None] | None = None


class FeedGroup:
    """See above. When the last has left, its feed lets go of it."""

    def __init__(self, feed: TopicFeed, wanted: EventFilter, encoding: Encoding, *, patience_s: float) -> None:
        self._feed, self._wanted, self._encoding, self._patience_s = feed, wanted, encoding, patience_s
        self._members: dict[Member, None] = {}
        self._behind: set[Member] = set()
        self._kept: dict[int, Answer] = {}
        self._kept_bytes = 0

    def members(self) -> list[Member]:
        """Those who are to be told next."""
        return list(self._members)

    def join(self, sink: Sink, after: int) -> Callable[[], None]:
        """Give a subscriber all wanted events behind an offset; what this returns makes it leave."""
        member = Member(sink, after)
        if not self._join(member):
            self._catch_up(member)
        return lambda: self._forget(member)

    async def tell(self, members: Sequence[Member], events: Sequence[Event], *, before: int) -> None:
        """Give these members the wanted of these events, of which `before` is the offset before the first."""
        wanted = [event for event in events if self._wanted.lets_pass(event)]
        if not wanted or not members:
            return
        answers = [self._answer(event) for event in wanted]
        for number, member in enumerate(members, start=1):
            if member.left:
                pass
            elif member.sink.is_filling:
                del self._members[member]
                member.after = max(member.after, before)
                self._catch_up(member)
            elif member.after <= before:
                self._put(member, answers)
            else:
                self._put(member, answers[sum(event.offset <= member.after for event in wanted) :])
            if not number % MEMBERS_AT_ONCE:
                await asyncio.sleep(0)

    def end(self, refusal: DomainError | None) -> None:
        """Tell all that it is over and why; None: because of a bug."""
        self._kept.clear()  # what follows may stand at the same offsets
        for member in [*self._members, *self._behind]:
            self._end(member, refusal)

    def stop(self) -> None:
        """Forget all, without a word."""
        for member in [*self._members, *self._behind]:
            self._forget(member)

    def _join(self, member: Member) -> bool:
        """Make it a member unless it is behind the others."""
        position = self._feed.position
        if position is None or member.after < position:
            return False
        self._members[member] = None
        return True

    def _forget(self, member: Member) -> None:
        if member.left:
            return
        member.left = True
        self._members.pop(member, None)
        self._behind.discard(member)
        if member.catching_up is not None and member.catching_up is not asyncio.current_task():
            member.catching_up.cancel()
        if not self._members and not self._behind:
            self._feed.let_go(self)

    def _end(self, member: Member, refusal: DomainError | None) -> None:
        self._forget(member)
        member.sink.end(BUG if refusal is None else _refused(refusal))

    def _put(self, member: Member, answers: Sequence[Answer]) -> bool:
        if answers and not member.sink.put(answers):
            self._forget(member)
        return not member.left

    def _catch_up(self, member: Member) -> None:
        self._behind.add(member)
        member.catching_up = asyncio.create_task(self._catching_up(member))
        member.catching_up.add_done_callback(lambda task: self._caught_up(member, task))

    def _caught_up(self, member: Member, task: asyncio.Task[None]) -> None:
        member.catching_up = None if member.catching_up is task else member.catching_up
        if not task.cancelled() and task.exception() is not None:
            self._end(member, None)
            task.result()  # which the loop logs

    async def _catching_up(self, member: Member) -> None:
        limit = FIRST_PAGE
        while not member.left and not self._join(member):
            try:
                events, end = await self._next(member.after, limit)
            except Unavailable:
                await self._feed.seen()
                continue
            except CursorExpired as expired:
                self._end(member, expired)
                return
            for at in range(0, len(events), TURN):
                await self._room(member)
                if not self._put(member, [self._answer(event) for event in events[at : at + TURN]]):
                    return
            member.after = max(member.after, end)
            if events:
                size = sum(len(event.payload) for event in events) // len(events) + 1
                limit = max(1, min(LARGEST_PAGE, PAGE_CHARACTERS // size))
        self._behind.discard(member)

    async def _next(self, offset: int, limit: int) -> tuple[Sequence[Event], int]:
        """The next wanted events, out of memory where they are there, and the offset up to which these are all."""
        position = self._feed.position
        if position is None:
            raise Unavailable("The feed has not begun yet.")
        recent = self._feed.recent.behind(offset, limit=TURN)
        if recent is None:
            return await self._feed.history(offset, position, wanted=self._wanted, limit=limit)
        end = recent[-1].offset if len(recent) == TURN else position
        return [event for event in recent if self._wanted.lets_pass(event)], end

    async def _room(self, member: Member) -> None:
        """Wait until the member reads on. Who reads nothing for long is given more all the same, and so is refused."""
        await asyncio.sleep(0)
        if member.sink.is_filling:
            try:
                async with asyncio.timeout(self._patience_s):
                    await member.sink.room()
            except TimeoutError:
                return

    def _answer(self, event: Event) -> Answer:
        if (answer := self._kept.get(event.offset)) is None:
            answer = self._encoding.answer(event)
            if self._kept_bytes > MOST_KEPT:
                self._kept.clear()
                self._kept_bytes = 0
            self._kept[event.offset] = answer
            self._kept_bytes += len(answer.body)
        return answer


def _refused(refusal: DomainError) -> RequestRefused:
    if isinstance(refusal, CursorExpired):
        return RequestRefused.because(refusal.message, code=refusal.code, earliest=refusal.earliest)
    return RequestRefused.of(refusal)
