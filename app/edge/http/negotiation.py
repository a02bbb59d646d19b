"""Which kind of answer a client likes best, by its Accept header (RFC 9110, 12.5.1; GraphQL over HTTP)."""

from dataclasses import dataclass
from functools import lru_cache

from app.edge.refusals import RequestRefused

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENTS = "text/event-stream"
HTML = "text/html"
NOTHING_FITS = f"The answer would be {GRAPHQL_JSON}, {JSON} or {EVENTS}, and your Accept header takes none of them."

Rank = tuple[float, bool]  # the quality, and whether the type is named as it is rather than by a wildcard
NOT_TAKEN: Rank = (0.0, False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What one Accept header comes to."""

    json: str | None  # the media type of a JSON answer; None when neither is taken
    events: bool  # an event stream is taken
    likes_events: bool  # an event stream is liked better than JSON
    likes_page: bool  # a page to look at is liked better than JSON
    # application/json is asked for by its name: by GraphQL over HTTP such clients look at `errors` and not at the
    # status, so that a well-formed request whose document is at fault is answered with 200.
    lenient: bool

    def require_any(self) -> None:
        """Raise RequestRefused (406) unless some kind of answer would do."""
        if self.json is None and not self.events:
            raise RequestRefused.because(NOTHING_FITS, status=406)


def accepted_by(header: bytes) -> Accepted:
    """What an Accept header comes to; an empty one is none, which takes everything."""
    return _remembered(header) if len(header) < 300 else _read(header)


def _read(header: bytes) -> Accepted:
    ranges = dict(_range(part) for part in (header.decode("latin-1").strip() or "*/*").split(",") if part.strip())
    json, graphql_json = _rank(ranges, JSON), _rank(ranges, GRAPHQL_JSON)
    # A wildcard alone is taken as the older type, unless that is ruled out.
    modern = graphql_json >= json and (graphql_json[1] or json == NOT_TAKEN)
    best, events = max(json, graphql_json), _rank(ranges, EVENTS)
    return Accepted(
        json=(GRAPHQL_JSON if modern else JSON) if best[0] else None,
        lenient=not modern and json[1],
        events=events[0] > 0 and events[1],
        likes_events=events[1] and events > best,
        likes_page=_rank(ranges, HTML)[1] and _rank(ranges, HTML) > best,
    )


_remembered = lru_cache(maxsize=256)(_read)


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (word.strip().lower() for word in part.split(";"))
    return kind, next((_quality(word[2:]) for word in parameters if word.startswith("q=")), 1.0)


def _quality(text: str) -> float:
    """0 to 1; what is no such number counts as if it were not there."""
    plain = text.replace(".", "", 1)
    return min(float(text), 1.0) if plain.isascii() and plain.isdecimal() and len(text) < 10 else 1.0


def _rank(ranges: dict[str, float], kind: str) -> Rank:
    """What the most specific range that holds the type says of it."""
    if kind in ranges:
        return (ranges[kind], True) if ranges[kind] else NOT_TAKEN
    for wildcard in (kind.partition("/")[0] + "/*", "*/*"):
        if wildcard in ranges:
            return ranges[wildcard], False
    return NOT_TAKEN
