"""The operations in the tabs of GraphiQL: each can be run as it stands, or says what to fill in."""

import json
import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse, validate

from app.edge.example_operations import ExampleOperation, example_operations

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
A_DATE = re.compile(r'"\{\{today(\+\d+)?\}\}"')


def test_the_first_example_needs_nothing_to_be_filled_in() -> None:
    assert example_operations()[0].variables == ""
    assert "query Welcome {" in example_operations()[0].query


def operation_of(example: ExampleOperation) -> OperationDefinitionNode:
    (operation,) = parse(example.query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def name_of(example: ExampleOperation) -> str:
    name = operation_of(example).name
    assert name, "a tab is titled by the name of its operation"
    return name.value


@pytest.fixture
def schema() -> GraphQLSchema:
    if not SCHEMA.exists():
        pytest.skip("schema.graphql is not there")
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", example_operations(), ids=name_of)
def test_an_example_has_just_the_variables_that_it_declares(example: ExampleOperation) -> None:
    given = json.loads(example.variables or "{}")
    declared = operation_of(example).variable_definitions or ()
    assert set(given) == {definition.variable.name.value for definition in declared}


@pytest.mark.parametrize("example", example_operations(), ids=name_of)
def test_an_example_fits_the_schema(example: ExampleOperation, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(example.query)) == []


@pytest.mark.parametrize("example", example_operations(), ids=name_of)
def test_the_variables_of_an_example_fit_the_schema(example: ExampleOperation, schema: GraphQLSchema) -> None:
    declared = operation_of(example).variable_definitions or ()
    answer = get_variable_values(schema, declared, json.loads(example.variables or "{}"))
    assert not isinstance(answer, list), answer


def test_placeholders_are_dates_that_the_page_can_fill() -> None:
    variables = "".join(example.variables for example in example_operations())
    assert A_DATE.search(variables)
    assert "{{" not in A_DATE.sub("", variables)
