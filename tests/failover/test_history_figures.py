"""The figures of a strike, as clients saw it, from made-up histories."""

import pytest

from benchmarks.failing_over.asking import told_by
from benchmarks.failing_over.figures import Span, Struck, Times, struck
from benchmarks.failing_over.history import Feed, History, Outcome, Read, Write
from benchmarks.failing_over.readiness import Readiness
from benchmarks.failing_over.strikes import Strike

YES, UNKNOWN = Outcome.ACKNOWLEDGED, Outcome.UNKNOWN


def a_write(began_s: float, ended_s: float, outcome: Outcome = YES) -> Write:
    said = "" if outcome is YES else "UNAVAILABLE"
    return Write("ada", "plans", (f"plan {began_s}",), began_s, ended_s, outcome, said)


def seen(history: History, *, unready: list[tuple[float, float]] | None = None) -> Struck:
    """What is told of a strike from the tenth second to the sixtieth."""
    return struck(
        Strike("something", lambda rig: []),
        Times(Span(10, 60), 5, 4),
        history,
        Readiness(["http://api"], unready or []),
    )


def test_the_outage_is_the_longest_time_between_two_acknowledged_writes() -> None:
    history = History(writes=[a_write(8, 9), a_write(9, 14), a_write(14, 15), a_write(14, 17)])

    assert seen(history).outage_s == 5


def test_the_outage_begins_at_the_last_acknowledgement_before_the_strike() -> None:
    assert seen(History(writes=[a_write(1, 2), a_write(3, 12)])).outage_s == 10


def test_a_pause_before_the_strike_is_no_outage() -> None:
    assert seen(History(writes=[a_write(1, 2), a_write(3, 9), a_write(9, 10)])).outage_s == 1


def test_a_write_without_an_answer_ends_no_outage() -> None:
    history = History(writes=[a_write(8, 9), a_write(9, 12, UNKNOWN), a_write(9, 14)])

    assert seen(history).outage_s == 5


def test_a_request_that_fails_in_time_counts_with_what_its_client_was_told() -> None:
    history = History(writes=[a_write(8, 9), a_write(11, 12, UNKNOWN), a_write(12, 14)])

    assert seen(history).failed == {"UNAVAILABLE": 1}


def test_a_read_that_fails_counts_as_well() -> None:
    history = History(reads=[Read("ada", "plans", 11, 12, UNKNOWN, "INTERNAL")])

    assert seen(history).failed == {"INTERNAL": 1}


def test_a_request_whose_whole_deadline_lay_in_the_outage_is_overdue_and_not_failed() -> None:
    history = History(writes=[a_write(8, 9), a_write(10, 20, UNKNOWN), a_write(20, 25)])

    assert (seen(history).overdue, seen(history).failed) == (1, {})


def test_a_request_that_failed_after_the_outage_is_not_overdue_however_long_it_took() -> None:
    history = History(writes=[a_write(8, 9), a_write(10, 20, UNKNOWN), a_write(9, 12)])

    assert seen(history).overdue == 0


def test_what_failed_before_the_strike_is_not_put_down_to_it() -> None:
    assert seen(History(writes=[a_write(2, 3, UNKNOWN)])).failed == {}


def test_sockets_that_broke_meanwhile_are_counted() -> None:
    feed = Feed("bob", "race day", breaks=[(9, "before"), (11, "meanwhile")])

    assert seen(History(feeds=[feed])).breaks == 1


def test_readiness_is_told_from_the_strike_to_the_last_api_that_was_ready_for_good() -> None:
    assert seen(History(), unready=[(11, 12.5), (12, 12.5), (13, 14)]).ready_s == 4


def test_apis_that_were_ready_all_the_time_took_no_time() -> None:
    assert seen(History(), unready=[(3, 4)]).ready_s == 0


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (200, b'{"data": {"createPlan": {"userErrors": [], "plan": {"id": "1"}}}}', (YES, "")),
        (200, b'{"data": {"createPlan": {"userErrors": [{"message": "Too long."}]}}}', (Outcome.REFUSED, "Too long.")),
        (200, b'{"errors": [{"extensions": {"code": "UNAVAILABLE"}}], "data": null}', (UNKNOWN, "UNAVAILABLE")),
        (502, b"Bad gateway", (UNKNOWN, "status 502")),
    ],
)
def test_only_user_errors_say_that_nothing_was_done(status: int, content: bytes, told: tuple[Outcome, str]) -> None:
    assert told_by(status, content)[:2] == told
