"""Silences and rates, by their definitions."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from testing_payloads.failover.watching.measures import WINDOW_S, Rate, Silences, Tally

MOMENTS = st.lists(st.floats(0, 1000), max_size=40).map(sorted)


def longest_by_definition(moments: list[float], since: float, now: float) -> float:
    ended = [end - begin for begin, end in pairwise(moments) if end > since]
    return max([*ended, now - max([0.0, *moments])])


@given(MOMENTS, st.floats(0, 1100), st.floats(0, 100))
def test_the_longest_silence_since_a_moment_is_the_longest_that_ended_behind_it(
    moments: list[float], since: float, later: float
) -> None:
    silences = Silences(0.0)
    for moment in moments:
        silences.acknowledged(moment)
    now = max([0.0, *moments]) + later

    assert silences.longest_since(since, now) == longest_by_definition(moments, since, now)


def test_a_silence_that_lasts_counts() -> None:
    silences = Silences(0.0)
    silences.acknowledged(1.0)

    assert silences.longest(6.0) == 5.0


def test_the_time_until_the_first_write_is_forgotten_with_it() -> None:
    silences = Silences(0.0)
    before = silences.longest(3.0)
    silences.acknowledged(3.0)

    assert (before, silences.longest(3.5)) == (3.0, 0.5)


def test_a_silence_that_an_event_falls_into_counts_as_a_whole() -> None:
    silences = Silences(0.0)
    for moment in (3.0, 4.0, 6.0, 6.5):
        silences.acknowledged(moment)

    assert silences.longest_since(5.0, 6.6) == 2.0


def test_a_silence_that_ended_before_a_moment_does_not_count_since_then() -> None:
    silences = Silences(0.0)
    for moment in (3.0, 3.5):
        silences.acknowledged(moment)

    assert silences.longest_since(3.2, 3.6) == 0.5


@given(MOMENTS.filter(bool))
def test_a_rate_counts_those_of_the_last_seconds(moments: list[float]) -> None:
    rate, now = Rate(0.0), moments[-1]
    for moment in moments:
        rate.count(moment)

    recent = [moment for moment in moments if moment > now - WINDOW_S]
    assert rate.per_second(now) == len(recent) / max(min(WINDOW_S, now), 1.0)


def test_a_rate_falls_to_nothing_when_nothing_comes() -> None:
    rate = Rate(0.0)
    rate.count(1.0)

    assert rate.per_second(1.0 + WINDOW_S) == 0


def test_a_request_takes_as_long_as_it_was_repeated() -> None:
    tally = Tally(0.0)
    tally.fail()
    tally.answer(3.0, sent=1.0)
    tally.answer(3.5, sent=3.4)

    assert (tally.answered, tally.failed, tally.longest_s) == (2, 1, 2.0)
