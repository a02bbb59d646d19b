"""The examples of testing_payloads/ about a live race do what they say."""

import sys

import pytest

from tests.conftest import LiveServer
from tests.factories.story import FOLDER, Story
from tests.test_testing_payloads import OF_RACES


@pytest.fixture(scope="module")
def race(live_server: LiveServer) -> Story:
    """Told once: a race is set, reads come in, one of them is marked."""
    story = Story(live_server, live_server.token("somebody who organises races"))
    story.places["race"] = "two-valleys"
    story.tell("create_race_topic", "set_race", "add_race_entries", "remove_race_entries")
    story.tell("publish_reads", "live_standings")
    story.answers["before"] = story.answers["live_standings"]
    story.tell("mark_read", "live_standings")
    return story


def test_no_example_about_races_is_refused(race: Story) -> None:
    asked = OF_RACES - {"watch_race"}  # which the script asks
    assert [race.answers[name].get("userErrors", []) for name in sorted(asked)] == [[]] * len(asked)


def test_the_earliest_read_counts_until_it_is_marked(race: Story) -> None:
    splits = [
        next(one["splits"][0]["elapsedS"] for one in race.answers[name]["standings"] if one["runner"] == "12")
        for name in ("before", "live_standings")
    ]
    assert splits == [3_900, 4_200]


def test_who_entered_later_stands_in_the_race_and_who_was_taken_out_does_not(race: Story) -> None:
    entered = [entry["runner"] for entry in race.answers["remove_race_entries"]["race"]["entries"]]
    assert entered == ["12", "27", "31"]


def test_a_phone_shows_the_other_runner_at_the_refuge(race: Story) -> None:
    first = race.answers["live_standings"]["standings"][0]
    assert (first["name"], first["lastCheckpoint"], first["splits"][0]["by"]) == ("Bo", "Refuge", "POSITION")


def test_a_race_is_run_before_the_eyes_of_a_stranger(race: Story) -> None:
    told = race.run(sys.executable, FOLDER / "race_day.py", "tower-run")
    *_, first, second, third = told.splitlines()
    assert [line.split()[:4] for line in (first, second, third)] == [
        ["1", "Ada", "FINISHED", "Roof"],
        ["2", "Bo", "FINISHED", "Roof"],
        ["-", "Cy", "WITHDRAWN", "Landing"],
    ]
    assert "a doubtful read" in told
