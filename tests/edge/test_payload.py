"""Mutations answer mistakes in the payload; what no change of the input could mend is an error of the request."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
import strawberry

from app.edge.declaring.fields import object_type
from app.edge.declaring.payload import DeletedPayload, Payload, UserErrorCode, mutation
from app.schema import MASKED, tell
from domain.shared import errors
from domain.shared.errors import (
    BadUserInput,
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotAllowedNow,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from tests.conftest import Athlete

MISTAKES = [NotFound, Invalid, Conflict, NotAllowedNow, TooLarge, Unsupported, LimitExceeded]
PLAN = '{name: "Spring", startDate: "2026-03-02", endDate: "2026-05-24"}'


@object_type
class ThingPayload(Payload):
    """A thing."""


@strawberry.type
class Query:
    here: bool = True


@dataclass
class Refusing:
    """A schema with one mutation, which raises."""

    error: Exception

    def schema(self) -> strawberry.Schema:
        error = self.error

        @strawberry.type
        class Mutation:
            @mutation
            async def change(self, info: strawberry.Info, input: int) -> ThingPayload:
                """Change a thing."""
                raise error

        return strawberry.Schema(query=Query, mutation=Mutation)

    async def ask(self) -> strawberry.types.ExecutionResult:
        result = await self.schema().execute("mutation { change(input: 1) { userErrors { code field message } } }")
        tell(result.errors or [], "some request")
        return result


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_is_told_in_the_payload(mistake: type[errors.UserError]) -> None:
    result = await Refusing(mistake("Mend this.", field=("steps", "0", "distanceM"))).ask()

    told = {"code": mistake.code, "field": ["steps", "0", "distanceM"], "message": "Mend this."}
    assert result.errors is None
    assert result.data == {"change": {"userErrors": [told]}}


async def test_a_mistake_of_no_particular_field_names_none() -> None:
    result = await Refusing(NotFound("It is not there.")).ask()

    assert result.data is not None
    assert result.data["change"]["userErrors"][0]["field"] is None


@pytest.mark.parametrize("refusal", [Unauthenticated, Forbidden, BadUserInput, Unavailable])
async def test_what_no_input_mends_is_an_error_of_the_request(refusal: type[errors.RequestError]) -> None:
    result = await Refusing(refusal("Not now.")).ask()

    assert [(error.message, error.extensions["code"]) for error in result.errors or []] == [("Not now.", refusal.code)]
    assert result.data is None


async def test_a_bug_is_no_mistake_of_the_user() -> None:
    result = await Refusing(ValueError("a password")).ask()

    assert [error.message for error in result.errors or []] == [MASKED]


def test_every_mistake_has_its_code_in_the_schema() -> None:
    def below(kind: type) -> list[type]:
        return [kind, *(one for child in kind.__subclasses__() for one in below(child))]

    codes = {kind.code for kind in below(errors.UserError) if kind is not errors.UserError}

    assert codes == {code.value for code in UserErrorCode}


def test_a_mutation_keeps_its_words_and_describes_its_input() -> None:
    sdl = Refusing(ValueError()).schema().as_str()

    assert "Change a thing." in sdl
    assert "What to write, and under which idempotency key." in sdl


def test_a_payload_does_not_show_the_id_it_carries() -> None:
    assert "id" not in strawberry.Schema(query=Query, types=[DeletedPayload])._schema.type_map["DeletedPayload"].fields
    assert ThingPayload(id=UUID(int=7)).user_errors == []


async def test_what_was_refused_is_read_back_as_null(ada: Athlete) -> None:
    bad = PLAN.replace("2026-05-24", "2026-03-01")

    payload = await ada.get(f"mutation {{ createPlan(input: {bad}) {{ plan {{ id }} userErrors {{ code field }} }} }}")

    assert payload["createPlan"] == {"plan": None, "userErrors": [{"code": "INVALID", "field": ["endDate"]}]}


async def test_payloads_are_asked_through_their_interface_too(ada: Athlete) -> None:
    query = f"""mutation {{ createPlan(input: {PLAN}) {{
            __typename ...Told ... on PlanPayload {{ plan {{ name }} }} }} }}
        fragment Told on Payload {{ userErrors {{ message }} }}"""

    payload = (await ada.get(query))["createPlan"]

    assert payload == {"__typename": "PlanPayload", "userErrors": [], "plan": {"name": "Spring"}}


async def test_two_mutations_of_one_request_go_one_after_the_other(ada: Athlete) -> None:
    query = f"""mutation {{ a: createPlan(input: {PLAN}) {{ plan {{ name }} }}
        b: createPlan(input: {PLAN.replace("Spring", "Second")}) {{ plan {{ name }} }} }}"""

    answer = await ada.get(query)

    assert answer == {"a": {"plan": {"name": "Spring"}}, "b": {"plan": {"name": "Second"}}}
    plans = (await ada.get("{ plans(orderBy: CREATED_AT_ASC) { edges { node { name } } } }"))["plans"]
    assert [edge["node"]["name"] for edge in plans["edges"]] == ["Spring", "Second"]


async def test_who_may_only_write_may_not_read_back(athlete: Callable[..., Athlete]) -> None:
    writer = athlete("writer", scopes=["training:write"])

    answer = await writer.ask(f"mutation {{ createPlan(input: {PLAN}) {{ plan {{ id }} userErrors {{ code }} }} }}")

    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["createPlan", "plan"], "FORBIDDEN")
    ]
    assert answer["data"] == {"createPlan": {"plan": None, "userErrors": []}}
