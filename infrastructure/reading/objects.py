"""JSON written as text in SQL, because PostgreSQL joins texts in half the time that its JSON functions take."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

RESPONSE_KEY = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")  # a GraphQL name: it may stand between quotes as it is
IN_A_ROW = 8  # more texts, joined one after the other, are copied too often


class Constant(str):
    """What stands in the answer as it is, the same for every row."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON as its pieces in a row: Constants, and SQL of type text that is never null: one null would blank it all."""

    pieces: tuple[Constant | str, ...]

    @classmethod
    def of(cls, *pieces: Constant | str) -> Self:
        """The pieces one after the other."""
        return cls(pieces)

    @property
    def sql(self) -> str:
        """One SQL expression of type text, never null."""
        parts: list[str] = []
        for constant, neighbours in groupby(self.pieces, key=lambda piece: isinstance(piece, Constant)):
            run = list(neighbours)
            parts += [_quoted("".join(run))] if constant else run
        return f"{parts[0]}::text" if len(parts) == 1 else _joined(parts)

    @property
    def statement(self) -> str:
        """A statement that answers it. A page is one already; a SELECT of it would copy all of it once more."""
        match self.pieces:
            case [str(only)] if only.startswith("(select "):
                return only.removeprefix("(").removesuffix(")")
            case _:
                return f"select {self.sql}"


def build_object(members: Iterable[tuple[str, JsonText]]) -> JsonText:
    """An object of any number of keys; those of objects within it merge with its own constants."""
    pieces: list[Constant | str] = []
    for name, value in members:
        if not RESPONSE_KEY.match(name):
            raise ValueError(name)
        pieces += [Constant(f'{"," if pieces else "{"}"{name}":'), *value.pieces]
    return JsonText((*pieces, Constant("}" if pieces else "{}")))


def build_list(rows: str) -> JsonText:
    """An array; `rows` is SQL that joins the JSON of its entries with commas, or null when there are none."""
    return JsonText.of(Constant("["), f"coalesce({rows}, '')", Constant("]"))


def or_null(sql: str) -> JsonText:
    """SQL of JSON as text, and JSON's null in place of SQL's."""
    return JsonText.of(f"coalesce({sql}, 'null')")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _joined(parts: Sequence[str]) -> str:
    """Joined by halves: an object of thousands of keys in a row would nest deeper than PostgreSQL's stack allows.

    Constants never meet, so that a text stands beside each and PostgreSQL knows which `||` is meant.
    """
    if len(parts) <= IN_A_ROW:
        return f"({' || '.join(parts)})"
    middle = len(parts) // 2
    return f"({_joined(parts[:middle])} || {_joined(parts[middle:])})"
