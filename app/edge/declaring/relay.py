"""Things with ids, and lists of them in pages, as Relay has them."""

from typing import Generic, TypeVar

import strawberry

from app.edge.declaring.fields import interface_type, object_type, says

T = TypeVar("T")


@interface_type
class Node:
    """A thing that can be found by its id alone."""

    id: strawberry.ID = says("Unique over all types; opaque.")


@object_type
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool = says("Whether there are entries behind this page.")
    has_previous_page: bool = says("Whether there are entries before this page.")
    start_cursor: str | None = says("The place of the first entry; null on an empty page.")
    end_cursor: str | None = says("The place of the last entry; null on an empty page.")


@object_type
class Edge(Generic[T]):
    """One entry of a page."""

    cursor: str = says("The entry's place, for `after` or `before`; it stays good while entries come and go.")
    node: T = says("The entry itself.")


@object_type
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = says("The entries, in the list's order.")
    page_info: PageInfo = says("Where the page lies.")
    total_count: int = says("How many entries the whole list has; counted only when asked for.", cost=10)
