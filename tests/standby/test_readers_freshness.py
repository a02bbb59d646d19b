"""Which server may answer whom: the rule alone, against a writer and standbys that are numbers."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.standby import freshness
from infrastructure.standby.freshness import HEARD_WITHIN_S, LONGEST_BEHIND_S, Freshness

ADA, BOB = UUID(int=1), UUID(int=2)
SOON = 0.001


def fresh(*, now: float = 100.0, position: int = 10) -> Freshness:
    """It has heard from elsewhere and from the writer just now."""
    known = Freshness()
    known.hear(now)
    known.mark(now, position)
    return known


def test_a_standby_must_have_what_the_writer_had_a_moment_ago() -> None:
    assert fresh().needed(ADA, 100.5) == 10


def test_nobody_is_sent_to_the_standby_before_the_writer_was_heard_of() -> None:
    known = Freshness()
    known.hear(100.0)
    assert known.needed(ADA, 100.0) is None


def test_once_the_writers_last_word_is_old_the_writer_answers() -> None:
    known, later = fresh(), 100.0 + LONGEST_BEHIND_S
    known.hear(later)
    assert (known.needed(ADA, later - SOON), known.needed(ADA, later)) == (10, None)


def test_while_nothing_is_heard_from_elsewhere_the_writer_answers() -> None:
    assert fresh().needed(ADA, 100.0 + HEARD_WITHIN_S + SOON) is None


def test_a_mark_must_be_younger_than_the_athletes_change() -> None:
    known = fresh()
    known.changed(ADA, 100.1)
    assert (known.needed(ADA, 100.2), known.needed(BOB, 100.2)) == (None, 10)
    known.mark(100.2, 20)
    assert (known.needed(ADA, 100.3), known.needed(BOB, 100.3)) == (20, 10)


def test_the_writers_answer_says_how_far_the_change_was() -> None:
    known = fresh()
    known.changed(ADA, 100.1)
    known.saw_on_writer(ADA, 15, 100.2)
    assert known.needed(ADA, 100.3) == 15


def test_an_answer_that_was_asked_for_before_the_change_says_nothing_of_it() -> None:
    known = fresh()
    known.changed(ADA, 100.1)
    known.saw_on_writer(ADA, 15, 100.05)
    assert known.needed(ADA, 100.3) is None


def test_while_any_change_is_under_way_the_writer_answers() -> None:
    known = fresh()
    known.began_change(ADA)
    known.began_change(ADA)
    known.ended_change(ADA, 100.1)
    known.mark(100.2, 20)
    assert known.needed(ADA, 100.3) is None
    known.ended_change(ADA, 100.3)
    known.mark(100.4, 30)
    assert known.needed(ADA, 100.5) == 30


def test_what_was_missed_must_be_on_the_standby() -> None:
    known = fresh()
    known.missed(100.1)
    assert known.needed(ADA, 100.2) is None
    known.mark(100.3, 20)
    assert known.needed(ADA, 100.4) == 20


def test_another_writers_positions_count_from_its_first_mark_on() -> None:
    known = fresh(position=1_000)
    known.saw(ADA, 1_000)
    known.begin_history(100.1)
    assert known.needed(ADA, 100.2) is None
    known.mark(100.2, 500)
    assert known.needed(ADA, 100.3) == 500


def test_a_change_that_outlives_its_writer_is_still_under_way() -> None:
    known = fresh()
    known.began_change(ADA)
    known.begin_history(100.1)
    known.mark(100.2, 500)
    assert (known.needed(ADA, 100.3), known.needed(BOB, 100.3)) == (None, 500)


def test_when_too_many_athletes_are_remembered_the_next_mark_holds_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "MOST_ATHLETES", 5)
    known = fresh()
    for number in range(6):
        known.changed(UUID(int=number), 100.1)
    known.mark(100.2, 20)
    assert known.needed(ADA, 100.3) is None
    known.mark(100.4, 30)
    assert known.needed(ADA, 100.5) == 30


@dataclass
class Cluster:
    """A writer, two standbys that replay as they like, and athletes who change and ask."""

    known: Freshness = field(default_factory=Freshness)
    now: float = 100.0
    position: int = 0
    replayed: list[int] = field(default_factory=lambda: [0, 0])
    shown: dict[UUID, int] = field(default_factory=dict)  # the least that the next answer may show
    past: list[tuple[float, int]] = field(default_factory=list)

    def do(self, what: str, athlete: UUID, number: int) -> None:
        self.now += 0.01
        getattr(self, what)(athlete, number)
        self.known.hear(self.now)
        self.past.append((self.now, self.position))

    def somebody_commits(self, _athlete: UUID, number: int) -> None:
        self.position += number

    def wait(self, _athlete: UUID, number: int) -> None:
        self.now += number / 5

    def replay(self, _athlete: UUID, number: int) -> None:
        at, behind = number % 2, number // 3
        self.replayed[at] = max(self.replayed[at], self.position - behind)

    def mark(self, _athlete: UUID, number: int) -> None:
        asked_at, self.now = self.now, self.now + 0.01
        self.position += number  # while the answer is on its way
        self.known.mark(asked_at, self.position)

    def change(self, athlete: UUID, number: int) -> None:
        self.known.began_change(athlete)
        self.query(athlete, number)
        self.position += number
        self.known.ended_change(athlete, self.now)
        self.shown[athlete] = self.position

    def change_elsewhere(self, athlete: UUID, number: int) -> None:
        self.position += number
        self.known.changed(athlete, self.now)
        self.shown[athlete] = self.position

    def ask_writer(self, athlete: UUID, _number: int) -> None:
        self.now += 0.01
        self.known.saw_on_writer(athlete, self.position, self.now)
        self.shown[athlete] = self.position

    def query(self, athlete: UUID, number: int) -> None:
        needed, replayed = self.known.needed(athlete, self.now), self.replayed[number % 2]
        if needed is None or replayed < needed:
            return self.ask_writer(athlete, number)
        assert replayed >= self.shown.get(athlete, 0)
        assert replayed >= max((had for at, had in self.past if at <= self.now - LONGEST_BEHIND_S), default=0)
        self.known.saw(athlete, replayed)
        self.shown[athlete] = replayed
        return None


ACTS = ("somebody_commits", "wait", "replay", "mark", "change", "change_elsewhere", "ask_writer", "query", "query")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from((ADA, BOB)), st.integers(1, 6)), max_size=60))
def test_no_athlete_is_shown_less_than_they_changed_or_saw_nor_what_is_old(acts: list[tuple[str, UUID, int]]) -> None:
    cluster = Cluster()
    for act in acts:
        cluster.do(*act)
