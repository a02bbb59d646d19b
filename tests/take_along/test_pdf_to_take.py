"""The plan on paper, opened by a reader that knows nothing of what made it."""

from pathlib import Path

import pytest

from domain.courses.model import Waypoint
from domain.pacing.model import Replan
from infrastructure.take_along.pdf import pdf
from infrastructure.take_along.sheet import sheet
from tests.factories.pages import pages_read, poppler
from tests.factories.plans_to_take import STARTS_AT, WAYPOINTS, a_ground, a_plan_to_take, some_steps, without_positions

ZURICH = "Europe/Zurich"
HOSTILE = [
    '#set page(fill: red) #panic("no") #read("/etc/passwd")',
    "$x^2$ *bold* _it_ `code` <label> @ref = heading // comment",
    "\"quotes\" 'single' \\ backslash \\u{41} {json: [1]}",
    "]]> </svg> <script>alert(1)</script> &amp;",
    "漢字山 🏃🏽 مرحبا שלום ⛰️",
    "long " * 20,
]
LENGTHENED = ["Refuge of the valley, left bank " * 3 + "…", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100]


def told(name: str) -> str:
    """Words as pages are compared by: without spaces, which a layout adds and drops."""
    return "".join(name.split())


def test_a_page_can_be_drawn(tmp_path: Path) -> None:
    page = poppler("pdftoppm", "-r", "40", "-f", "1", "-l", "1", pdf=pdf(a_plan_to_take(), ZURICH), folder=tmp_path)
    assert page.startswith(b"P6\n331 468\n255\n")  # A4
    colours = {page[at : at + 3] for at in range(15, len(page) - 2, 3)}
    assert bytes.fromhex("46206b") in colours  # the easiest throttle's
    assert bytes.fromhex("eccd2c") in colours  # the hardest's


def test_the_first_page_tells_the_plan(tmp_path: Path) -> None:
    first, _ = pages_read(pdf(a_plan_to_take(), ZURICH), tmp_path)
    for words in (
        "Two Hills, 20 km",
        "Least time · 20.0 km · 1,200 m up · 1,200 m down · starts 4 July 2026, 06:00 (Europe/Zurich)",
        "± 7:00, at the finish at 08:32",
        "Critical speed 4.00 m/s",
        "foretold the same runs to 7.1 %",
    ):
        assert told(words) in told(first), words


def test_there_is_a_line_for_each_step_and_each_place(tmp_path: Path) -> None:
    lines = [" ".join(line.split()) for line in pages_read(pdf(a_plan_to_take(), ZURICH), tmp_path)[0].splitlines()]
    assert "2 1.0–2.0 +131 +13 % walk 84 % 10:44 162 19:03 06:19 40:57" in lines
    assert "Two Pines 5.0 km · there after 51:34 · stay 3:00 · cut-off 1:00:00 (07:00), 8:26 in hand" in lines


def test_the_band_has_its_cutoffs_and_its_clock(tmp_path: Path) -> None:
    band = " ".join(pages_read(pdf(a_plan_to_take(), ZURICH), tmp_path)[1].split())
    assert "Pace band" in band
    assert "2.0 84 % walk 19:03 06:19" in band
    assert "Old Mill stay 4:00 · cut-off 2:20:00 (08:20)" in band


def test_without_a_start_there_is_no_time_of_day(tmp_path: Path) -> None:
    first, band = pages_read(pdf(a_plan_to_take(starts_at=None), ZURICH), tmp_path)
    assert "clock" not in first
    assert "starts" not in first
    assert "2.0 84 % walk 19:03 " in " ".join(band.split()) + " "


def test_why_a_plan_cannot_be_met_stands_on_the_page(tmp_path: Path) -> None:
    first = pages_read(pdf(a_plan_to_take(reason="The cut-off at Two Pines cannot be met."), ZURICH), tmp_path)[0]
    assert told("The cut-off at Two Pines cannot be met.") in told(first)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_ever_read_as_markup(name: str, tmp_path: Path) -> None:
    shown = "".join(letter for letter in name if letter.isprintable())[:100]
    place = Waypoint(name=shown, distance_m=5_000.0, cutoff_s=3_600.0)
    taken = a_plan_to_take(waypoints=(place,), name=shown, reason=name, count=3)
    first = told(pages_read(pdf(taken, ZURICH), tmp_path)[0])
    if shown.isascii():
        assert told(shown) in first
    else:
        assert "שלום" in first or "םולש" in first


