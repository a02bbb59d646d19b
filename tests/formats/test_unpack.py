"""Archives: bounded, each file on its own, and no path gets out."""

import gzip
import struct
import tracemalloc
import zlib
from hashlib import shake_128

import pytest

from domain.runs.imports import PackedFile
from domain.runs.refusals import (
    ArchiveTooLarge,
    DamagedArchive,
    EmptyFile,
    EncryptedFile,
    FileTooLarge,
    NamelessFile,
    NestedArchive,
    TooManyFiles,
)
from domain.shared.errors import DomainError
from infrastructure.formats.unpack import is_zip, plain_name, unpack
from tests.factories.recordings import zipped

MB = 1_000_000


def unpacked(content: bytes, name: str = "upload.zip") -> list[tuple[str, bytes | type[DomainError] | None]]:
    return [(file.name, type(file.refusal) if file.refusal else file.content) for file in unpack(name, content)]


def test_a_plain_file_comes_back_as_it_is() -> None:
    assert unpacked(b"abc", "run.fit") == [("run.fit", b"abc")]


def test_a_gzip_gives_its_file() -> None:
    assert unpacked(gzip.compress(b"abc"), "run.fit.gz") == [("run.fit", b"abc")]


def test_a_gzip_of_several_parts_gives_them_all() -> None:
    assert unpacked(gzip.compress(b"abc") + gzip.compress(b"def"), "run.fit.gz") == [("run.fit", b"abcdef")]


def test_a_large_part_of_a_gzip_hides_none_behind_it() -> None:
    large = shake_128(b"").digest(65_536) + b"a" * 300_000
    packed = gzip.compress(large, 1) + gzip.compress(b"behind")
    assert unpacked(packed, "run.gpx.gz") == [("run.gpx", large + b"behind")]


def test_a_gzip_of_more_parts_than_anybody_writes_is_refused() -> None:
    packed = gzip.compress(b"") * 10_000 + gzip.compress(b"behind")
    assert unpacked(packed, "run.gpx.gz") == [("run.gpx.gz", DamagedArchive)]


def test_a_large_gzip_is_unpacked_to_its_last_byte() -> None:
    content = bytes(range(256)) * 10_000
    assert unpacked(gzip.compress(content), "run.fit.gz") == [("run.fit", content)]


def test_of_a_gzip_that_is_cut_off_the_beginning_is_kept() -> None:
    content = bytes(range(256)) * 10_000
    ((_, beginning),) = unpacked(gzip.compress(content)[:-500], "run.fit.gz")
    assert isinstance(beginning, bytes)
    assert beginning
    assert content.startswith(beginning)


def test_a_gzip_of_rubbish_is_refused() -> None:
    assert unpacked(b"\x1f\x8b rubbish", "run.fit.gz") == [("run.fit.gz", DamagedArchive)]


def test_a_gzip_larger_than_one_file_may_be_is_refused() -> None:
    (refused,) = unpack("a.gz", gzip.compress(bytes(2000)), 1999)
    (taken,) = unpack("a.gz", gzip.compress(bytes(2000)), 2000)
    assert isinstance(refused.refusal, FileTooLarge)
    assert taken.content == bytes(2000)


def test_a_zip_gives_its_files_in_order() -> None:
    assert unpacked(zipped(("b.gpx", b"1"), ("a/c.tcx", b"2"))) == [("b.gpx", b"1"), ("c.tcx", b"2")]


def test_a_gzip_in_a_zip_is_unpacked_too() -> None:
    assert unpacked(zipped(("run.fit.gz", gzip.compress(b"1")))) == [("run.fit", b"1")]


def test_folders_and_what_systems_leave_behind_are_passed_over() -> None:
    members = ("runs/", b""), ("__MACOSX/a.fit", b"x"), (".DS_Store", b"x"), ("runs/._a.fit", b"x"), ("a.fit", b"1")
    assert unpacked(zipped(*members)) == [("a.fit", b"1")]


@pytest.mark.parametrize("path", ["../../etc/run.fit", "/etc/run.fit", "..\\..\\run.fit", "C:\\runs\\run.fit"])
def test_a_path_in_an_archive_is_only_a_name(path: str) -> None:
    assert unpacked(zipped((path, b"1"))) == [("run.fit", b"1")]


