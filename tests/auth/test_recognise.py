"""Who was identified before is recognised at once; everybody else has to be asked for."""

from collections.abc import Callable

from starlette.applications import Starlette
from svcs import Container

from app.security import identify, recognise
from domain.accounts.ports import AthleteRepository, TokenVerifier
from domain.shared.viewer import Viewer
from infrastructure.accounts.repository import PostgresAthleteRepository
from infrastructure.database.engine import Database
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds
from tests.conftest import Athlete


async def test_a_stranger_is_not_recognised(app: Starlette, athlete: Callable[..., Athlete]) -> None:
    async with Container(app.state.registry) as services:
        verifier, athletes = await services.aget(TokenVerifier, AthleteRepository)

    assert recognise(athlete("a stranger").token, verifier, athletes) is None


async def test_nobody_is_not_recognised(app: Starlette) -> None:
    async with Container(app.state.registry) as services:
        assert recognise(None, *await services.aget(TokenVerifier, AthleteRepository)) is None


async def test_whoever_was_identified_is_recognised(app: Starlette, ada: Athlete) -> None:
    async with Container(app.state.registry) as services:
        identified = await identify(ada.token, services)
        recognised = recognise(ada.token, *await services.aget(TokenVerifier, AthleteRepository))

    assert isinstance(recognised, Viewer)
    assert recognised == identified


async def test_a_recognised_athlete_has_the_scopes_of_the_token_at_hand(
    app: Starlette, athlete: Callable[..., Athlete]
) -> None:
    reader, writer = (athlete("ada", scopes=[scope]) for scope in ("training:read", "training:write"))
    async with Container(app.state.registry) as services:
        ports = await services.aget(TokenVerifier, AthleteRepository)
        for one in (reader, writer):
            await identify(one.token, services)

        recognised = [recognise(one.token, *ports) for one in (reader, writer)]

    first, second = recognised
    assert first
    assert second
    assert (first.scopes, second.scopes) == ({"training:read"}, {"training:write"})
    assert first.athlete_id == second.athlete_id


async def test_an_athlete_whom_this_process_has_not_met_is_not_recognised(app: Starlette, ada: Athlete) -> None:
    async with Container(app.state.registry) as services:
        verifier, database = await services.aget(TokenVerifier, Database)
        await identify(ada.token, services)
    restarted = PostgresAthleteRepository(database, SortedIds(SystemClock()))

    assert recognise(ada.token, verifier, restarted) is None
