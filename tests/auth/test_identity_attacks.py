"""Strangers at the front door: over HTTP and WebSocket, no token made to be believed makes anybody an athlete."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from configuration.settings import Settings
from tests.auth.forged_tokens import FORGED, GENUINE, SECRET, STRANGER, Forge, good_claims, good_token
from tests.auth.listening import Cairn, a_cairn, refused
from tests.factories.tokens import KeyPair, Provider, a_token

UNAUTHENTICATED = "UNAUTHENTICATED"


@pytest.fixture(scope="module")
async def standing(settings: Settings, listening_provider: Provider) -> AsyncIterator[Cairn]:
    async with a_cairn(settings, listening_provider.url) as cairn:
        yield cairn


@pytest.fixture
def cairn(standing: Cairn, provider: Provider) -> Cairn:
    return standing


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_forged_token_makes_nobody_an_athlete(cairn: Cairn, provider: Provider, forge: Forge) -> None:
    response = await cairn.post(f"Bearer {forge(provider.url)}")

    assert (response.status_code, refused(response.json())) == (200, UNAUTHENTICATED)
    assert SECRET not in response.text


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_socket_that_brings_a_forged_token_is_closed(cairn: Cairn, provider: Provider, forge: Forge) -> None:
    told = await cairn.ask_by_socket({"Authorization": f"Bearer {forge(provider.url)}"})

    assert told["closed"] == 4403
    assert SECRET not in told["reason"]


async def test_a_socket_with_a_forged_token_in_its_header_is_closed(cairn: Cairn, provider: Provider) -> None:
    async with cairn.socket(authorization=f"Bearer {good_token(provider.url, aud='another')}") as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.wait_closed()

    assert socket.close_code == 4403


@pytest.mark.parametrize("make", GENUINE.values(), ids=GENUINE)
async def test_a_genuine_token_passes_on_both_ways(cairn: Cairn, provider: Provider, make: Forge) -> None:
    token = make(provider.url)

    by_http = await cairn.ask(token)
    by_socket = await cairn.ask_by_socket({"Authorization": f"Bearer {token}"})

    assert by_http["data"]["viewer"]["scopes"] == ["training:read"]
    assert by_socket["payload"] == by_http


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR"])
async def test_the_scheme_may_be_written_in_any_letters(cairn: Cairn, provider: Provider, scheme: str) -> None:
    answer = (await cairn.post(f"{scheme} {good_token(provider.url)}")).json()

    assert answer["data"]["viewer"]


@pytest.mark.parametrize(
    "around",
    ["Bearer Bearer {}", "Basic {}", "Bearer{}", "Bearer", "{}", "Token {}", "Bearer\t{}", "Bearer {},", "Bearer {} x"],
)
async def test_a_header_that_is_not_bearer_and_token_is_refused(cairn: Cairn, provider: Provider, around: str) -> None:
    response = await cairn.post(around.format(good_token(provider.url)))

    assert refused(response.json()) == UNAUTHENTICATED


@pytest.mark.parametrize("space", [b"\xa0", b"\x85", b"\xe2\x80\x8b", b"\xef\xbb\xbf"])
async def test_a_space_that_http_does_not_know_spoils_a_token(cairn: Cairn, provider: Provider, space: bytes) -> None:
    response = await cairn.post(b"Bearer " + space + good_token(provider.url).encode() + space)

    assert refused(response.json()) == UNAUTHENTICATED


@pytest.mark.parametrize("first", ["good", "bad"])
async def test_of_several_authorization_headers_none_counts(cairn: Cairn, provider: Provider, first: str) -> None:
    good, bad = f"Bearer {good_token(provider.url)}", "Bearer a.b.c"

    response = await cairn.post(*((good, bad) if first == "good" else (bad, good)))

    assert refused(response.json()) == UNAUTHENTICATED


async def test_the_same_authorization_header_twice_does_not_count_either(cairn: Cairn, provider: Provider) -> None:
    good = f"Bearer {good_token(provider.url)}"

    assert refused((await cairn.post(good, good)).json()) == UNAUTHENTICATED


async def test_a_token_in_two_halves_is_not_put_together(cairn: Cairn, provider: Provider) -> None:
    token = good_token(provider.url)

    assert refused((await cairn.post(f"Bearer {token[:60]}", token[60:])).json()) == UNAUTHENTICATED


@pytest.mark.parametrize("control", ["\x00", "\n", "\r", "\x7f", "\x1b[2J"])
async def test_a_control_character_in_a_header_never_reaches_an_athlete(
    cairn: Cairn, provider: Provider, control: str
) -> None:
    answer = await cairn.raw(f"Bearer {good_token(provider.url)}{control}".encode())

    assert b'viewer":{' not in answer
    assert answer.startswith(b"HTTP/1.1 400") or UNAUTHENTICATED.encode() in answer


@pytest.mark.parametrize("length", [9_000, 60_000, 1_000_000])
async def test_a_header_of_any_length_is_refused_at_once(cairn: Cairn, length: int) -> None:
    answer = await cairn.raw(b"Bearer " + b"A" * length)

    assert not answer or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")) or UNAUTHENTICATED.encode() in answer


async def test_a_server_that_was_sent_a_huge_header_goes_on_serving(cairn: Cairn, provider: Provider) -> None:
    await cairn.raw(b"Bearer " + b"A" * 1_000_000)

    assert (await cairn.ask(good_token(provider.url)))["data"]["viewer"]


@pytest.mark.parametrize(
    "change",
    [
        lambda token: f"\u00a0{token}",
        lambda token: f"{token}\n",
        lambda token: f"{token}\u0000",
        lambda token: token.replace("e", "\u0435", 1),
        lambda token: "A" * 900_000,
        lambda token: "\u202e" + token,
    ],
)
async def test_a_socket_s_token_is_taken_to_the_letter(cairn: Cairn, provider: Provider, change: Any) -> None:
    assert (await cairn.ask_by_socket({"token": change(good_token(provider.url))}))["closed"] == 4403


@pytest.mark.parametrize("token", [7, True, ["a.b.c"], {"Bearer": "a.b.c"}, None, ""])
async def test_what_is_no_text_is_no_token_in_a_socket(cairn: Cairn, token: object) -> None:
    told = await cairn.ask_by_socket({"Authorization": token})

    assert told.get("closed") == 4403 or refused(told["payload"]) == UNAUTHENTICATED


@pytest.mark.parametrize("member", ["jku", "x5u"])
async def test_an_address_in_a_token_is_never_visited(cairn: Cairn, provider: Provider, member: str) -> None:
    async with a_trap() as (address, visits):
        token = a_token(KeyPair("new", "RS256", STRANGER.private), good_claims(provider.url), **{member: address})
        answer = await cairn.ask(token)

    assert (refused(answer), visits) == (UNAUTHENTICATED, [])


async def test_a_key_inside_of_a_token_is_not_used(cairn: Cairn, provider: Provider) -> None:
    token = a_token(STRANGER, good_claims(provider.url), jwk=STRANGER.published())

    assert refused(await cairn.ask(token)) == UNAUTHENTICATED


async def test_an_issuer_that_a_token_names_is_never_visited(cairn: Cairn) -> None:
    async with a_trap() as (address, visits):
        answer = await cairn.ask(good_token(address))

    assert (refused(answer), visits) == (UNAUTHENTICATED, [])


async def test_a_forged_token_is_refused_the_hundredth_time_too(cairn: Cairn, provider: Provider) -> None:
    head, claims, signature = good_token(provider.url).split(".")
    other = good_token(provider.url, scope="operations").split(".")[1]

    assert (await cairn.ask(f"{head}.{claims}.{signature}"))["data"]["viewer"]
    codes = {refused(await cairn.ask(f"{head}.{other}.{signature}")) for _ in range(100)}

    assert codes == {UNAUTHENTICATED}


@asynccontextmanager
async def a_trap() -> AsyncIterator[tuple[str, list[object]]]:
    """An address at which whoever comes is noted."""
    visits: list[object] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", visits
