"""A subscription that is the same for all who may see it is executed once for all who ask the same."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.sockets import Client, Sockets, sockets

WATCH = "subscription { leader }"
SIGNED_IN = {"token": "reader"}


@pytest.fixture
async def server() -> AsyncIterator[Sockets]:
    async with sockets() as server:
        yield server


async def leader(client: Client) -> str:
    name: str = (await client.hear())["payload"]["data"]["leader"]
    return name


async def test_those_who_ask_the_same_share_one_execution(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as one, server.greeted(payload=SIGNED_IN) as other:
        await one.ask("a", WATCH)
        server.track.lead.put_nowait("Ada")
        assert await leader(one) == "UTMB: Ada"
        await other.ask("b", WATCH)
        assert await leader(other) == "UTMB: Ada"  # a late joiner gets the latest answer at once
        server.track.lead.put_nowait("Bo")

        assert (await leader(one), await leader(other)) == ("UTMB: Bo", "UTMB: Bo")
        assert server.track.executed == 1


async def test_those_who_ask_with_other_variables_do_not_share(server: Sockets) -> None:
    query = "subscription($race: String!) { leader(race: $race) }"
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", query, variables={"race": "UTMB"})
        await client.ask("b", query, variables={"race": "TDS"})
        await server.track.until_executed(2)

        heard = []
        for name in ("Ada", "Bo"):  # the executions take them in turn
            server.track.lead.put_nowait(name)
            heard.append(await leader(client))

    assert sorted(one.split(":")[0] for one in heard) == ["TDS", "UTMB"]


async def test_variables_that_are_not_declared_make_no_difference(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH, variables={"more": 1})
        await client.ask("b", WATCH, variables={"more": 2})
        await server.track.until_open(1)
        server.track.lead.put_nowait("Ada")

        assert (await leader(client), await leader(client)) == ("UTMB: Ada", "UTMB: Ada")
        assert server.track.executed == 1


async def test_whoever_nests_a_variable_without_end_is_told_what_is_wrong_with_it(server: Sockets) -> None:
    query, nested = "subscription($race: String!) { leader(race: $race) }", "[" * 300 + "]" * 300
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.connection.send(
            f'{{"type": "subscribe", "id": "a", "payload": {{"query": "{query}", "variables": {{"race": {nested}}}}}}}'
        )

        refused = await client.hear()

    assert (refused["type"], "Variable '$race' has invalid value" in str(refused)) == ("error", True)
    assert server.track.executed == 0


@pytest.mark.parametrize(("token", "code"), [(None, "UNAUTHENTICATED"), ("good", "FORBIDDEN")])
async def test_whoever_may_not_see_it_gets_nothing_of_what_goes_on(
    server: Sockets, token: str | None, code: str
) -> None:
    async with (
        server.greeted(payload=SIGNED_IN) as one,
        server.greeted(payload={"token": token} if token else None) as other,
    ):
        await one.ask("a", WATCH)
        server.track.lead.put_nowait("Ada")
        await leader(one)

        await other.ask("b", WATCH)

        refused = await other.hear()
        assert (refused["type"], code in str(refused)) == ("error", True)


async def test_the_scope_is_asked_for_behind_a_fragment_too(server: Sockets) -> None:
    async with server.greeted(payload={"token": "good"}) as client:
        await client.ask("a", "subscription { ...F } fragment F on Subscription { ... { leader } }")

        assert "FORBIDDEN" in str(await client.hear())
    assert server.track.executed == 0


async def test_the_last_who_leaves_ends_it(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as one, server.greeted(payload=SIGNED_IN) as other:
        for client in (one, other):
            await client.ask("a", WATCH)
        await server.track.until_open(1)
        await one.say(type="complete", id="a")
        server.track.lead.put_nowait("Ada")
        assert await leader(other) == "UTMB: Ada"

        await other.say(type="complete", id="a")

        await server.track.until_open(0)


async def test_it_begins_anew_for_whoever_comes_after_the_last_has_left(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        server.track.lead.put_nowait("Ada")
        await leader(client)
        await client.say(type="complete", id="a")
        await server.track.until_open(0)

        await client.ask("a", WATCH)
        server.track.lead.put_nowait("Bo")

        assert await leader(client) == "UTMB: Bo"
        assert server.track.executed == 2


async def test_its_end_is_everybodys(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as one, server.greeted(payload=SIGNED_IN) as other:
        for client in (one, other):
            await client.ask("a", WATCH)
        server.track.lead.put_nowait("Ada")
        await leader(one)
        await leader(other)

        server.track.lead.put_nowait("end")

        assert [(await client.hear())["type"] for client in (one, other)] == ["complete", "complete"]


async def test_its_error_is_everybodys(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as one, server.greeted(payload=SIGNED_IN) as other:
        for client in (one, other):
            await client.ask("a", WATCH)
        server.track.lead.put_nowait("Ada")
        await leader(one)
        await leader(other)

        server.track.lead.put_nowait("bug")

        ids = set()
        for client in (one, other):
            refused = await client.hear()
            extensions = refused["payload"][0]["extensions"]
            assert (refused["type"], extensions["code"]) == ("error", "UNAVAILABLE")
            ids.add(extensions["requestId"])
        assert len(ids) == 1  # that of the one execution, under which the log has it
