"""With the version of a race come the ends of its topic's log, from one look into the database."""

from starlette.applications import Starlette
from svcs import Container

from domain.races.ports import RaceRepository, RaceVersion
from tests.conftest import Athlete
from tests.factories.race_requests import a_race_topic, a_read
from tests.factories.topics import publish


async def version_of(topic: str, app: Starlette) -> RaceVersion:
    async with Container(app.state.registry) as services:
        version = await (await services.aget(RaceRepository)).version(topic)
    assert version is not None
    return version


async def test_a_race_nobody_reported_of_has_no_newest_event(app: Starlette, ada: Athlete) -> None:
    version = await version_of(await a_race_topic(ada), app)
    assert (version.earliest, version.head, version.newest) == (1, 0, None)


async def test_the_newest_event_is_the_one_that_was_taken_in_last(app: Starlette, ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("late", "1", "Refuge", 60), a_read("early", "1", "Ridge", 30)])
    version = await version_of(topic, app)
    assert (version.earliest, version.head, version.newest) == (1, 2, "early")
