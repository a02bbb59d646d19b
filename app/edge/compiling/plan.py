"""One compiled query, ready to run: what it reads, and the bytes of the answer around that."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.shared.errors import DomainError
from domain.shared.node_ids import node_id
from domain.shared.ports import Json, PreparedRead
from domain.shared.selection import Given
from domain.shared.viewer import Scope, Viewer

WHO_ASKS = Given("")  # no variable has this name


@dataclass(frozen=True, slots=True)
class RootRead:
    """One field of the answer: the JSON up to its value, and what reads it; a constant has nothing to read."""

    before: bytes
    read: PreparedRead | None
    constant: bytes = b""
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation with its shaping variables filled in."""

    roots: tuple[RootRead, ...]
    scopes: frozenset[Scope]
    constants: Mapping[str, str]  # ids that stand in the document itself

    @property
    def characters(self) -> int:
        """How long its SQL is."""
        return sum(root.read.characters for root in self.roots if root.read is not None)

    async def run(self, viewer: Viewer, given: Mapping[str, str]) -> bytes | None:
        """The JSON of the whole answer; None when it is not plain data, and graphql-core must tell it."""
        if not self.scopes <= viewer.scopes:
            return None
        values = given
        if self.constants:
            values = {**self.constants, **given}
            if WHO_ASKS.name in values:
                values[WHO_ASKS.name] = node_id("Viewer", viewer.athlete_id)
        try:
            if len(self.roots) == 1 and self.roots[0].read is not None:
                answers = [await self.roots[0].read.run(viewer, values)]
            else:
                answers = await self._all(viewer, values)
        except DomainError:
            return None
        return _joined(self.roots, answers)

    async def _all(self, viewer: Viewer, values: Mapping[str, str]) -> list[Json | None]:
        async def one(root: RootRead) -> Json | None:
            return Json(root.constant) if root.read is None else await root.read.run(viewer, values)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(root)) for root in self.roots]
        except* DomainError as several:
            raise next(_leaves(several)) from None
        return [task.result() for task in tasks]


def _joined(roots: tuple[RootRead, ...], answers: list[Json | None]) -> bytes | None:
    parts: list[bytes] = []
    for root, answer in zip(roots, answers, strict=True):
        if answer is None and not root.nullable:
            return None
        parts += (root.before, b"null" if answer is None else answer)
    parts.append(b"}}")
    return b"".join(parts)


def _leaves(group: BaseExceptionGroup[Any]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
