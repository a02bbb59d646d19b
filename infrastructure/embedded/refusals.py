"""Why Cairn's own servers do not start, in one line that an operator understands."""

import errno
from pathlib import Path

from domain.shared.errors import OperatorError

ELSEWHERE = "Choose another folder with --data-dir or CAIRN_DATA_DIR."


class CannotStart(OperatorError):
    """The embedded servers do not start on this folder; the text says why and what to do."""


def unusable(folder: Path, error: OSError) -> CannotStart:
    """What the operating system's refusal means for somebody who chose `folder` as the data folder."""
    match error.errno:
        case errno.EROFS:
            return CannotStart(f"The data folder {folder} cannot be written: its disk is read-only. {ELSEWHERE}")
        case errno.EACCES | errno.EPERM:
            return CannotStart(f"The data folder {folder} is closed to this user ({_reason(error)}). {ELSEWHERE}")
        case errno.ENOTDIR | errno.EEXIST:
            return CannotStart(f"The data folder {folder} is a file, or lies below one. {ELSEWHERE}")
        case errno.ENOSPC | errno.EDQUOT:
            return CannotStart(f"The disk of the data folder {folder} is full. Free some space there. {ELSEWHERE}")
        case _:
            return CannotStart(f"The data folder {folder} cannot be used ({_reason(error)}). {ELSEWHERE}")


def _reason(error: OSError) -> str:
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}"
