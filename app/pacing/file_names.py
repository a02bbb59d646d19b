"""What a file is called on the disk of whoever downloads it, whatever its course is called."""

import unicodedata
from urllib.parse import quote

MOST_BYTES = 150  # with room for what a browser appends, on file systems that take 255
OTHERWISE = "throttle-plan"
# What some system does not have in a file's name.
FORBIDDEN = frozenset('\\/:*?"<>|%')


def content_disposition(kind: str, name: str, suffix: str) -> str:
    """The header (RFC 6266) that has a file saved as `name` and `suffix`, for old clients in ASCII.

    `kind` is `inline` or `attachment`.
    """
    whole = _plain(name) or OTHERWISE
    ascii_only = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    old = _plain(ascii_only) or OTHERWISE
    return f"{kind}; filename=\"{old}{suffix}\"; filename*=UTF-8''{quote(whole + suffix, safe='')}"


def _plain(name: str) -> str:
    """The name without characters that no file's name may have, or that show it as another; no hidden file's."""
    shown = "".join(" " if _unfit(letter) else letter for letter in name)
    cut = " ".join(shown.split()).encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore")
    return cut.strip(" .")


def _unfit(letter: str) -> bool:
    return letter in FORBIDDEN or unicodedata.category(letter)[0] in "CZ"
