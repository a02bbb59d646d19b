"""`cairn zones`: an export from elsewhere becomes zones, and whatever is wrong with it is told in one line."""

import csv
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app import cli
from tests.conftest import ROOT

COLUMNS = (
    "segment_id,start_distance,segment_length,avg_gradient,grade_category,start_time,start_altitude,road_type,"
    "surface_type,temperature,humidity,wind,weather_id,cumulative_ascent,cumulative_descent,efficiency_score"
)
SHORT = "segment_id,grade_category,efficiency_score\n"
WORDS = {"very_low", "low", "medium", "high", "very_high"}
Judge = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "segments.csv"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "zones.csv"


def command(source: Path, target: Path) -> list[str]:
    return ["zones", "--method", "trailmetrics", str(source), str(target)]


@pytest.fixture
def judge(source: Path, target: Path) -> Judge:
    """Run the command on a text, and read what it wrote."""

    def run(content: str | bytes) -> dict[str, tuple[str, str]]:
        source.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert cli.main(command(source, target)) == 0
        header, *rows = csv.reader(target.read_text(encoding="utf-8").splitlines())
        assert header == ["segment_id", "zone_among_similars", "zone_among_grade_category"]
        return {name: (similars, grade) for name, similars, grade in rows}

    return run


def refused(source: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a refusal says."""
    assert cli.main(command(source, target)) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    return printed.err


def an_export(m: int, *, delimiter: str = ",") -> str:
    """A history of m segments as TrailMetrics writes one."""
    chance = np.random.default_rng(m)
    lines = [COLUMNS]
    for row in range(m):
        numbers = [f"{value:.3f}" for value in chance.gamma(2, 50, 12)]
        lines.append(
            f"{row}-1,{numbers[0]},{numbers[1]},{numbers[2]},{row % 3 * 2.5},{numbers[3]},{numbers[4]},path,,"
            f"{numbers[5]},{numbers[6]},{numbers[7]},800,{numbers[8]},{numbers[9]},{numbers[10]}"
        )
    return "\n".join(lines).replace(",", delimiter) + "\n"


FIVE = SHORT + "".join(f"s{number},0,{number}\n" for number in range(1, 6))
FIFTHS = ["very_low", "low", "medium", "high", "very_high"]


def test_five_segments_stand_in_five_zones(judge: Judge) -> None:
    assert judge(FIVE) == {f"s{number}": (zone, zone) for number, zone in enumerate(FIFTHS, 1)}


def test_every_segment_of_a_whole_export_has_both_zones(judge: Judge) -> None:
    assert {zone for pair in judge(an_export(90)).values() for zone in pair} == WORDS


def test_segments_keep_the_order_of_the_file(judge: Judge) -> None:
    assert list(judge(SHORT + "b,1,1\na,2,2\nc,1,3\n")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    "written",
    [
        FIVE.encode("utf-8-sig"),
        FIVE.replace("\n", "\r\n").encode(),
        FIVE.replace(",", ";").encode(),
        FIVE.replace(",", "\t").encode(),
        FIVE.replace("\n", "\n\n").encode(),
        ("\n" + FIVE).encode(),
        FIVE.replace("segment_id", '"Segment_ID"').replace("s1", '" s1 "').encode(),
        FIVE.replace("\n", ".0\n").replace("score.0", "score").replace(",0,", ",0.00,", 2).encode(),
        FIVE.replace("\n", ",\n").replace("score,", "score,polyline").replace("5,\n", '5,"a, ""b"""\n').encode(),
    ],
    ids=["BOM", "CRLF", "semicolons", "tabs", "blank lines", "blank first", "quotes", "decimals", "more columns"],
)
def test_it_does_not_matter_how_the_table_is_written(judge: Judge, written: bytes) -> None:
    assert judge(written) == {f"s{number}": (zone, zone) for number, zone in enumerate(FIFTHS, 1)}


def test_the_order_of_columns_does_not_matter(judge: Judge) -> None:
    export = an_export(40)
    turned = "\n".join(",".join(reversed(line.split(","))) for line in export.splitlines())
    assert judge(turned) == judge(export)


def test_a_decimal_comma_is_read_where_semicolons_part_the_values(judge: Judge) -> None:
    export = an_export(40, delimiter=";")
    assert judge(export.replace(".", ",")) == judge(export)


