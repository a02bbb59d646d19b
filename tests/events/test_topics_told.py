"""A topic tells its owner whom they named, and which trackers publish to it."""

from collections.abc import Callable

from tests.conftest import Athlete
from tests.factories.topics import a_topic, viewer_id


async def test_who_is_named_is_told_to_the_owner_and_to_who_runs_the_installation(
    ada: Athlete, bob: Athlete, athlete: Callable[..., Athlete]
) -> None:
    named, chief = [await viewer_id(who) for who in (ada, bob)], athlete("chief", scopes=["events:read", "operations"])
    topic = await a_topic(ada, publisherIds=named)
    query = "query($name: String!) { topic(name: $name) { publishers { viewerId displayName } } }"

    told = [(await who.get(query, name=topic))["topic"]["publishers"] for who in (ada, chief, bob)]

    assert {one["viewerId"] for one in told[0]} == set(named)
    assert [one["displayName"] for one in told[0]] == sorted(one["displayName"] for one in told[0])
    assert (told[1], told[2]) == (told[0], [])


async def test_a_topic_tells_its_trackers(ada: Athlete) -> None:
    topic, other = await a_topic(ada), await a_topic(ada)
    create = "mutation($input: CreateTrackerInput!) { createTracker(input: $input) { key userErrors { message } } }"
    for name, source in ((topic, "bib 1"), (other, "bib 2"), (topic, "bib 3")):
        await ada.get(create, input={"topic": name, "source": source})

    query = "query($name: String!) { topic(name: $name) { trackers { edges { node { topic source } } } } }"
    edges = (await ada.get(query, name=topic))["topic"]["trackers"]["edges"]

    assert [edge["node"] for edge in edges] == [{"topic": topic, "source": source} for source in ("bib 1", "bib 3")]
