"""Any file a runner may have, made into recordings: the format is told from the content, never only from the name."""

from domain.runs.recording import Recording
from domain.runs.refusals import EmptyFile, NestedArchive, NotARecording, NothingReadable
from infrastructure.formats.fit import decode_fit, is_fit
from infrastructure.formats.gpx import decode_gpx
from infrastructure.formats.tcx import decode_tcx
from infrastructure.formats.unpack import MAX_FILE_BYTES, gunzipped, is_zip
from infrastructure.formats.xml import looks_like_xml, root_name

XML_FORMATS = {"gpx": decode_gpx, "TrainingCenterDatabase": decode_tcx}


def decode(file_name: str, content: bytes, max_file_bytes: int = MAX_FILE_BYTES) -> list[Recording]:
    """The runs in one file, at least one; it may be gzipped, but is no zip.

    Whatever the bytes are, only a DomainError of domain.runs.refusals comes out; the name serves to tell a file that
    breaks in its first bytes from one that never was a recording.
    """
    if is_zip(content):
        raise NestedArchive
    content = gunzipped(content, max_file_bytes)
    if not content.strip(b"\0 \t\r\n"):
        raise EmptyFile
    if is_fit(content):
        return decode_fit(content)
    if looks_like_xml(content) and (decode_xml := XML_FORMATS.get(root_name(content) or "")):
        return decode_xml(content)
    ending = file_name.lower().removesuffix(".gz").rpartition(".")[2]
    cut_short = ending in ("gpx", "tcx") and looks_like_xml(content) and root_name(content) is None
    if cut_short or (ending == "fit" and len(content) < 12):
        raise NothingReadable(ending.upper())
    raise NotARecording
