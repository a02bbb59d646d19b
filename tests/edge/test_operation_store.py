"""What the store of operations keeps, what it lets go, and that nothing gets past the limits by way of it."""

import gc
import weakref
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from svcs import Container

from app.edge.compiling.plans import LEAST_CHARACTERS, Plans
from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.documents.persisted import text_hash
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.schema import build_schema
from domain.shared.ports import Reader
from tests.conftest import Athlete


@strawberry.enum
class Weather(Enum):
    SUNNY = "SUNNY"


@strawberry.type
class Query:
    @strawberry.field
    def run(self, weather: Weather) -> int:
        return len(weather.value)


SCHEMA = strawberry.Schema(query=Query)._schema


def a_store(**options: Any) -> OperationStore:
    return OperationStore(SCHEMA, limits=Limits(), **options)


def registering(text: str) -> GraphQLRequest:
    """A request that sends a text with its hash."""
    return GraphQLRequest(text, extensions={"persistedQuery": {"version": 1, "sha256Hash": text_hash(text)}})


def by_hash(text: str) -> GraphQLRequest:
    return GraphQLRequest(extensions={"persistedQuery": {"version": 1, "sha256Hash": text_hash(text)}})


def is_known(store: OperationStore, text: str) -> bool:
    try:
        store.find(by_hash(text))
    except RequestRefused as refused:
        return refused.errors[0]["extensions"]["code"] != "PERSISTED_QUERY_NOT_FOUND"
    return True


def test_the_same_text_is_the_same_operation() -> None:
    store = a_store()

    assert store.find(GraphQLRequest("{ __typename }")) is store.find(GraphQLRequest("{ __typename }"))


@pytest.mark.parametrize("bound", [{"most_documents": 3}, {"most_tokens": 3 * parse("{ a0: __typename }").token_count}])
def test_the_document_not_used_for_longest_goes_first_and_its_hash_with_it(bound: dict[str, int]) -> None:
    store = a_store(**bound)
    texts = [f"{{ a{number}: __typename }}" for number in range(4)]
    for text in texts[:3]:
        store.find(registering(text))
    store.find(GraphQLRequest(texts[0]))

    store.find(registering(texts[3]))

    assert [is_known(store, text) for text in texts] == [True, False, True, True]


def test_what_is_refused_is_not_kept_under_its_hash() -> None:
    store = a_store()

    with pytest.raises(RequestRefused):
        store.find(registering("{ nope }"))

    assert not is_known(store, "{ nope }")


def test_a_hash_of_another_text_registers_nothing() -> None:
    store = a_store()
    lie = GraphQLRequest("{ __typename }", extensions=by_hash("{ a: __typename }").extensions)

    with pytest.raises(RequestRefused, match="not the SHA-256"):
        store.find(lie)

    assert not is_known(store, "{ a: __typename }")


@pytest.mark.parametrize(
    "variables",
    [
        {"list": [0] * 10_001},
        {"object": {str(number): 0 for number in range(10_001)}},
        {"nested": [[[0] * 5_000], {"more": [0] * 5_000}]},
        {str(number): [0] for number in range(5_001)},
    ],
)
def test_variables_of_too_many_values_are_refused(variables: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="10,000 values") as refused:
        a_store().find(GraphQLRequest("{ __typename }", variables=variables))

    assert refused.value.errors[0]["extensions"]["code"] == "LIMIT_EXCEEDED"


NESTED = "query($n: Int) { runs(first: $n) { edges { node { plan { workouts(first: $n) { edges { cursor } } } } } } }"


@pytest.mark.parametrize("times", [1, 2])
async def test_a_compiled_read_keeps_to_the_limits(ada: Athlete, times: int) -> None:
    await ada.get("{ viewer { id } }")  # from now on the token is known, and reads are compiled
    for _ in range(times):
        answer = await ada.ask(NESTED, n=100)

    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert await ada.get(NESTED, n=5) == {"runs": {"edges": []}}


async def test_a_document_that_is_let_go_is_gone_though_its_plans_are_kept(app: Starlette) -> None:
    async with Container(app.state.registry) as services:
        reader = await services.aget(Reader)
    store = OperationStore(build_schema()._schema, limits=Limits(), most_documents=1)
    compiled = store.find(GraphQLRequest("{ viewer { id } }")).compiled
    assert compiled is not None
    assert compiled.plan_for({}, reader)
    gone = weakref.ref(compiled)
    del compiled

    store.find(GraphQLRequest("{ __typename }"))
    gc.collect()

    assert gone() is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2_000)), max_size=100))
def test_plans_never_take_more_than_their_bound(kept: list[tuple[int, int]]) -> None:
    most = 10_000
    plans, latest = Plans(most_characters=most), {}
    for number, (key, characters) in enumerate(kept):
        if plans.find((key, number)) is None:
            plans.keep((key, number), None, characters)
            latest[key, number] = LEAST_CHARACTERS + characters

    assert sum(size for key, size in latest.items() if plans.find(key) is not None) <= most
    if latest:
        assert plans.find(list(latest)[-1]) is not None
