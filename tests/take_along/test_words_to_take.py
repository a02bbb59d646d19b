"""Names on paper, on watches and on disks, whatever they are."""

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pacing.file_names import content_disposition
from infrastructure.take_along.words import printable, within

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Col de la Forclaz, 1'526 m", "Col de la Forclaz, 1'526 m"),
        ("Ελλάδα Привет שלום مرحبا Žižkov", "Ελλάδα Привет שלום مرحبا Žižkov"),
        ("漢字山 Trail", "… Trail"),
        ("Run 🏃 on", "Run on"),
        ("𝕱𝖔𝖗𝖊𝖘𝖙", "Forest"),
        ("two\nlines\tand \u202e a turn", "two lines and a turn"),
        ("漢字", "Course"),
        ("🏃", "Course"),
        ("#*_ $", "Course"),
        ("خانه\u200cها", "خانه\u200cها"),
        ("Run 👨\u200d👩 on", "Run on"),
    ],
)
def test_what_no_font_has_is_left_out_on_paper(words: str, told: str) -> None:
    assert printable(words, "Course") == told


@pytest.mark.parametrize(
    ("words", "most", "told"),
    [("Two Pines", 15, "Two Pines"), ("Les Contamines", 6, "Les Co"), ("Flégère", 3, "Fl"), ("a \x07\n b", 9, "a b")],
)
def test_a_watch_gets_as_much_as_it_can_show(words: str, most: int, told: str) -> None:
    assert within(words, most) == told


@settings(max_examples=80, deadline=None)
@given(ANYTHING, st.integers(0, 60))
def test_a_watch_never_gets_more_bytes_than_it_can_show(words: str, most: int) -> None:
    assert len(within(words, most).encode()) <= most
    assert "\0" not in within(words, most)


def test_a_file_is_called_after_its_course_for_old_clients_too() -> None:
    assert content_disposition("attachment", "Flégère & Brévent", ".gpx") == (
        "attachment; filename=\"Flegere & Brevent.gpx\"; filename*=UTF-8''Fl%C3%A9g%C3%A8re%20%26%20Br%C3%A9vent.gpx"
    )


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ('"; filename="x.exe', "; filename= x.exe.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("C:\\Windows\\evil", "C Windows evil.pdf"),
        ("line\r\nSet-Cookie: a=b", "line Set-Cookie a=b.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe.pdf"),
        ("100% up", "100 up.pdf"),
        ("...", "throttle-plan.pdf"),
        ("漢字", "漢字.pdf"),
    ],
)
def test_a_hostile_name_is_a_file_s_name_and_nothing_else(name: str, saved: str) -> None:
    header = content_disposition("inline", name, ".pdf")
    assert unquote(header.partition("filename*=UTF-8''")[2]) == saved


@settings(max_examples=80, deadline=None)
@given(ANYTHING)
def test_any_name_gives_one_header_of_two_names(name: str) -> None:
    header = content_disposition("attachment", name, ".fit")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.count("; ") >= 2
    saved = unquote(header.partition("filename*=UTF-8''")[2])
    assert saved.endswith(".fit")
    assert len(saved.encode()) < 200
    assert not {"/", "\\"} & set(saved)
