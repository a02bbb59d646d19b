"""One SQL statement while it is being written: its parameters, its aliases, and on whose behalf it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domain.shared.viewer import Viewer

if TYPE_CHECKING:
    from infrastructure.reading.view import Views


@dataclass
class Statement:
    """Collects values as parameters, so that none of them is ever part of the SQL text."""

    views: Views
    viewer: Viewer
    now: datetime
    values: list[Any] = field(default_factory=list)
    _aliases: int = 0

    def param(self, value: Any, cast: str) -> str:
        """`value` as a parameter of the PostgreSQL type `cast`."""
        self.values.append(value)
        return f"${len(self.values)}::{cast}"

    @cached_property
    def viewer_id(self) -> str:
        """The viewer's id: one parameter, however many rows are asked whose they are."""
        return self.param(self.viewer.athlete_id, "uuid")

    @cached_property
    def instant(self) -> str:
        """The moment of the reading."""
        return self.param(self.now, "timestamptz")

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
