"""The Accept header decides which kind of answer comes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.edge.http.negotiation import GRAPHQL_JSON, JSON, accepted_by
from app.edge.refusals import RequestRefused

BROWSER = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
APOLLO = b"application/graphql-response+json,application/json;q=0.9"
URQL = b"application/graphql-response+json, application/graphql+json, application/json, text/event-stream"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (b"", JSON),
        (b" ", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/json", JSON),
        (b"application/json, */*", JSON),
        (b"APPLICATION/JSON; charset=utf-8", JSON),
        (b"application/graphql-response+json", GRAPHQL_JSON),
        (b"application/json, application/graphql-response+json", GRAPHQL_JSON),
        (b"application/json;q=0.9, application/graphql-response+json;q=0.8", JSON),
        (b"application/graphql-response+json;q=0, */*", JSON),
        (b"application/json;q=0, application/*;q=0.1", JSON if False else GRAPHQL_JSON),
        (b"application/json;q=0, application/*;q=0.1", GRAPHQL_JSON),
        (APOLLO, GRAPHQL_JSON),
        (URQL, GRAPHQL_JSON),
        (BROWSER, JSON),
        (b"application/json;q=nonsense", JSON),
        (b"text/event-stream", None),
        (b"text/html", None),
        (b"application/json;q=0", None),
        (b"*/*;q=0", None),
    ],
)
def test_json_comes_in_the_kind_that_is_liked_better(header: bytes, kind: str | None) -> None:
    assert accepted_by(header).json == kind


@pytest.mark.parametrize(("header", "lenient"), [(b"application/json", True), (b"*/*", False), (APOLLO, False)])
def test_only_who_names_the_old_type_alone_is_an_old_client(header: bytes, lenient: bool) -> None:
    assert accepted_by(header).lenient is lenient


@pytest.mark.parametrize(
    ("header", "taken", "liked"),
    [
        (b"text/event-stream", True, True),
        (b"text/event-stream, */*", True, True),
        (b"text/event-stream, application/json;q=0.5", True, True),
        (URQL, True, False),
        (b"*/*", False, False),
        (b"text/*", False, False),
        (b"text/event-stream;q=0", False, False),
    ],
)
def test_an_event_stream_comes_to_those_alone_who_name_it(header: bytes, taken: bool, liked: bool) -> None:
    accepted = accepted_by(header)

    assert (accepted.events, accepted.likes_events) == (taken, liked)


@pytest.mark.parametrize(
    ("header", "liked"),
    [(BROWSER, True), (b"text/html", True), (b"text/html, application/json", False), (b"*/*", False), (b"", False)],
)
def test_a_browser_that_opens_an_address_likes_a_page_best(header: bytes, liked: bool) -> None:
    assert accepted_by(header).likes_page is liked


@pytest.mark.parametrize("header", [b"text/html", b"image/png", b"application/json;q=0"])
def test_who_takes_nothing_that_there_is_is_told_so(header: bytes) -> None:
    with pytest.raises(RequestRefused) as refused:
        accepted_by(header).require_any()

    assert refused.value.status == 406


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_header_is_too_odd_to_be_read(header: bytes) -> None:
    assert accepted_by(header).json in (JSON, GRAPHQL_JSON, None)
