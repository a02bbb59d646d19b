"""A provider that is down: who is known goes on, who cannot be told is asked to come again, nobody else is let in."""

from configuration.settings import Settings
from tests.auth.forged_tokens import good_token
from tests.auth.listening import a_cairn, refused
from tests.factories.tokens import Provider, an_ec_key

TRY_AGAIN_LATER = 1013  # RFC 6455 has it from IANA's registry

UNAUTHENTICATED, UNAVAILABLE = "UNAUTHENTICATED", "UNAVAILABLE"


async def test_known_keys_go_on_while_the_provider_is_down(settings: Settings, provider: Provider) -> None:
    async with a_cairn(settings, provider.url) as cairn:
        await cairn.ask(good_token(provider.url))
        provider.down = True

        answer = await cairn.ask(good_token(provider.url, sub="another runner"))

    assert answer["data"]["viewer"]


async def test_without_keys_the_whole_request_is_refused_until_later(settings: Settings, provider: Provider) -> None:
    provider.down = True
    async with a_cairn(settings, provider.url) as cairn:
        response = await cairn.post(f"Bearer {good_token(provider.url)}")

    told = response.json()
    assert (response.status_code, refused(told), "data" in told) == (503, UNAVAILABLE, False)
    assert told["errors"][0]["extensions"]["retryAfterMs"] >= 1000
    assert told["errors"][0]["extensions"]["requestId"]
    assert 1 <= int(response.headers["retry-after"]) <= 10


async def test_a_new_key_is_unavailable_while_the_provider_is_down(settings: Settings, provider: Provider) -> None:
    async with a_cairn(settings, provider.url) as cairn:
        await cairn.ask(good_token(provider.url))
        provider.down = True

        response = await cairn.post(f"Bearer {good_token(provider.url, an_ec_key('ec-2'))}")

    assert (response.status_code, refused(response.json())) == (503, UNAVAILABLE)


async def test_a_socket_is_asked_to_come_again_when_there_are_keys(settings: Settings, provider: Provider) -> None:
    provider.down = True
    async with a_cairn(settings, provider.url) as cairn:
        told = await cairn.ask_by_socket({"token": good_token(provider.url)})

    assert told["closed"] == TRY_AGAIN_LATER
    assert "identity provider" in told["reason"]


async def test_no_token_needs_no_provider(settings: Settings, provider: Provider) -> None:
    provider.down = True
    async with a_cairn(settings, provider.url) as cairn:
        response = await cairn.post()

    assert (response.status_code, refused(response.json())) == (200, UNAUTHENTICATED)
