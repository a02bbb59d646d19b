"""How values that are stored, or follow from what is stored, are written in JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from piccolo.columns import BigInt, Boolean, Column, Date, DoublePrecision, Integer, SmallInt, Text, Timestamptz

from domain.shared.selection import Field
from infrastructure.database.finite import Finite
from infrastructure.reading.objects import Constant, JsonText, or_null
from infrastructure.reading.statement import Args, Scope

Source = Callable[[Scope, Field], JsonText]  # the JSON of one field, for the row in scope

QUOTE = Constant('"')
# Where PostgreSQL's own way differs from the contract's. Null for an infinite moment, too.
INSTANT = """to_char({} at time zone 'UTC', '\\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\\"')"""


def column(source: Column | str) -> Source:
    """A column as it stands, in the form its GraphQL scalar has; by its name alone, one of any type."""
    if isinstance(source, str):
        return expression(lambda scope, _: scope.column(source))
    name = source._meta.db_column_name
    form, never_null = _FORMS.get(type(source), (ANYTHING, False))
    never_null = never_null and not source._meta.params["null"]

    def written(scope: Scope, _: Field) -> JsonText:
        sql = form.format(scope.column(name))
        return JsonText.of(sql) if never_null else or_null(sql)

    return written


ANYTHING = "to_json({})::text"
# NaN and infinities are no JSON: no number is told in place of them. A column is cheap to look at more than once.
FINITE = "case when {0} > '-infinity' and {0} < 'infinity' then {0}::text end"

# By a column's type: JSON as text, and whether that is never null where the column is not.
_FORMS: Mapping[type[Column], tuple[str, bool]] = {
    SmallInt: ("{}::text", True),
    Integer: ("{}::text", True),
    BigInt: ("('\"' || {}::text || '\"')", True),
    Boolean: ("{}::text", True),
    Text: (ANYTHING, True),
    Date: (ANYTHING, True),  # a cast to text would depend on the server's DateStyle
    Timestamptz: (INSTANT, False),
    DoublePrecision: (FINITE, False),
    Finite: ("{}::text", True),
}


def json_column(name: str) -> Source:
    """A column of a derived row that is JSON as text already."""
    return lambda scope, _: or_null(scope.column(name))


def word(source: Column) -> Source:
    """A column of words: a check constraint of the table says which, so none needs escaping or is missing."""
    name = source._meta.db_column_name
    return lambda scope, _: JsonText.of(QUOTE, scope.column(name), QUOTE)


def word_of(sql: Callable[[Scope], str]) -> Source:
    """SQL of type text that is one of a few words, never null and with nothing to escape."""
    return lambda scope, _: JsonText.of(QUOTE, sql(scope), QUOTE)


def instant(sql: Callable[[Scope], str]) -> Source:
    """SQL of type timestamptz."""
    return lambda scope, _: or_null(INSTANT.format(sql(scope)))


def node_id(type_name: str) -> Source:
    """The global id: the type's name and the row's id."""
    return lambda scope, _: JsonText.of(Constant(f'"{type_name}:'), f"{scope.column('id')}::text", QUOTE)


def expression(sql: Callable[[Scope, Args], str]) -> Source:
    """SQL of any type over the row and the field's arguments."""
    return lambda scope, asked: or_null(ANYTHING.format(sql(scope, asked.args)))


def number(sql: Callable[[Scope], str]) -> Source:
    """SQL of a number that is finite or null: no JSON function need look at it, which would cost as much as it does."""
    return lambda scope, _: or_null(f"({sql(scope)})::text")


def key(name: str) -> Source:
    """A value of a stored JSON document, under the field's own name there."""
    return lambda scope, _: or_null(f"({scope.row} -> '{name}')::text")
