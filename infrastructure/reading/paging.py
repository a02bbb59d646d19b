"""What a client asks of a page, checked: how many entries, in which order, from which place on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from domain.shared.errors import BadUserInput
from domain.shared.selection import Given
from infrastructure.reading.cursors import Cursor, parse_cursor
from infrastructure.reading.statement import Args, Late
from infrastructure.reading.view import Order, View

DEFAULT_PAGE = 20
MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class LateCursor:
    """A cursor whose text is told only when the statement is run."""

    key: Late
    id: Late


@dataclass(frozen=True)
class Page:
    """What a client asked of a connection, checked."""

    size: int
    backward: bool
    order_name: str
    order: Order
    after: Cursor | LateCursor | None
    before: Cursor | LateCursor | None

    def direction(self, *, reverse: bool = False) -> str:
        """The SQL sort direction in which rows are taken from the cursor on."""
        return "desc" if (self.order.descending != self.backward) != reverse else "asc"


def late_cursor(text: Given, parsed: Callable[[str], Cursor]) -> LateCursor:
    """The two parameters that a cursor comes to."""
    return LateCursor(
        key=Late(lambda asking: parsed(asking.given[text.name]).key),
        id=Late(lambda asking: parsed(asking.given[text.name]).id),
    )


def page_of(view: View, args: Args) -> Page:
    """Check a connection's arguments; raises BadUserInput."""
    first, last = args.get("first"), args.get("last")
    if first is not None and last is not None:
        raise BadUserInput("Ask for `first` or `last`, not both at once.")
    name, size = ("last", last) if last is not None else ("first", DEFAULT_PAGE if first is None else first)
    if not 0 <= size <= MAX_PAGE:
        raise BadUserInput(f"`{name}` is {size}; a page has 0 to {MAX_PAGE} entries.")
    order_name = args.get("orderBy") or next(iter(view.orders))
    order = view.orders[order_name]

    def place(argument: str) -> Cursor | LateCursor | None:
        text = args.get(argument)
        if text is None:
            return None
        parsed = partial(parse_cursor, order_name=order_name, cast=order.cast, argument=argument)
        return late_cursor(text, parsed) if isinstance(text, Given) else parsed(text)

    return Page(size, last is not None, order_name, order, place("after"), place("before"))