def test_a_place_that_no_font_can_print_is_called_alike_everywhere(tmp_path: Path) -> None:
    taken = a_plan_to_take(waypoints=(Waypoint(name="漢字 hut", distance_m=5_000.0),), count=2)
    profile_and_table, band = pages_read(pdf(taken, ZURICH), tmp_path)
    assert (profile_and_table.count("… hut"), band.count("… hut")) == (2, 1)


@pytest.mark.parametrize("name", LENGTHENED)
def test_a_name_that_grows_when_it_is_made_printable_is_cut(name: str) -> None:
    taken = a_plan_to_take(waypoints=(Waypoint(name=name, distance_m=5_000.0),), name=name, count=2)
    page = sheet(taken, ZURICH)
    (place,) = [row["place"] for row in page["rows"] if "place" in row]
    assert 90 < len(place[0]) <= 100
    assert len(page["name"]) <= 100
    assert pdf(taken, ZURICH).startswith(b"%PDF")


def test_sixty_steps_and_two_hundred_places_flow_over_pages(tmp_path: Path) -> None:
    places = tuple(Waypoint(name=f"Place {n}", distance_m=n * 99.0, cutoff_s=n * 60.0 + 60) for n in range(1, 201))
    taken = a_plan_to_take(waypoints=places, steps=some_steps(a_ground(), 60))
    pages = pages_read(pdf(taken, ZURICH), tmp_path)
    assert 4 <= len(pages) <= 12
    assert all(f"Place {n} " in " ".join(pages) for n in range(1, 201))
    assert "throttle" in pages[2]  # the table's head comes again


def test_a_course_on_a_treadmill_has_a_page(tmp_path: Path) -> None:
    flat = without_positions(a_ground(climb_m=0.0))
    assert "no altitudes" in pages_read(pdf(a_plan_to_take(flat), ZURICH), tmp_path)[0]


def test_at_the_finish_the_page_says_that_nothing_is_left(tmp_path: Path) -> None:
    (page,) = pages_read(pdf(a_plan_to_take(steps=()), ZURICH), tmp_path)
    assert "There is nothing left to run." in page


def test_the_same_plan_gives_the_same_pages() -> None:
    assert pdf(a_plan_to_take(), ZURICH) == pdf(a_plan_to_take(), ZURICH)


def test_a_replan_is_told_with_how_far_behind_it_is() -> None:
    replan = Replan(distance_m=9_000.0, at=STARTS_AT, heart_rate=None, behind_s=-95.0, today=None)
    steps = some_steps(a_ground(), 20, WAYPOINTS)[9:]
    page = sheet(a_plan_to_take(steps=steps, replan=replan), ZURICH)
    assert page["replanned"] == "Replanned at 9.0 km, 1:35 ahead of the first schedule: the steps go on from there."
    assert page["rows"][0]["cells"][0] == "10"
    assert not any("Two Pines" in row["place"][0] for row in page["rows"] if "place" in row)


def test_the_clock_tells_the_days_that_have_passed() -> None:
    page = sheet(a_plan_to_take(a_ground(200_000), waypoints=()), "Pacific/Auckland")
    assert page["rows"][0]["cells"][9] == "17:02"
    assert page["rows"][-1]["cells"][9].endswith(" +1")


def test_a_cutoff_that_is_missed_has_a_negative_margin() -> None:
    late = Waypoint(name="Two Pines", distance_m=5_000.0, cutoff_s=3_000.0)
    page = sheet(a_plan_to_take(waypoints=(late,), reason="Late."), ZURICH)
    (place,) = [row["place"] for row in page["rows"] if "place" in row]
    assert place == ["Two Pines", "5.0 km · there after 51:34 · cut-off 50:00 (06:50), 1:34 late", "late"]
    assert page["rows"][4]["cells"][10] == "−1:34"
