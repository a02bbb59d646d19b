"""Subscribers who want the same of the same feed: each event is encoded once, and all of them get the same bytes.

A member is told what lies behind its place `after`. Whoever is behind the feed's position catches up in a task of its
own, and joins when no await lies between reading the position and being a member. Whoever reads too slowly to take what
comes leaves the others, catches up at its own pace, and joins again: a burst ends no subscription.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.edge.bugs import logged
from app.edge.fan_out import Sink
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from app.events.encoding import Encoding
from app.events.kept import KeptAnswers
from app.events.pages import Pages
from app.events.rewritten import FeedRewritten
from domain.events.model import Event, EventFilter
from domain.events.places import CursorExpired
from domain.shared.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from app.events.feed import TopicFeed

TURN = 64  # events that a member is given at once
TURN_BYTES = 1_000_000  # of their answers: who asks for a large payload many times is given fewer at once
LOOKS = 5  # whether whoever holds up the rest reads on, before patience is over
MEMBERS_AT_ONCE = 200  # between two of these the loop does other things


class Member:
    """A subscriber: where its answers go, and the offset up to which it wants none."""

    __slots__ = ("after", "catching_up", "left", "sink")

    def __init__(self, sink: Sink, after: int) -> None:
        self.sink, self.after, self.left = sink, after, False
        self.catching_up: asyncio.Task[None] | None = None


class FeedGroup:
    """Those subscribers and what they have in common. When the last has left, its feed lets go of it."""

    def __init__(
        self, feed: TopicFeed, wanted: EventFilter, encoding: Encoding, *, kept: KeptAnswers, patience_s: float
    ) -> None:
        self.wanted, self.encoding = wanted, encoding
        self._feed, self._kept, self._patience_s = feed, kept, patience_s
        self._members: dict[Member, None] = {}
        self._behind: dict[Member, None] = {}
        self._edition = object()  # under which answers are kept: after a failover, others stand at the same offsets

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
        wanted = [event for event in events if self.wanted.lets_pass(event)] if members else []
        while wanted:
            answers = self._turn(wanted)
            told, wanted = wanted[: len(answers)], wanted[len(answers) :]
            for number, member in enumerate(members, start=1):
                self._tell(member, told, answers, before)
                if not number % MEMBERS_AT_ONCE:
                    await asyncio.sleep(0)
            before = told[-1].offset
            if wanted:
                await asyncio.sleep(0)

    def end(self, refusal: DomainError | RequestRefused) -> None:
        """Tell all that it is over and why."""
        self._edition = object()
        for member in list(self._members):
            self._end(member, refusal)
        for member in list(self._behind):
            self._end(member, refusal.seen_from(member.after) if isinstance(refusal, FeedRewritten) else refusal)

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
        self._behind.pop(member, None)
        if member.catching_up is not None and member.catching_up is not asyncio.current_task():
            member.catching_up.cancel()
        if not self._members and not self._behind:
            self._feed.let_go(self)

    def _end(self, member: Member, refusal: DomainError | RequestRefused) -> None:
        self._forget(member)
        member.sink.end(refusal if isinstance(refusal, RequestRefused) else _refused(refusal))

    def _tell(self, member: Member, events: Sequence[Event], answers: Sequence[Answer], before: int) -> None:
        if member.left or member not in self._members:  # or it has begun to catch up in the turn before
            return
        if member.sink.is_filling:
            del self._members[member]
            member.after = max(member.after, before)
            self._catch_up(member)
        elif member.after <= before:
            self._put(member, answers)
        else:
            self._put(member, answers[sum(event.offset <= member.after for event in events) :])

    def _put(self, member: Member, answers: Sequence[Answer]) -> bool:
        if answers and not member.sink.put(answers):
            self._forget(member)
        return not member.left

    def _catch_up(self, member: Member) -> None:
        self._behind[member] = None
        member.catching_up = asyncio.create_task(self._catching_up(member))
        member.catching_up.add_done_callback(lambda task: self._caught_up(member, task))

    def _caught_up(self, member: Member, task: asyncio.Task[None]) -> None:
        member.catching_up = None if member.catching_up is task else member.catching_up
        if not task.cancelled() and (bug := task.exception()) is not None:
            self._end(member, logged(bug, topic=str(self._feed.topic_id)))

    async def _catching_up(self, member: Member) -> None:
        pages = self._feed.pages(self.wanted)
        while not member.left and not self._join(member):
            try:
                events, end = await self._next(pages, member.after)
            except Unavailable:
                await self._feed.seen()
                continue
            except CursorExpired as expired:
                self._end(member, expired)
                return
            while events:
                if not await self._room(member):
                    return
                answers = self._turn(events)
                if not self._put(member, answers):
                    return
                member.after = max(member.after, events[len(answers) - 1].offset)
                events = events[len(answers) :]
            member.after = max(member.after, end)
            await asyncio.sleep(0)
        self._behind.pop(member, None)

    async def _next(self, pages: Pages, offset: int) -> tuple[Sequence[Event], int]:
        """The next wanted events, out of memory where they are there, and the offset up to which these are all."""
        position = self._feed.position
        if position is None:
            raise Unavailable("The feed has not begun yet.")
        recent = self._feed.recent.behind(offset, limit=TURN)
        if recent is None:
            return await self._feed.history(pages, offset, position)
        end = recent[-1].offset if len(recent) == TURN else position
        return [event for event in recent if self.wanted.lets_pass(event)], end

    async def _room(self, member: Member) -> bool:
        """Wait until the member reads on, however slowly; False: it has read nothing for long, and was told so."""
        await asyncio.sleep(0)
        sink, quiet = member.sink, 0
        read = sink.read
        while sink.is_filling and quiet < LOOKS:
            try:
                async with asyncio.timeout(self._patience_s / LOOKS):
                    await sink.room()
                return True
            except TimeoutError:
                before, read = read, max(read, sink.read)
                quiet = quiet + 1 if read == before else 0
        if quiet == LOOKS:
            self._forget(member)
            sink.give_up()
        return quiet < LOOKS

    def _turn(self, events: Sequence[Event]) -> list[Answer]:
        """The answers of the first of these events: as many as are given at once, and not less than one."""
        answers: list[Answer] = []
        size = 0
        for event in events[:TURN]:
            answers.append(self._answer(event))
            size += len(answers[-1].body)
            if size >= TURN_BYTES:
                break
        return answers

    def _answer(self, event: Event) -> Answer:
        """Made once for those who are there and those who catch up; an idle group keeps nothing."""
        if not self._behind or len(self._behind) + len(self._members) == 1:
            return self.encoding.answer(event)
        key = self._edition, event.offset
        if (answer := self._kept.get(key)) is None:
            answer = self.encoding.answer(event)
            self._kept.keep(key, answer)
        return answer


def _refused(refusal: DomainError) -> RequestRefused:
    if isinstance(refusal, CursorExpired):
        return RequestRefused.because(refusal.message, code=refusal.code, earliest=refusal.earliest)
    return RequestRefused.of(refusal)
