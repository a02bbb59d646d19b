"""A page of the log is looked for among few offsets, so that a planner that sorts them all has little to sort."""

from app.events.pages import FIRST_SPAN, LARGEST, Pages
from tests.fakes.feeds import TOPIC, FakeLog


async def test_a_page_of_all_events_is_looked_for_no_further_than_it_may_reach() -> None:
    log, at = FakeLog(head=10 * LARGEST), 0
    pages = Pages(log, TOPIC)
    while at < log.head:
        _, at = await pages.after(at, log.head)
    assert max(log.looked_through) <= max(FIRST_SPAN, 2 * LARGEST)


async def test_a_history_of_which_nearly_all_was_compacted_away_takes_a_few_pages() -> None:
    log, at = FakeLog(), 0
    log.head = 100_000_000
    pages = Pages(log, TOPIC)
    while at < log.head:
        _, at = await pages.after(at, log.head)
    assert len(log.pages) < 15