def test_a_path_that_names_no_file_is_refused() -> None:
    assert unpacked(zipped(("runs/..", b"1"), ("a.fit", b"2"))) == [("(no name)", NamelessFile), ("a.fit", b"2")]


@pytest.mark.parametrize(
    "inner", [zipped(("a.fit", b"1")), gzip.compress(zipped(("a.fit", b"1")))], ids=["zip", "gzip"]
)
def test_an_archive_in_an_archive_is_refused_and_the_rest_goes_on(inner: bytes) -> None:
    files = unpacked(zipped(("inner.zip", inner), ("b.fit", b"2")))
    assert files == [("inner.zip", NestedArchive), ("b.fit", b"2")]


def test_a_locked_file_is_refused_and_the_rest_goes_on() -> None:
    content = bytearray(zipped(("a.fit", b"1"), ("b.fit", b"2")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert unpacked(bytes(content)) == [("a.fit", EncryptedFile), ("b.fit", b"2")]


def test_a_damaged_file_is_refused_and_the_rest_goes_on() -> None:
    content = bytearray(zipped(("a.fit", bytes(range(200))), ("b.fit", b"2")))
    content[len("a.fit") + 30 + 20] ^= 0xFF
    assert unpacked(bytes(content)) == [("a.fit", DamagedArchive), ("b.fit", b"2")]


def test_a_damaged_zip_is_refused() -> None:
    assert unpacked(zipped(("a.fit", b"1"))[:40]) == [("upload.zip", DamagedArchive)]


def test_a_zip_with_nothing_to_read_is_refused() -> None:
    assert unpacked(zipped(("runs/", b""))) == [("upload.zip", EmptyFile)]


def test_five_hundred_files_are_taken_and_one_more_is_not() -> None:
    members = [(f"{number}.fit", b"1") for number in range(501)]
    assert len(unpacked(zipped(*members[:500]))) == 500
    assert unpacked(zipped(*members)) == [("upload.zip", TooManyFiles)]


def test_a_file_over_the_bound_is_refused_and_the_rest_goes_on() -> None:
    files = unpacked(zipped(("a.fit", bytes(50 * MB + 1)), ("b.fit", b"2")))
    assert files == [("a.fit", FileTooLarge), ("b.fit", b"2")]


def test_a_zip_that_unpacks_to_too_much_is_refused_from_there_on() -> None:
    large = bytes(45 * MB)
    files = [*unpack("upload.zip", zipped(*((f"{number}.fit", large) for number in range(6))))]
    assert [file.refusal for file in files[:4]] == [None] * 4
    assert (files[4].name, type(files[4].refusal)) == ("upload.zip", ArchiveTooLarge)
    assert len(files) == 5


def test_files_that_are_refused_for_their_size_count_towards_the_whole() -> None:
    members = [(f"{number}.fit", bytes(51 * MB)) for number in range(6)]
    refusals = [type(file.refusal) for file in unpack("upload.zip", zipped(*members))]
    assert refusals[-1] is ArchiveTooLarge
    assert len(refusals) <= 5


def test_a_bomb_whose_header_lies_about_its_size_stays_bounded_in_memory() -> None:
    bomb = bytearray(zipped(("a.fit", bytes(300 * MB))))
    directory = bomb.index(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = struct.pack("<I", 10)
    bomb[22:26] = struct.pack("<I", 10)
    tracemalloc.start()
    files = [*unpack("upload.zip", bytes(bomb), MB)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(file.refusal) for file in files] in ([FileTooLarge], [DamagedArchive])
    assert peak < 10 * MB


def test_a_gzip_bomb_stays_bounded_in_memory() -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(squeeze.compress(bytes(MB)) for _ in range(300)) + squeeze.flush()
    tracemalloc.start()
    (file,) = unpack("a.fit.gz", bomb, MB)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(file.refusal, FileTooLarge)
    assert peak < 10 * MB


def test_only_a_zip_counts_as_an_archive() -> None:
    assert is_zip(zipped(("a.fit", b"1")))
    assert is_zip(zipped())
    assert not is_zip(gzip.compress(b"1"))


def test_a_name_keeps_no_control_characters() -> None:
    assert plain_name("ru\x00n\x1b[31m.fit") == "run[31m.fit"


def test_what_is_unpacked_is_said_in_the_imports_own_words() -> None:
    assert isinstance(next(unpack("run.fit", b"abc")), PackedFile)
