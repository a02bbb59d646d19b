"""The RecordingFiles port on this folder's decoders."""

from collections.abc import Iterator

from domain.runs.imports import PackedFile
from domain.runs.recording import Recording
from infrastructure.formats.decode import decode
from infrastructure.formats.unpack import is_zip, unpack


class WatchFiles:
    """See RecordingFiles."""

    def __init__(self, *, max_file_bytes: int) -> None:
        self._max_file_bytes = max_file_bytes

    def is_archive(self, content: bytes) -> bool:
        """See RecordingFiles.is_archive."""
        return is_zip(content)

    def unpack(self, file_name: str, content: bytes) -> Iterator[PackedFile]:
        """See RecordingFiles.unpack."""
        return unpack(file_name, content, self._max_file_bytes)

    def decode(self, file_name: str, content: bytes) -> list[Recording]:
        """See RecordingFiles.decode."""
        return decode(file_name, content, self._max_file_bytes)
