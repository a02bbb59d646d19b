"""What every feature needs of the world outside: time, ids, and reading what is stored."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum, auto
from typing import Any, NewType, Protocol, TypeVar
from uuid import UUID

from domain.shared.selection import Given, Readable, Selection
from domain.shared.viewer import Viewer

Json = NewType("Json", bytes)
T = TypeVar("T")


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """New names for new things."""

    def new(self) -> UUID:
        """A UUID (version 7, so that ids sort by the time they were made)."""
        ...


class HoldUp(Enum):
    """What keeps the database from doing what it was asked."""

    AWAY = auto()
    COMMITS_WAIT = auto()  # for a standby that must have what is stored, and that is gone


class Outages(Protocol):
    """The times in which the database cannot be had."""

    @property
    def hold_up(self) -> HoldUp | None:
        """What holds it up just now, as far as this process has noticed."""
        ...

    def wait_no_longer(self) -> None:
        """This process ends: whoever waits for the database is told that it is away."""
        ...


class PreparedRead(Protocol):
    """A read in its final form: what differs from one run to the next is who asks, when, and what was left open."""

    @property
    def characters(self) -> int:
        """How long it is, for whoever keeps it."""
        ...

    async def run(self, viewer: Viewer, given: Mapping[str, str] | None = None) -> Json | None:
        """Read; `given` holds a value for every Given of the read. Refusals are those of Reader."""
        ...


class Reader(Protocol):
    """What is stored, as one viewer may see it, in the shape that was asked for, as JSON.

    Each call is one statement, whatever the depth of the selection. A page's refusals (`first` past its bound, a cursor
    that is not one) are BadUserInput.
    """

    async def one(self, selection: Selection, *, id: UUID, viewer: Viewer) -> Json | None:
        """One thing by its id; None when it is not there or not the viewer's."""
        ...

    async def several(self, selection: Selection, *, ids: Sequence[UUID], viewer: Viewer) -> Json:
        """A list of things by their ids, in their order; without those that are not there or not the viewer's."""
        ...

    async def page(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json:
        """A connection (`edges`, `pageInfo`, `totalCount`) over the viewer's things of one type."""
        ...

    async def rows(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json:
        """A list of the viewer's things of one type that meet all of `args`, as far as that type lists its things."""
        ...

    async def single(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json | None:
        """The one thing that arguments name, as far as its type is found so; None when there is none."""
        ...

    def prepare_one(self, selection: Selection, *, id: UUID | Given) -> PreparedRead:
        """`one`, to be run later and often. A Given id is a global one, of any text."""
        ...

    def prepare_page(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedRead:
        """`page`, to be run later and often. `after` and `before` may be Given, here and in pages within the page."""
        ...

    def prepare_rows(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedRead:
        """`rows`, to be run later and often."""
        ...

    def prepare_single(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedRead:
        """`single`, to be run later and often. An argument that is a text may be Given."""
        ...

    @property
    def for_queries(self) -> "Reader":
        """The same for queries alone: another server may answer, that has all which the viewer has changed and seen."""
        ...

    def changing(self, viewer: Viewer) -> AbstractAsyncContextManager[None]:
        """To be held while something of the viewer's is changed, for the sake of their next queries."""
        ...

    def check(self, types: Mapping[str, Readable]) -> None:
        """Raise unless what can be read is what the schema's stored types declare, field by field."""
        ...


class Migrations(Protocol):
    """The database's tables, and whether they are those of this release."""

    async def apply(self) -> list[str]:
        """Bring the tables up to date; answers what was applied. Safe while other replicas do the same."""
        ...

    async def require_none_pending(self) -> None:
        """Raise Unavailable naming the migrations that the database lacks."""
        ...


class Computing(Protocol):
    """Long computations, away from the event loop: few at once, the others in the order in which they came."""

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        """What `work` returns or raises; it must not touch what the event loop uses.

        `of` is whose work it is: nobody may have everybody else wait. Urgent work is short, and has a lane of its own.
        Raises Unavailable when too much of it waits.
        """
        ...
