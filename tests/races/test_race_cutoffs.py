"""Cut-offs of those who start later than others."""

from dataclasses import replace

from domain.races.model import Entry
from tests.factories.races import COURSE, a_position, a_race, a_read, minute, standing_of


def test_a_cut_off_before_the_start_of_a_wave_is_none_of_its_runners() -> None:
    closing = (replace(COURSE[1], cutoff_at=minute(45)), *COURSE[2:])
    race = a_race(entries=(Entry("1"), Entry("2", starts_at=minute(60))), checkpoints=closing)
    told = standing_of("2", race, [a_position("2", 46.1, 7.1, 61)], now_min=62)
    assert told.next is not None
    assert (told.next.checkpoint, told.next.cutoff_at, told.overdue, told.missed_cutoff) == (
        "Ridge",
        None,
        False,
        False,
    )
    assert not standing_of("2", race, [a_read("2", "Ridge", 90)]).missed_cutoff
    assert standing_of("1", race, [a_read("1", "Ridge", 46)]).missed_cutoff
