"""JSON objects of any number of keys, as SQL."""

import re
from collections.abc import Sequence

PAIRS_PER_CALL = 50  # a function takes at most 100 arguments
RESPONSE_KEY = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")  # a GraphQL name: it may stand between quotes as it is


def build_object(pairs: Sequence[tuple[str, str]]) -> str:
    """json_build_object over any number of keys: past fifty, the texts of several are joined."""
    for name, _ in pairs:
        if not RESPONSE_KEY.match(name):
            raise ValueError(name)
    chunks = [pairs[at : at + PAIRS_PER_CALL] for at in range(0, len(pairs), PAIRS_PER_CALL)]
    calls = ["json_build_object(" + ", ".join(f"'{name}', {sql}" for name, sql in chunk) + ")" for chunk in chunks]
    match calls:
        case []:  # everything that was selected is skipped
            return "'{}'::json"
        case [call]:
            return call
        case _:
            inner = " || ',' || ".join(f"left(right(({call})::text, -1), -1)" for call in calls)
            return f"('{{' || {inner} || '}}')::json"
