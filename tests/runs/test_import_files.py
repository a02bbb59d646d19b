"""Whatever a file is, it becomes runs or fails with a sentence, and the files beside it go on."""

import gzip
import zipfile
from io import BytesIO
from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported, names_of_runs, statuses
from tests.factories.recordings import fit_bytes, gpx_bytes, tcx_bytes, zipped

GOOD = gpx_bytes(a_short_course(100))
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "boom">]><gpx><trk><name>&a;</name></trk></gpx>'
NOTHING_TIMED = (
    b'<gpx><trk><type>running</type><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1" lon="3"/></trkseg></trk></gpx>'
)


def a_bomb() -> bytes:
    """Some 210 kB that unpack to 210 MB in five files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for nth in range(5):
            archive.writestr(f"{nth}.gpx", bytes(42_000_000))
    return packed.getvalue()


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "no recording": ("song.mp3", b"ID3 la la la", "not a FIT, GPX or TCX file"),
    "empty": ("a.fit", b"", "The file is empty"),
    "only zeros": ("a.fit", bytes(100), "The file is empty"),
    "a FIT cut off in its header": ("a.fit", fit_bytes(a_short_course())[:9], "cut off or damaged"),
    "a FIT cut off before its first point": ("a.fit", fit_bytes(a_short_course())[:60], "cut off or damaged"),
    "a GPX cut off at its first point": ("a.gpx", GOOD[:400], "cut off or damaged"),
    "entities": ("a.gpx", ENTITIES, "XML entities"),
    "no times": ("a.gpx", NOTHING_TIMED, "a run needs times"),
    "another sport": ("a.tcx", tcx_bytes(a_short_course(), sport="Biking"), "its sport is biking"),
    "a workout": ("a.fit", fit_bytes(a_short_course(), file_type=5), "workout file, not a recorded run"),
    "a broken zip": ("a.zip", zipped(("a.gpx", GOOD))[:-30], "cut off or damaged"),
    "an empty zip": ("a.zip", zipped(), "The file is empty"),
    "a zip of folders": ("a.zip", zipped(("a/", b""), ("__MACOSX/a.gpx", b"x")), "The file is empty"),
    "too many files": ("a.zip", zipped(*[(f"{nth}.gpx", b"x") for nth in range(501)]), "more than 500 files"),
    "a zip in a gzip": ("a.gz", gzip.compress(zipped(("a.gpx", GOOD))), "archive inside an archive"),
    "a gzip in a gzip": ("a.gz", gzip.compress(gzip.compress(GOOD)), "archive inside an archive"),
    "a gzip bomb": ("a.gpx.gz", gzip.compress(bytes(60_000_000)), "larger than 50 MB"),
    "larger than is taken": ("a.gpx", bytes(50_000_001), "larger than 50 MB"),
}


@pytest.mark.parametrize("bad", BAD_FILES.values(), ids=BAD_FILES)
async def test_a_bad_file_fails_with_a_sentence_and_the_next_one_goes_on(
    ada: Athlete, work: Work, bad: tuple[str, bytes, str]
) -> None:
    name, content, sentence = bad
    job = await imported(ada, work, (name, content), ("good.gpx", GOOD))
    assert statuses(job) == ["FAILED", "SUCCEEDED"]
    assert sentence in job["items"][0]["message"]
    assert (job["items"][0]["fileName"], job["items"][0]["run"]) == (name, None)
    assert job["status"] == "PARTLY_FAILED"


async def test_a_job_of_nothing_but_a_file_that_is_too_large_ends(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, ("a.fit", bytes(50_000_001)))
    assert (job["status"], statuses(job)) == ("FAILED", ["FAILED"])


@pytest.mark.parametrize("make", [fit_bytes, gpx_bytes, tcx_bytes])
@pytest.mark.parametrize(
    "pack", [lambda name, bytes_: (name, bytes_), lambda name, bytes_: (f"{name}.gz", gzip.compress(bytes_))]
)
async def test_every_format_is_told_by_its_content(ada: Athlete, work: Work, make: Any, pack: Any) -> None:
    job = await imported(ada, work, pack("recording", make(a_short_course())))
    assert statuses(job) == ["SUCCEEDED"]


async def test_a_zip_stands_as_the_files_in_it(ada: Athlete, work: Work) -> None:
    packed = zipped(
        ("2026/", b""),
        ("2026/b.gpx", gpx_bytes(a_short_course(1))),
        ("2026/../../../etc/evil.fit", fit_bytes(a_short_course(2))),
        ("C:\\temp\\notes.txt", b"hello"),
        ("__MACOSX/._b.gpx", b"x"),
        ("inner.zip", zipped(("x.gpx", GOOD))),
        ("c.tcx.gz", gzip.compress(tcx_bytes(a_short_course(3)))),
        ("again.gpx", gpx_bytes(a_short_course(1))),
    )
    job = await imported(ada, work, ("first.fit", fit_bytes(a_short_course(0))), ("my.zip", packed), ("last.gpx", GOOD))
    assert [(item["fileName"], item["status"]) for item in job["items"]] == [
        ("first.fit", "SUCCEEDED"),
        ("b.gpx", "SUCCEEDED"),
        ("evil.fit", "SUCCEEDED"),
        ("notes.txt", "FAILED"),
        ("inner.zip", "FAILED"),
        ("c.tcx", "SUCCEEDED"),
        ("again.gpx", "ALREADY_IMPORTED"),
        ("last.gpx", "SUCCEEDED"),
    ]
    assert job["message"] == "5 imported, 1 there before, 2 failed"


async def test_of_a_zip_bomb_what_comes_before_the_bound_is_read(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, ("bomb.zip", a_bomb()), ("good.gpx", GOOD))
    *members, bomb, good = job["items"]
    assert [item["fileName"] for item in members] == ["0.gpx", "1.gpx", "2.gpx", "3.gpx"]
    assert bomb["fileName"] == "bomb.zip"
    assert "200 MB" in bomb["message"]
    assert good["status"] == "SUCCEEDED"


HOSTILE_NAMES = [
    "a\x00b.gpx",
    "x" * 300 + ".gpx",
    "\x1b[2J.gpx",
    "läuf 🏃.gpx",
    "\u202exgpx.tif",
    "../..",
    '"; rm -rf /',
    "'--",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
async def test_a_file_may_have_any_name(ada: Athlete, work: Work, name: str) -> None:
    packed = zipped((name if "\x00" not in name else "a", GOOD))
    job = await imported(ada, work, (name, gpx_bytes(a_short_course())), (f"{name}.zip", packed))
    assert job["status"] in ("SUCCEEDED", "PARTLY_FAILED")
    assert job["items"][0]["status"] == "SUCCEEDED"
    assert all(len(item["fileName"]) <= 255 and item["fileName"].isprintable() for item in job["items"])


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("&#x1F3C3; hills &lt;b&gt;", "🏃 hills <b>"),
        ("x" * 300, "x" * 255),
        ("one\n two\t", "one two"),
        ("\u202e \u200b", "file"),
    ],
)
async def test_a_recording_may_have_any_name_inside(ada: Athlete, work: Work, inside: str, told: str) -> None:
    await imported(ada, work, ("file.gpx", gpx_bytes(a_short_course(), name=inside)))
    assert await names_of_runs(ada) == [told]


async def test_a_sport_and_an_id_of_any_length_are_taken(ada: Athlete, work: Work) -> None:
    file = tcx_bytes(a_short_course(), sport="run " * 5000)
    file = file.replace(b"4711", b"4711" * 5000)
    job = await imported(ada, work, ("a.tcx", file))
    assert statuses(job) == ["SUCCEEDED"]
    runs = await ada.get("{ runs { edges { node { sport externalId } } } }")
    (edge,) = runs["runs"]["edges"]
    assert edge["node"] == {"sport": ("run " * 25).strip(), "externalId": None}


async def test_a_refusal_that_quotes_the_file_stays_short(ada: Athlete, work: Work) -> None:
    (item,) = (await imported(ada, work, ("a.tcx", tcx_bytes(a_short_course(), sport="biking " * 5000))))["items"]
    assert item["status"] == "FAILED"
    assert len(item["message"]) <= 1000
