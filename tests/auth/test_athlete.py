"""What an athlete may be called, and where they may live."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.model import Athlete, BadDisplayName, UnknownTimezone

ID = UUID(int=7)


def an_athlete() -> Athlete:
    return Athlete(ID, "Ana", "ana@example.org", "UTC")


def test_an_athlete_takes_a_name_without_the_spaces_around_it() -> None:
    assert an_athlete().rename("  Ana Trail ").display_name == "Ana Trail"


@pytest.mark.parametrize("name", ["x", "x" * 100, "👨‍👩‍👧 Ana", "阿娜"])
def test_a_name_has_up_to_a_hundred_characters(name: str) -> None:
    assert an_athlete().rename(name).display_name == name


@pytest.mark.parametrize(
    ("name", "problem"), [("", "empty"), (" \n", "empty"), ("x" * 101, "has 101"), ("a\x00b", "control")]
)
def test_a_name_nobody_could_read_is_refused(name: str, problem: str) -> None:
    with pytest.raises(BadDisplayName, match=problem) as refused:
        an_athlete().rename(name)
    assert refused.value.field == ("displayName",)


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/Argentina/Buenos_Aires", "UTC", "Asia/Kathmandu"])
def test_an_athlete_moves_to_another_zone(zone: str) -> None:
    assert an_athlete().move_to(zone).timezone == zone


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "local",
        "localtime",
        "Factory",
        "posixrules",
        "Europe",
        "../etc/passwd",
        "/etc/localtime",
        "posix/UTC",
        "UTC+2",
        "Europe/Zurich\x00",
        " UTC",
        "x" * 5000,
        "right/UTC",
    ],
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownTimezone) as refused:
        an_athlete().move_to(zone)
    assert refused.value.field == ("timezone",)


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("europe/zurich", "Europe/Zurich"),
        ("Denver", "America/Denver"),
        ("new york", "America/New_York"),
        ("Europe/Züric", "Europe/Zurich"),
        ("Middle Earth", "such as Europe/Zurich"),
    ],
)
def test_a_refused_zone_comes_with_the_one_that_was_meant(zone: str, meant: str) -> None:
    with pytest.raises(UnknownTimezone, match=meant):
        an_athlete().move_to(zone)


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("Ana Trail", None, "Ana Trail"),
        (" \x00Ana\n", None, "Ana"),
        (None, "ana@example.org", "ana"),
        ("\x00", "ana@example.org", "ana"),
        (None, None, "Runner"),
        (None, "@", "Runner"),
        ("x" * 99 + " Trail", None, "x" * 99),
    ],
)
def test_a_newcomer_is_called_what_their_token_says(name: str | None, email: str | None, shown: str) -> None:
    assert Athlete.newcomer(ID, name=name, email=email).display_name == shown


def test_a_newcomer_lives_by_utc() -> None:
    assert Athlete.newcomer(ID, name="Ana", email=None).timezone == "UTC"


@given(name=st.none() | st.text(), email=st.none() | st.text())
def test_every_newcomer_gets_a_name_that_they_could_have_chosen(name: str | None, email: str | None) -> None:
    athlete = Athlete.newcomer(ID, name=name, email=email)
    assert athlete.rename(athlete.display_name) == athlete


@given(name=st.text())
def test_any_name_is_taken_as_it_is_or_refused(name: str) -> None:
    try:
        renamed = an_athlete().rename(name)
    except BadDisplayName:
        return
    assert renamed.display_name == name.strip()
