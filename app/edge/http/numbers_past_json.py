"""Numbers that many writers put into JSON and that JSON does not have: which of a body's it is that cannot be read."""

import json
from math import isfinite

LONGEST_BODY = 65_536  # bytes: a longer one is not worth the time of all others to look for it
LONGEST_PATH = 200
Path = tuple["Path", object] | None  # what is around, and the name or the place in it


def first_past_json(body: bytes) -> str | None:
    """Where in a body, as `variables.mass`, NaN, an infinity or a number past all floats stands first.

    None where that is not what is wrong with it, where the body is long, or the path longer than anybody reads.
    """
    if len(body) > LONGEST_BODY:
        return None
    try:
        decoded = json.loads(body.decode(), parse_int=float)
    except (ValueError, RecursionError):
        return None
    left: list[tuple[Path, object]] = [(None, decoded)]
    while left:
        path, value = left.pop()
        if isinstance(value, float) and not isfinite(value):
            told = _told(path)
            return told if len(told) <= LONGEST_PATH else None
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        left += reversed([((path, name), one) for name, one in inside])
    return None


def _told(path: Path) -> str:
    names: list[str] = []
    while path is not None:
        path, name = path
        names.append(str(name))
    return ".".join(reversed(names))
