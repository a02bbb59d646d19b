"""One SQL statement while it is being written: its parameters, its aliases, and on whose behalf it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain.shared.selection import Given
from domain.shared.viewer import Viewer

if TYPE_CHECKING:
    from infrastructure.reading.view import Views


@dataclass(slots=True)
class Asking:
    """One run of a statement: who asks, when, and the values that were left open."""

    viewer: Viewer
    now: datetime
    given: Mapping[str, str]


class NothingMatches(Exception):
    """No row can be what is asked for, so the database need not be asked."""


@dataclass(frozen=True, slots=True)
class Late:
    """A parameter whose value differs from one run of the statement to the next."""

    of: Callable[[Asking], Any]


@dataclass
class Statement:
    """Collects values as parameters, so that none of them is ever part of the SQL text.

    The text holds for every viewer and moment: those are parameters too.
    """

    views: Views
    values: list[Any] = field(default_factory=list)
    checks: list[Callable[[Asking], Any]] = field(default_factory=list)  # each raises BadUserInput
    _aliases: int = 0

    def bound(self, asking: Asking) -> list[Any]:
        """The parameters' values for one run, all that was left open checked."""
        for check in self.checks:
            check(asking)
        return [value.of(asking) if type(value) is Late else value for value in self.values]

    def param(self, value: Any, cast: str) -> str:
        """`value`, or what a Late one comes to, as a parameter of the PostgreSQL type `cast`."""
        self.values.append(value)
        return f"${len(self.values)}::{cast}"

    def text(self, value: str | Given) -> str:
        """A text that a row is found by, told now or later. Nothing that is stored has a NUL in it."""
        return self.param(Late(lambda asking: _storable(_told(value, asking))), "text")

    def texts(self, values: Sequence[str]) -> str:
        """Texts, each once, that a row may be found by."""
        return self.param([text for text in dict.fromkeys(values) if "\x00" not in text], "text[]")

    @cached_property
    def viewer_id(self) -> str:
        """The viewer's id: one parameter, however many rows are asked whose they are."""
        return self.param(Late(lambda asking: asking.viewer.athlete_id), "uuid")

    @cached_property
    def instant(self) -> str:
        """The moment of the reading."""
        return self.param(Late(lambda asking: asking.now), "timestamptz")

    def alias(self) -> str:
        """A name for one more row source."""
        self._aliases += 1
        return f"t{self._aliases}"


@dataclass(frozen=True)
class Scope:
    """A row within a statement: `row` is the SQL that stands before a column's or key's name."""

    statement: Statement
    row: str

    def column(self, name: str) -> str:
        """One column of the row."""
        return f'{self.row}."{name}"'

    def at(self, row: str) -> Scope:
        """The same statement, another row."""
        return replace(self, row=row)

    def param(self, value: Any, cast: str) -> str:
        """See Statement.param."""
        return self.statement.param(value, cast)

    @property
    def viewer_id(self) -> str:
        """The viewer's id as a parameter."""
        return self.statement.viewer_id

    @property
    def timezone(self) -> str:
        """The viewer's time zone."""
        return f"(select timezone from athlete where id = {self.viewer_id})"

    @property
    def today(self) -> str:
        """The day it is where the viewer is."""
        return f"({self.statement.instant} at time zone {self.timezone})::date"


Args = Mapping[str, Any]


def _told(value: str | Given, asking: Asking) -> str:
    return asking.given[value.name] if isinstance(value, Given) else value


def _storable(text: str) -> str:
    if "\x00" in text:
        raise NothingMatches
    return text
