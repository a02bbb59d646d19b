"""The judge of a failover, on made-up histories that it must refuse, and on some that it must not."""

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.failing_over.history import Feed, Found, History, Outcome, Read, Request, Write
from benchmarks.failing_over.judging import Kind, judge

YES, NO, UNKNOWN = Outcome.ACKNOWLEDGED, Outcome.REFUSED, Outcome.UNKNOWN
TOPIC = "race day"


def a_write(*keys: str, at: float = 0, ends: float | None = None, outcome: Outcome = YES, **more: object) -> Write:
    ended_s = at + 1 if ends is None else ends
    return replace(Write("ada", TOPIC, keys, at, ended_s, outcome), **more)


def a_read(size: int, *, at: float, client: str = "ada", outcome: Outcome = YES) -> Read:
    return Read(client, TOPIC, at, at + 1, outcome, size=size)


def found(*keys: str, jobs: dict[str, str] | None = None) -> Found:
    return Found({TOPIC: keys}, jobs or {})


def kinds(history: History, there: Found) -> list[Kind]:
    return [fault.kind for fault in judge(history, there)]


def a_feed(*told: tuple[int, str]) -> History:
    keys = ("e1", "e2", "e3")
    return History(writes=[a_write(*keys)], feeds=[Feed("bob", TOPIC, list(told))])


def judged_feed(*told: tuple[int, str]) -> list[Kind]:
    return kinds(a_feed(*told), found("e1", "e2", "e3"))


def test_a_history_in_which_all_is_there_once_has_no_fault() -> None:
    history = History(writes=[a_write("e1"), a_write("e2", at=2)], reads=[a_read(1, at=1), a_read(2, at=4)])

    assert judge(history, found("e1", "e2")) == []


def test_an_acknowledged_write_that_is_not_there_is_lost() -> None:
    assert kinds(History(writes=[a_write("e1"), a_write("e2")]), found("e1")) == [Kind.LOST]


def test_what_is_lost_is_told_by_its_register_and_its_key() -> None:
    (fault,) = judge(History(writes=[a_write("e1")]), found())

    assert fault.text == "race day: e1"


def test_an_acknowledged_write_is_lost_when_its_whole_register_is() -> None:
    assert kinds(History(writes=[a_write("e1")]), Found({}, {})) == [Kind.LOST]


def test_a_batch_of_which_one_is_missing_has_lost_that_one() -> None:
    assert kinds(History(writes=[a_write("e1", "e2", "e3")]), found("e1", "e3")) == [Kind.LOST]


def test_a_write_that_is_there_twice_is_a_fault() -> None:
    assert kinds(History(writes=[a_write("e1")]), found("e1", "e1")) == [Kind.TWICE]


def test_a_write_without_an_answer_may_be_there() -> None:
    assert kinds(History(writes=[a_write("e1", outcome=UNKNOWN)]), found("e1")) == []


def test_a_write_without_an_answer_may_be_missing() -> None:
    assert kinds(History(writes=[a_write("e1", outcome=UNKNOWN)]), found()) == []


def test_a_write_without_an_answer_may_not_be_there_twice() -> None:
    assert kinds(History(writes=[a_write("e1", outcome=UNKNOWN)]), found("e1", "e1")) == [Kind.TWICE]


def test_a_write_that_was_refused_for_good_may_not_be_there() -> None:
    assert kinds(History(writes=[a_write("e1", outcome=NO)]), found("e1")) == [Kind.REFUSED_YET_DONE]


def test_a_write_that_was_refused_may_be_there_when_an_earlier_attempt_had_no_answer() -> None:
    history = History(writes=[a_write("e1", outcome=UNKNOWN), a_write("e1", at=2, outcome=NO)])

    assert kinds(history, found("e1")) == []


def test_a_write_that_was_acknowledged_at_the_second_attempt_is_to_be_there_once() -> None:
    history = History(writes=[a_write("e1", outcome=UNKNOWN), a_write("e1", at=2)])

    assert (kinds(history, found("e1")), kinds(history, found("e1", "e1"))) == ([], [Kind.TWICE])


def test_something_that_nobody_wrote_may_not_be_there() -> None:
    assert kinds(History(), found("e1")) == [Kind.NEVER_SENT]


def test_the_same_key_in_two_registers_is_two_things() -> None:
    history = History(writes=[a_write("e1"), a_write("e1", register="another day")])

    assert kinds(history, found("e1")) == [Kind.LOST]


def test_a_read_may_not_see_less_than_an_earlier_read_of_the_same_client() -> None:
    writes = [a_write("e1", client="eve"), a_write("e2", client="eve")]
    history = History(writes=writes, reads=[a_read(2, at=2), a_read(1, at=4)])

    assert kinds(history, found("e1", "e2")) == [Kind.BACK_IN_TIME]


