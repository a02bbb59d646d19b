"""Which files an import was asked for, and how many go together."""

from pathlib import Path

import pytest

from app.runs.import_sources import BATCH_FILES, Source, batches, sources


@pytest.fixture
def some() -> list[Source]:
    """Files of ten bytes."""
    return [Source(Path(f"{at}.fit"), 10) for at in range(2 * BATCH_FILES + 1)]


def test_a_batch_has_at_most_so_many_files(some: list[Source]) -> None:
    sizes = [len(batch) for batch in batches(some, most_bytes=10**9)]
    assert sizes == [BATCH_FILES, BATCH_FILES, 1]


def test_a_batch_has_at_most_so_many_bytes(some: list[Source]) -> None:
    assert [len(batch) for batch in batches(some[:5], most_bytes=20)] == [2, 2, 1]


def test_a_file_past_the_bytes_of_a_batch_goes_alone(some: list[Source]) -> None:
    files = [some[0], Source(Path("large.fit"), 99), some[1]]
    assert [len(batch) for batch in batches(files, most_bytes=20)] == [1, 1, 1]


def test_a_file_that_is_named_twice_is_sent_once(tmp_path: Path) -> None:
    (tmp_path / "run.fit").touch()
    (tmp_path / "same.fit").symlink_to(tmp_path / "run.fit")
    assert len(list(sources([tmp_path / "run.fit", tmp_path, tmp_path / "same.fit"]))) == 1


def test_what_is_no_file_is_refused() -> None:
    assert [source.refusal for source in sources([Path("/dev/null")])] == ["This is no file."]
