"""Why a file cannot become a run, each said so that a runner knows what to do about it."""

from collections.abc import Iterable

from domain.shared.errors import Invalid, TooLarge, Unsupported


class NotARecording(Unsupported):
    """The bytes are none of the formats."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a FIT, GPX or TCX file (nor a .gz or .zip of them). Export the run in one of these."
        )


class EmptyFile(Invalid):
    """The file holds no bytes, or an archive no files."""

    def __init__(self) -> None:
        super().__init__("The file is empty. Export the run again: the download was probably interrupted.")


class NothingReadable(Invalid):
    """It is one of the formats, but breaks before its first points."""

    def __init__(self, format_name: str) -> None:
        super().__init__(
            f"This {format_name} file is cut off or damaged before its first point, so nothing of the run could be "
            "read. Copy it from the watch again, or export it again."
        )


class NoPoints(Invalid):
    """It can be read, but holds no two points of a run."""

    def __init__(self) -> None:
        super().__init__("The file has no two points of one run that could be used, so there is no run in it.")


class TooManyPoints(TooLarge):
    """More points than any run has."""

    def __init__(self, max_points: int) -> None:
        super().__init__(f"The file has more than {max_points:,} points, which is more than any run needs.")


class NoTimes(Invalid):
    """Its points carry no time that can be used."""

    def __init__(self) -> None:
        super().__init__(
            "No point of this file has a usable time, and a run needs times: without them nobody knows when it was or "
            "how fast. It may be a planned route; export the recorded activity instead."
        )


class PlannedNotRun(Unsupported):
    """A course, a workout or settings, but nothing that was run."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"This file is a {kind}, not a recorded run. Export the recorded activity instead.")


class NotARun(Unsupported):
    """It was recorded in another sport."""

    def __init__(self, sports: Iterable[str]) -> None:
        names = " and ".join(sorted(set(sports)))
        super().__init__(f"There is no run in this file: its sport is {names}. Cairn takes running only.")


class XmlEntities(Unsupported):
    """The XML declares entities or a document type: a way to make a small file huge or to read other files."""

    def __init__(self) -> None:
        super().__init__(
            "The file declares XML entities or a document type, which Cairn never expands. "
            "No watch writes these; export the run again."
        )


class FileTooLarge(TooLarge):
    """One file is larger than is taken, packed or unpacked."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file is larger than {_megabytes(max_bytes)} unpacked, which is more than any run needs.")


class ArchiveTooLarge(TooLarge):
    """An archive unpacks to more than is taken."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            f"The archive unpacks to more than {_megabytes(max_bytes)}. What came before this point was read; "
            "send the rest in smaller archives."
        )


class TooManyFiles(TooLarge):
    """An archive holds more files than are taken at once."""

    def __init__(self, max_files: int) -> None:
        super().__init__(f"The archive holds more than {max_files} files. Split it into smaller ones.")


class DamagedArchive(Invalid):
    """A .gz or .zip, or one file in it, cannot be unpacked."""

    def __init__(self) -> None:
        super().__init__("It cannot be unpacked: the archive is cut off or damaged. Pack it or download it again.")


class NestedArchive(Unsupported):
    """An archive inside an archive."""

    def __init__(self) -> None:
        super().__init__("This is an archive inside an archive. Unpack it first and send the files in it.")


class EncryptedFile(Unsupported):
    """A file in an archive is locked with a password."""

    def __init__(self) -> None:
        super().__init__("This file is locked with a password. Pack it again without one.")


class NamelessFile(Invalid):
    """A path in an archive that names no file."""

    def __init__(self) -> None:
        super().__init__("The archive gives this file no usable name. Pack the files again.")


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:g} MB"
