"""Addresses of servers, looked at before anything dials them; they carry passwords, so a fault never repeats them."""

from urllib.parse import SplitResult, urlsplit

DATABASE_SCHEMES = ("postgresql", "postgres")
REDIS_SCHEMES = ("redis", "rediss", "unix")
PERCENT_FORM = "in a password, write special characters in percent form, such as %2F for /"


def fault_of_database(url: str) -> str | None:
    """What is wrong with a PostgreSQL address, or None."""
    parts = _split(url, DATABASE_SCHEMES)
    return parts if isinstance(parts, str) else _fault_of_hosts(parts)


def fault_of_redis(url: str) -> str | None:
    """What is wrong with a Redis address, or None."""
    parts = _split(url, REDIS_SCHEMES)
    if isinstance(parts, str):
        return parts
    if parts.scheme == "unix":
        return None if parts.path else "names no socket after unix://."
    if parts.path.strip("/") and not parts.path.strip("/").isdecimal():
        return "must end in the number of a database, or in none."
    return _fault_of_hosts(parts)


def fault_of_web(url: str) -> str | None:
    """What is wrong with the address of a web server, or None."""
    parts = _split(url, ("https", "http"))
    if isinstance(parts, str):
        return parts
    return _fault_of_hosts(parts) if parts.netloc else "names no host."


def _split(url: str, schemes: tuple[str, ...]) -> SplitResult | str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"is no address that can be read; {PERCENT_FORM}."
    if parts.scheme not in schemes:
        return f"must start with {' or '.join(f'{scheme}://' for scheme in schemes)}."
    return parts


def _fault_of_hosts(parts: SplitResult) -> str | None:
    """PostgreSQL takes several hosts by commas, each with a port of its own."""
    for host in parts.netloc.rpartition("@")[2].split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if port and not (port.isdecimal() and 0 < int(port) <= 65535):
            return f"has a port that is no number from 1 to 65535; {PERCENT_FORM}."
    return None
