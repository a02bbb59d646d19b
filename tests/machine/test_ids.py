"""Ids sort by the order in which they were made, whatever the clock does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import COUNTER_BITS, SortedIds

BEGIN = datetime(2026, 4, 15, tzinfo=UTC)


class Clock:
    """A clock that goes as it is told to, and then stands."""

    def __init__(self, *milliseconds: int) -> None:
        self._steps = list(milliseconds)
        self._last = 0

    def now(self) -> datetime:
        self._last = self._steps.pop(0) if self._steps else self._last
        return BEGIN + timedelta(milliseconds=self._last)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=50))
def test_each_id_is_greater_than_the_one_before_though_the_clock_goes_back(steps: list[int]) -> None:
    ids = SortedIds(Clock(*steps))
    made = [ids.new() for _ in steps]
    assert made == sorted(set(made))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=1, max_size=20))
def test_each_id_is_a_uuid_of_version_7(steps: list[int]) -> None:
    ids = SortedIds(Clock(*steps))
    for _ in steps:
        id = ids.new()
        assert (id.version, id.variant) == (7, "specified in RFC 4122")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 4_000_000_000_000))
def test_the_first_48_bits_are_the_time_in_milliseconds(millisecond: int) -> None:
    id = SortedIds(Clock(millisecond)).new()
    assert id.int >> 80 == (BEGIN + timedelta(milliseconds=millisecond)).timestamp() * 1000 // 1


def test_more_ids_than_a_millisecond_counts_stay_in_order() -> None:
    ids = SortedIds(Clock())
    made = [ids.new() for _ in range(3 << COUNTER_BITS)]
    assert made == sorted(set(made))
    assert {id.version for id in made} == {7}


def test_ids_of_several_threads_are_all_different() -> None:
    ids = SortedIds(SystemClock())
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: ids.new(), range(8_000)))
    assert len(set(made)) == 8_000


def test_two_processes_that_make_ids_in_one_millisecond_do_not_make_the_same() -> None:
    assert SortedIds(Clock()).new() != SortedIds(Clock()).new()


def test_the_machines_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