def test_a_read_may_see_less_than_an_earlier_read_of_somebody_else() -> None:
    writes = [a_write("e1", client="eve"), a_write("e2", client="eve")]
    history = History(writes=writes, reads=[a_read(2, at=2), a_read(1, at=4, client="bob")])

    assert kinds(history, found("e1", "e2")) == []


def test_a_read_may_see_less_than_one_that_had_not_ended_when_it_began() -> None:
    writes = [a_write("e1", client="eve"), a_write("e2", client="eve")]
    history = History(writes=writes, reads=[a_read(2, at=2), a_read(1, at=2.5)])

    assert kinds(history, found("e1", "e2")) == []


def test_a_read_sees_what_its_client_was_acknowledged_before() -> None:
    history = History(writes=[a_write("e1"), a_write("e2", at=2)], reads=[a_read(1, at=4)])

    assert kinds(history, found("e1", "e2")) == [Kind.BACK_IN_TIME]


def test_a_read_need_not_see_a_write_of_its_client_that_had_no_answer() -> None:
    history = History(writes=[a_write("e1", outcome=UNKNOWN)], reads=[a_read(0, at=4)])

    assert kinds(history, found("e1")) == []


def test_attempts_at_one_write_count_once_for_what_a_read_must_see() -> None:
    history = History(writes=[a_write("e1"), a_write("e1", at=2)], reads=[a_read(1, at=4)])

    assert kinds(history, found("e1")) == []


def test_a_read_sees_as_much_as_its_client_was_told_with_an_acknowledgement() -> None:
    writes = [a_write("e1", client="eve"), a_write("e2", at=1, size=2)]

    assert kinds(History(writes=writes, reads=[a_read(1, at=4)]), found("e1", "e2")) == [Kind.BACK_IN_TIME]


def test_a_read_may_not_see_more_than_was_sent_before_it_ended() -> None:
    history = History(writes=[a_write("e1"), a_write("e2", at=6)], reads=[a_read(2, at=4)])

    assert kinds(history, found("e1", "e2")) == [Kind.AHEAD_OF_TIME]


def test_a_read_without_an_answer_says_nothing() -> None:
    history = History(writes=[a_write("e1")], reads=[a_read(0, at=4, outcome=UNKNOWN)])

    assert kinds(history, found("e1")) == []


def test_a_feed_that_brings_every_event_once_and_in_order_has_no_fault() -> None:
    assert judged_feed((1, "e1"), (2, "e2"), (3, "e3")) == []


def test_a_feed_that_leaves_an_event_out_has_a_gap() -> None:
    assert judged_feed((1, "e1"), (3, "e3")) == [Kind.GAP]


def test_a_feed_that_brings_an_event_twice_is_a_fault() -> None:
    assert judged_feed((1, "e1"), (2, "e2"), (2, "e2"), (3, "e3")) == [Kind.GAP]


def test_a_feed_that_brings_events_out_of_order_is_a_fault() -> None:
    assert judged_feed((1, "e1"), (3, "e3"), (2, "e2")) == [Kind.GAP]


def test_a_feed_that_does_not_bring_the_last_event_has_a_gap() -> None:
    assert judged_feed((1, "e1"), (2, "e2")) == [Kind.GAP]


def test_a_feed_that_brings_an_event_which_is_not_there_any_more_is_a_fault() -> None:
    assert judged_feed((1, "e1"), (2, "e2"), (3, "e3"), (4, "e4")) == [Kind.GAP]


def test_a_feed_that_numbers_an_event_otherwise_than_it_stands_there_is_a_fault() -> None:
    assert judged_feed((1, "e2"), (2, "e1"), (3, "e3")) == [Kind.GAP]


def test_a_promised_job_that_was_done_is_no_fault() -> None:
    assert judged_jobs({"j1": "SUCCEEDED"}) == []


def test_a_promised_job_that_waits_for_ever_is_a_fault() -> None:
    assert judged_jobs({"j1": "QUEUED"}) == [Kind.UNDONE]


def test_a_promised_job_that_failed_is_a_fault() -> None:
    assert judged_jobs({"j1": "FAILED"}) == [Kind.UNDONE]


def test_a_promised_job_that_is_not_there_is_a_fault() -> None:
    assert judged_jobs({}) == [Kind.UNDONE]


def test_a_job_that_was_not_promised_need_not_be_there() -> None:
    assert judged_jobs({}, outcome=UNKNOWN) == []


def judged_jobs(jobs: dict[str, str], outcome: Outcome = YES) -> Sequence[Kind]:
    return kinds(History(requests=[Request("ada", "j1", 0, 1, outcome)]), found(jobs=jobs))