def test_a_time_may_be_written_as_iso(judge: Judge) -> None:
    by_number = COLUMNS.replace("\n", "") + "\n"
    by_clock = by_number
    for row in range(30):
        line = f"{row},0,100,0,0,{{}},0,,,,,,,0,0,{row * 7 % 30}\n"
        by_number += line.format(1_700_000_000 + row * row * 60)
        by_clock += line.format(np.datetime64(1_700_000_000 + row * row * 60, "s"))
    assert judge(by_clock) == judge(by_number)


@pytest.mark.parametrize("missing", ["", "NaN", "None", "null", " "])
def test_a_segment_without_a_score_has_no_zones(judge: Judge, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    assert judge(FIVE.replace("s3,0,3", f"s3,0,{missing}"))["s3"] == ("", "")
    assert "Without a score, so without zones: 1 of 5 segments." in capsys.readouterr().err


def test_a_segment_without_a_grade_category_has_no_zones(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    judged = judge(FIVE + "s6,,6\n")
    assert judged.pop("s6") == ("", "")
    assert judged["s5"] == ("very_high", "very_high")
    assert "Without a grade category, so without zones: 1 of 6 segments." in capsys.readouterr().err


def test_a_segment_alone_in_its_category_has_no_zone_among_similars(
    judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(FIVE + "s6,steep,6\n")["s6"] == ("", "very_high")
    assert "Alone in their grade category, so without similar ones: 1 of 6 segments." in capsys.readouterr().err


def test_columns_that_are_not_there_are_told(judge: Judge, capsys: pytest.CaptureFixture[str]) -> None:
    judge(an_export(5).replace("temperature", "warmth").replace("wind", "breeze"))
    assert "Not in the file, so taken as not known: temperature, wind." in capsys.readouterr().err


def test_of_an_export_with_every_column_only_the_target_is_told(
    judge: Judge, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(an_export(12))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"cairn: The zones stand in {target}.\n")


SCORELESS = "segment_id,grade_category,start_time,end_time,{},avg_heartrate,start_heartrate,end_heartrate\n"


@pytest.mark.parametrize(
    ("columns", "slow", "fast"),
    [
        ("avg_speed,elevation_gain", "2,10", "3,10"),
        ("segment_length,start_altitude,end_altitude", "120,700,690", "180,690,700"),
    ],
)
def test_a_file_without_scores_is_judged_by_the_formula(
    judge: Judge, capsys: pytest.CaptureFixture[str], columns: str, slow: str, fast: str
) -> None:
    rows = "".join(f"s{row},0,0,60,{slow},150,150,150\n" for row in range(4)) + f"f,0,0,60,{fast},150,150,150\n"
    judged = judge(SCORELESS.format(columns) + rows)
    assert judged["f"][1] == "very_high"
    assert judged["s0"][1] == "high"
    assert "No efficiency_score is given: worked out" in capsys.readouterr().err


def test_scores_of_the_formula_are_not_mixed_among_given_ones(judge: Judge) -> None:
    header = SCORELESS.format("avg_speed,elevation_gain,efficiency_score")
    judged = judge(header + "a,0,0,60,3,10,8.5,150,150,150\nb,0,0,60,3,10,,150,150,150\n")
    assert judged["b"] == ("", "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty. It should hold a line of column names"),
        (b" \n\n", "is empty."),
        ("\n,,\n".encode("utf-8-sig"), "is empty."),
        (b"\x00\x01\x02\xff" * 50, "is no text. Export the segments as CSV."),
        (FIVE.encode("utf-16"), "is not text in UTF-8. Save it as CSV in UTF-8."),
        (FIVE.replace("s3", "\xe9").encode("latin-1"), "is not text in UTF-8."),
        (SHORT.encode(), "names columns, but has no segments."),
        (b"name,score\nx,1,2\n", "names no column of a segments export in its first line, such as segment_id."),
        (b"name,efficiency_score\nx,1\n", "has no column segment_id and no column grade_category."),
        (
            b"segment_id,grade_category\nx,1\n",
            "gives no efficiency_score, and to work it out it lacks start_time, end_time, avg_heartrate, "
            "start_heartrate, end_heartrate, avg_speed, elevation_gain.",
        ),
        ((FIVE + "s2,0,9\n").encode(), "line 7: segment_id 's2' stands on line 3 already."),
        ((FIVE + ",0,9\n").encode(), "line 7: this segment has no segment_id."),
        ((FIVE + "s6,0,inf\n").encode(), "line 7: efficiency_score is 'inf', no number to reckon with."),
        ((FIVE + "s6,0,1e999\n").encode(), "efficiency_score is '1e999', no number to reckon with."),
        ((FIVE + "s6,0,good\n").encode(), "efficiency_score is 'good', no number to reckon with."),
        ((FIVE + "s6,0\n").encode(), "line 7: 2 values, where the first line names 3 columns."),
        ((FIVE + 's6,"0,1\n').encode(), "this is no CSV (unexpected end of data)."),
        (FIVE.replace("grade_category", "segment_id").encode(), "has the column segment_id twice."),
        (b"segment_id,grade_category,efficiency_score,start_time\na,1,2,noon\n", "start_time is 'noon', no time"),
        (
            ("segment_id,grade_category,efficiency_score,weather_id\n" + "".join(f"{n},1,2,{n}\n" for n in range(501)))
            .encode(),
            "weather_id has 501 different values. Is it another column?",
        ),
        (b"segment_id,grade_category,efficiency_score\n" + b"x,1,2\n" * 100_001, "has more than 100,000 segments."),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_file_that_cannot_be_right_is_refused(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    source.write_bytes(content)
    said = refused(source, target, capsys)
    assert says in said
    assert str(source) in said
    assert not target.exists()


def test_a_file_that_is_not_there_is_told(source: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{source} cannot be read: No such file or directory." in refused(source, target, capsys)


def test_a_folder_is_no_export(tmp_path: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{tmp_path} cannot be read: Is a directory." in refused(tmp_path, target, capsys)


def test_the_export_itself_is_never_written_over(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text(FIVE)
    link = tmp_path / "link.csv"
    link.symlink_to(source)
    assert "is the file to read. Name another to write." in refused(source, link, capsys)
    assert source.read_text() == FIVE


@pytest.mark.parametrize("place", ["nowhere/zones.csv", "segments.csv/zones.csv", ".", "x" * 300])
def test_a_place_that_cannot_be_written_is_told(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    source.write_text(FIVE)
    assert f"{tmp_path / place} cannot be written: " in refused(source, tmp_path / place, capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["segments.csv"]


def test_a_file_at_the_target_is_replaced_with_its_rights(judge: Judge, target: Path) -> None:
    target.write_text("old")
    target.chmod(0o600)
    assert len(judge(FIVE)) == 5
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_file_at_the_target_survives_a_refusal(
    source: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target.write_text("old")
    source.write_text(SHORT + "a,1,inf\n")
    refused(source, target, capsys)
    assert target.read_text() == "old"


def test_a_link_at_the_target_goes_on_leading_there(judge: Judge, target: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("old")
    target.symlink_to(kept)
    assert len(judge(FIVE)) == 5
    assert target.is_symlink()
    assert kept.read_text().startswith("segment_id,")


def test_a_disk_that_is_full_is_told(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source.write_text(FIVE)
    assert "/dev/full cannot be written: No space left on device." in refused(source, Path("/dev/full"), capsys)


def test_zones_that_could_not_be_written_whole_leave_nothing_behind(
    source: Path, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text(FIVE)
    target.write_text("old")
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        said = refused(source, target, capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
    assert "cannot be written: File too large." in said
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"segments.csv": FIVE, "zones.csv": "old"}


def test_a_pipe_is_written_to_as_it_is(source: Path, target: Path) -> None:
    source.write_text(FIVE)
    os.mkfifo(target)
    reading = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert cli.main(command(source, target)) == 0
        assert os.read(reading, 10_000).decode().splitlines()[1] == "s1,very_low,very_low"
    finally:
        os.close(reading)


@pytest.mark.parametrize("words", [["zones"], ["zones", "--method", "guess", "a", "b"], ["zones", "a", "b"]])
def test_a_command_that_cannot_be_read_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_other_commands_do_not_load_scipy() -> None:
    asked = "import sys; from app import cli; cli._parser(); print('scipy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout == "False\n"
