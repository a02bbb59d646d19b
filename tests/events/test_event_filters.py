"""What no event can have is refused wherever it is looked for."""

from typing import Any

import pytest

from domain.events.model import EventFilter
from domain.events.searches import NoSuchEvents, TooManySources
from tests.conftest import Athlete
from tests.factories.topics import a_topic

READ = "query($topic: String!, $filter: EventFilter) { topic(name: $topic) { events(filter: $filter) { totalCount } } }"


@pytest.mark.parametrize("source", ["\0", "bib\n7", "half \ud83d", "m" * 201])
def test_a_source_that_no_event_can_have_is_refused(source: str) -> None:
    with pytest.raises(NoSuchEvents):
        EventFilter(frozenset({"mat", source}))


def test_a_source_of_any_letters_may_be_looked_for() -> None:
    EventFilter(frozenset({"m" * 200, "Läufer 7 🏃", "\u2028", ""}))


def test_so_many_sources_are_looked_for_and_no_more() -> None:
    EventFilter(frozenset(map(str, range(100))))
    with pytest.raises(TooManySources):
        EventFilter(frozenset(map(str, range(101))))


@pytest.mark.parametrize("filter", [{"sources": ["m\0t"]}, {"sources": ["mat", "m" * 201]}])
async def test_reading_refuses_them_too(ada: Athlete, filter: dict[str, Any]) -> None:
    answer = await ada.ask(READ, topic=await a_topic(ada), filter=filter)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
