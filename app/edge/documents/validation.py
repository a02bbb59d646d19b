"""Whether a document is GraphQL, and fits the schema: told in little time and few words, whatever was sent."""

from collections.abc import Iterator
from math import isinf
from typing import Any

from graphql import (
    DocumentNode,
    FloatValueNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    GraphQLSyntaxError,
    IntValueNode,
    ListValueNode,
    NoSchemaIntrospectionCustomRule,
    ObjectValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    Visitor,
    VisitorAction,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from app.edge.documents.limits import Limits, refuse
from app.edge.documents.overlapping_fields import OverlappingFields
from app.edge.refusals import RequestRefused
from domain.shared.errors import BadUserInput, LimitExceeded

MOST_ERRORS = 5
MOST_OPERATIONS = 10  # each is measured and checked with all fragments that it spreads
MOST_PLACES = 10  # of one error: a circle of fragments has as many as it has fragments
LONGEST_MESSAGE = 400
NOT_NONE, NOT_NULL = "not to be None.", "not to be null."  # graphql-core's word for it, and GraphQL's
LONGEST_NUMBER = 400  # digits: a fraction has at most 309 before its point
TOO_DEEP = "The document has brackets within brackets, too deep to be read. Ask for less at once."
TOO_ENTANGLED = (
    "The fragments and variables of this document are too entangled to be checked. Write some of the fragments out."
)


def parse_document(text: str, limits: Limits) -> DocumentNode:
    """The document that a text is; raises RequestRefused when it is none, or longer than is read."""
    if len(text) > limits.characters:
        refuse("characters", allowed=limits.characters, found=len(text))
    try:
        # Empty selection sets are no GraphQL, though graphql-core takes them by default.
        document = parse(
            text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens, allow_empty_selection_sets=False
        )
    except GraphQLSyntaxError as wrong:
        if "Document contains more than" in wrong.message:
            refuse("tokens", allowed=limits.tokens, found=limits.tokens + 1)
        if "nested too deeply" in wrong.message:
            raise RequestRefused.because(TOO_DEEP, code=LimitExceeded.code) from None
        raise RequestRefused([{**_shortened(wrong).formatted, "extensions": {"code": BadUserInput.code}}]) from None
    operations = sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)
    if operations > MOST_OPERATIONS:
        refuse("operations", allowed=MOST_OPERATIONS, found=operations)
    return document


def validate_document(
    schema: GraphQLSchema, document: DocumentNode, *, introspection: bool, suggestions: bool
) -> list[GraphQLError]:
    """The first errors of a document, none when it is valid; without `suggestions` they tell no name of the schema's.

    Raises RequestRefused (LIMIT_EXCEEDED) for a document that takes more work to check than is spent.
    """
    rules = RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)
    errors = validate(schema, document, rules, max_errors=MOST_ERRORS, hide_suggestions=not suggestions)
    found = [error for error in errors if not isinstance(error, ValidationAbortedError)]
    if errors and not found:
        raise RequestRefused.because(TOO_ENTANGLED, code=LimitExceeded.code)
    return [_shortened(error) for error in found]


class SensibleValues(ValuesOfCorrectTypeRule):
    """Literals of the right type, and none whose number is past all numbers: Python would tell of it in its own way."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Check one literal as a whole."""
        endless = next((number for number in _numbers(node) if _is_endless(number.value)), None)
        if endless is None:
            return super().is_valid_value_node(node, input_type)
        self.report_error(GraphQLError(f"{_clipped(endless.value, 20)} is past all numbers that are taken.", endless))
        return Visitor.SKIP


REPLACED: dict[type, Any] = {
    OverlappingFieldsCanBeMergedRule: OverlappingFields,
    ValuesOfCorrectTypeRule: SensibleValues,
}
RULES = tuple(REPLACED.get(rule, rule) for rule in specified_rules)


def _numbers(node: ValueNode) -> Iterator[IntValueNode | FloatValueNode]:
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, IntValueNode | FloatValueNode):
            yield value
        elif isinstance(value, ListValueNode):
            waiting += value.values
        elif isinstance(value, ObjectValueNode):
            waiting += [field.value for field in value.fields]


def _is_endless(number: str) -> bool:
    return len(number) > LONGEST_NUMBER or isinf(float(number))


def for_clients(message: str) -> str:
    """The message of an error in words that clients know, with no more of what they sent than helps."""
    if message.endswith(NOT_NONE):
        message = message.removesuffix(NOT_NONE) + NOT_NULL
    return _clipped(message, LONGEST_MESSAGE)


def _shortened(error: GraphQLError) -> GraphQLError:
    error.message = for_clients(error.message)
    if error.locations:
        error.locations = error.locations[:MOST_PLACES]
    return error


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
