"""Whatever bytes come in, only recordings or refusals come out."""

import gzip
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.facts import facts_of
from domain.runs.refusals import (
    EmptyFile,
    FileTooLarge,
    NestedArchive,
    NotARecording,
    NothingReadable,
    TooManyPoints,
    XmlEntities,
)
from domain.shared.errors import DomainError
from infrastructure.formats import points
from infrastructure.formats.decode import decode
from infrastructure.formats.files import WatchFiles
from infrastructure.formats.points import Points, clean
from infrastructure.formats.xml import listen
from tests.factories.recordings import a_hilly_course, fit_bytes, gpx_bytes, tcx_bytes, zipped

COURSE = a_hilly_course(30)
FILES = (fit_bytes(COURSE, pauses=[(10, 20)]), gpx_bytes(COURSE), tcx_bytes(COURSE))
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><gpx><trk><name>&i;</name></trk></gpx>"
)


def assert_decodes_or_refuses(content: bytes) -> None:
    try:
        recordings = decode("run.fit", content)
    except DomainError:
        return
    assert recordings
    for recording in recordings:
        assert np.isfinite(facts_of(recording).distance_m)


@given(st.binary(max_size=300))
def test_random_bytes_never_crash(content: bytes) -> None:
    assert_decodes_or_refuses(content)
    for magic in (FILES[0][:14], b"<gpx>", b"<?xml version='1.0'?><TrainingCenterDatabase>", b"\x1f\x8b\x08"):
        assert_decodes_or_refuses(magic + content)


@given(st.sampled_from(FILES), st.floats(0, 1))
def test_a_file_cut_off_anywhere_never_crashes(content: bytes, share: float) -> None:
    assert_decodes_or_refuses(content[: int(len(content) * share)])


@given(st.sampled_from(FILES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_file_with_wrong_bytes_never_crashes(content: bytes, changes: list[tuple[float, int]]) -> None:
    changed = bytearray(content)
    for share, byte in changes:
        changed[int(share * (len(changed) - 1))] = byte
    assert_decodes_or_refuses(bytes(changed))


@given(st.sampled_from(FILES), st.floats(0, 1), st.integers(1, 40))
def test_a_file_with_lost_bytes_never_crashes(content: bytes, share: float, lost: int) -> None:
    at = int(share * len(content))
    assert_decodes_or_refuses(content[:at] + content[at + lost :])


@given(st.lists(st.floats(-1e12, 1e12), max_size=40), st.randoms(use_true_random=False))
def test_whatever_times_come_they_rise_or_are_refused(epoch_s: list[float], noise: Any) -> None:
    columns = {
        name: np.array([noise.choice([np.nan, np.inf, noise.uniform(-1e6, 1e6)]) for _ in epoch_s])
        for name in points.PLAUSIBLE
    }
    try:
        cleaned = clean(Points({"epoch_s": np.array(epoch_s), **columns}))
    except DomainError:
        return
    lost = sum(part.count for part in cleaned.set_aside)
    assert len(cleaned.samples) + lost <= len(epoch_s)
    assert cleaned.samples.has_distance == bool(np.isfinite(cleaned.samples.latitude).any())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_are_refused_and_never_expanded(encoding: str) -> None:
    with pytest.raises(XmlEntities, match="entities"):
        decode("run.gpx", LAUGHS.encode(encoding))


def test_nothing_of_a_file_with_a_document_type_is_heard_before_it_is_refused() -> None:
    heard: list[str] = []

    class Ear:
        def opened(self, name: str, _attributes: dict[str, str]) -> None:
            heard.append(name)

        def closed(self, name: str, text: str) -> None:
            heard.append(text)

    with pytest.raises(XmlEntities):
        listen(b"<!DOCTYPE gpx><gpx><trk/></gpx>", Ear())
    assert heard == []


def test_a_document_type_that_names_another_file_is_refused() -> None:
    with pytest.raises(XmlEntities):
        decode("run.gpx", b'<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>')


@pytest.mark.parametrize("content", [b"", b"  \n", bytes(400)])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    with pytest.raises(EmptyFile):
        decode("run.fit", content)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"<html><body/></html>", b"a,b,c\n1,2,3\n", b"PK\x07\x08"])
def test_another_format_is_refused(content: bytes) -> None:
    with pytest.raises(NotARecording):
        decode("run.fit.txt", content)


def test_a_file_cut_off_in_its_first_bytes_is_told_by_its_name() -> None:
    with pytest.raises(NothingReadable, match="FIT"):
        decode("run.fit", FILES[0][:10])
    with pytest.raises(NothingReadable, match="GPX"):
        decode("run.gpx.gz", gzip.compress(FILES[1][:45]))


@pytest.mark.parametrize("content", FILES)
def test_a_gzipped_file_is_read_as_it_is(content: bytes) -> None:
    assert len(decode("run.gz", gzip.compress(content))) == 1


def test_spaces_before_the_xml_are_forgiven() -> None:
    assert len(decode("run.tcx", b"          " + FILES[2])) == 1


def test_a_zip_is_not_one_file() -> None:
    with pytest.raises(NestedArchive):
        decode("run.zip", zipped(("run.fit", FILES[0])))


def test_more_points_than_any_run_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "MAX_POINTS", 20)
    for content in FILES:
        with pytest.raises(TooManyPoints):
            decode("run", content)


def test_the_port_unpacks_and_decodes() -> None:
    files = WatchFiles(max_file_bytes=1_000_000)
    archive = zipped(*((f"{number}.bin", content) for number, content in enumerate(FILES)))
    assert files.is_archive(archive)
    for packed in files.unpack("runs.zip", archive):
        assert packed.content is not None
        assert len(files.decode(packed.name, packed.content)) == 1


def test_the_bound_that_is_set_is_the_bound_that_holds() -> None:
    files, packed = WatchFiles(max_file_bytes=1_000), gzip.compress(b"<gpx>" + b" " * 2_000)
    with pytest.raises(FileTooLarge):
        files.decode("a.gpx.gz", packed)
