"""What the options of the watch may be: nonsense is refused at once, not counted as failures later."""

import argparse
import math
from urllib.parse import urlsplit


def seconds(word: str) -> float:
    """For how long to watch."""
    try:
        told = float(word)
    except ValueError:
        told = math.nan
    if not 0 < told < math.inf:
        raise argparse.ArgumentTypeError(f"{word} is no time to watch: it takes a number of seconds above 0.")
    return told


def api_url(word: str) -> str:
    """An API's address, to which paths can be added."""
    try:
        parts = urlsplit(word)
        _ = parts.port  # refuses what is no number
    except ValueError as refusal:
        raise argparse.ArgumentTypeError(f"{word} is no address: {refusal}.") from refusal
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{word} is no address of an API: http://127.0.0.1:8080 would be one.")
    return word.rstrip("/").removesuffix("/graphql")
