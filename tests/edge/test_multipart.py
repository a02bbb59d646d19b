"""Requests with files, by the GraphQL multipart request specification, and all the ways in which they may be wrong."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.edge.test_http import code_of
from tests.factories.edge_world import World

WEIGH = b'{"query": "mutation($files: [Upload]!) { weigh(files: $files) }", "variables": {"files": [null, null]}}'
SIGNED = {"x-cairn-csrf": "1", "authorization": "Bearer ada"}
EACH = b'{"0": ["variables.files.0"], "1": ["variables.files.1"]}'

Part = tuple[str | None, bytes]


async def send(http: httpx.AsyncClient, *parts: tuple[str, Part], **headers: str) -> httpx.Response:
    return await http.post("/graphql", files=list(parts), headers=SIGNED | headers)


def weighing(places: bytes, *files: tuple[str, Part], operations: bytes = WEIGH) -> list[tuple[str, Part]]:
    return [("operations", (None, operations)), ("map", (None, places)), *files]


async def raw(http: httpx.AsyncClient, content: bytes, kind: str) -> httpx.Response:
    return await http.post("/graphql", content=content, headers=SIGNED | {"content-type": kind.encode("latin-1")})


async def test_files_stand_where_the_map_puts_them(http: httpx.AsyncClient) -> None:
    response = await send(http, *weighing(EACH, ("0", ("a.gpx", b"abc")), ("1", ("b.gpx", b"abcde"))))

    assert response.json() == {"data": {"weigh": [3, 5]}}


async def test_a_file_may_stand_in_several_places(http: httpx.AsyncClient) -> None:
    places = b'{"0": ["variables.files.0", "variables.files.1"]}'

    response = await send(http, *weighing(places, ("0", ("a.gpx", b""))))

    assert response.json() == {"data": {"weigh": [0, 0]}}


async def test_files_are_closed_when_the_operation_is_over(http: httpx.AsyncClient, world: World) -> None:
    await send(http, *weighing(EACH, ("0", ("a.gpx", b"abc")), ("1", ("b.gpx", b"x" * 1_500_000))))

    assert [file.file.closed for file in world.files] == [True, True]


@pytest.mark.parametrize("proof", ["x-cairn-csrf", "apollo-require-preflight"])
async def test_either_header_proves_a_form(http: httpx.AsyncClient, proof: str) -> None:
    form = {"operations": (None, b'{"query": "{ hello }"}'), "map": (None, b"{}")}

    response = await http.post("/graphql", files=form, headers={proof: "1", "authorization": "Bearer ada"})

    assert response.json() == {"data": {"hello": "hello you"}}


@pytest.mark.parametrize(
    "places",
    [
        *(b"[1]", b"nonsense", b"", b"null", b'{"0": 5}', b'{"0": [1]}', b'{"0": "variables.files.0"}'),
        *(b'{"0": ["variables.files.2"]}', b'{"0": ["variables.files.-1"]}', b'{"0": ["variables.files.0.x"]}'),
        *(b'{"0": ["variables.files.\\u0663"]}', b'{"0": ["variables.files.99999999999999999999999"]}'),
        *(b'{"0": ["variables.files"]}', b'{"0": ["variables"]}', b'{"0": [""]}', b'{"0": ["."]}'),
        *(b'{"0": ["query"]}', b'{"0": ["operations.variables.files.0"]}', b'{"0": ["variables.__proto__.x"]}'),
        *(b'{"0": ["variables.constructor.prototype.x"]}', b'{"0": ["variables.files.__class__"]}'),
        *(b'{"0": ["variables.files.0", "variables.files.0"]}', b'{"1": ["variables.files.0"]}'),
        *(b'{"map": ["variables.files.0"]}', b'{"0": ["variables.' + b"files." * 5_000 + b'0"]}'),
    ],
    ids=lambda places: repr(places[:40]),
)
async def test_a_map_that_does_not_fit_is_refused(http: httpx.AsyncClient, world: World, places: bytes) -> None:
    response = await send(http, *weighing(places, ("0", ("a.gpx", b"x"))))

    assert (response.status_code, code_of(response), world.files) == (400, "BAD_USER_INPUT", [])


@pytest.mark.parametrize("operations", [b"nonsense", b"[]", b"[" + WEIGH + b"]", b"5", b'{"query": 5}', b"{}"])
async def test_operations_that_are_no_request_are_refused(http: httpx.AsyncClient, operations: bytes) -> None:
    response = await send(http, *weighing(b"{}", operations=operations))

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    "parts",
    [
        [("map", (None, b"{}"))],
        [("operations", (None, WEIGH))],
        [("operations", (None, WEIGH)), ("operations", (None, WEIGH)), ("map", (None, b"{}"))],
        [("operations", ("o.json", WEIGH)), ("map", (None, b"{}"))],
        weighing(EACH, ("0", ("a.gpx", b"x")), ("1", (None, b"a field"))),
        weighing(EACH, ("0", ("a.gpx", b"x")), ("0", ("b.gpx", b"y")), ("1", ("c.gpx", b"z"))),
        weighing(b"{}", *((f"f{n}", (None, b"x")) for n in range(20))),
        weighing(b"{}", *((f"f{n}", ("a", b"")) for n in range(1_100))),
        weighing(b'{"0": ["variables.files.0"]}', ("0", ("x" * 100_000, b"x"))),
        weighing(b'{"0": ["variables.files.0"]}', ("0", ("x" * 5_000, b"x"))),
    ],
    ids=range(10),
)
async def test_parts_that_do_not_fit_are_refused(http: httpx.AsyncClient, parts: list[tuple[str, Part]]) -> None:
    response = await send(http, *parts)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--y\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data\r\n\r\na\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{}'),
        ("multipart/form-data; boundary=x", b"--x\r\n\x00\xff: \xfe\r\n\r\na\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--x--'),
        ('multipart/form-data; boundary="' + "x" * 5_000 + '"', b"--x\r\n"),
        ("multipart/form-data; boundary=\xe9", b"--\xe9\r\n"),
    ],
    ids=range(10),
)
async def test_a_form_that_cannot_be_read_is_refused(http: httpx.AsyncClient, kind: str, content: bytes) -> None:
    response = await raw(http, content, kind)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize("authorization", ["", "Bearer bad"])
async def test_a_strangers_files_are_not_even_taken_in(http: httpx.AsyncClient, authorization: str) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100_000
            assert read < 2_000_000, "somebody reads all of this"
            yield b"x" * 100_000

    response = await http.post(
        "/graphql",
        content=endless(),
        headers={"x-cairn-csrf": "1", "content-type": "multipart/form-data; boundary=x"}
        | ({"authorization": authorization} if authorization else {}),
    )

    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert (response.headers["www-authenticate"], response.headers["connection"]) == ("Bearer", "close")


async def test_a_sender_of_whom_nobody_can_tell_is_asked_to_come_again(http: httpx.AsyncClient) -> None:
    response = await send(http, *weighing(EACH), authorization="Bearer down")

    assert (response.status_code, code_of(response)) == (503, "UNAVAILABLE")
    assert response.json()["errors"][0]["extensions"]["retryAfterMs"] == 1_500
    assert response.headers["retry-after"] == "2"


async def test_a_form_past_the_bound_of_uploads_is_refused(http: httpx.AsyncClient) -> None:
    response = await send(http, *weighing(EACH, ("0", ("a.gpx", b"x" * 2_000_000))))

    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")


async def test_a_stranger_who_is_still_sending_reads_why_it_is_of_no_use(online: httpx.AsyncClient) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 50_000
            await asyncio.sleep(0)

    headers = {"content-type": "multipart/form-data; boundary=x", "x-cairn-csrf": "1", "authorization": "Bearer bad"}
    response = await online.post("/graphql", content=slowly(), headers=headers)

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
