"""Execution that lets JSON from the database through untouched."""

from typing import Any

import orjson
from graphql.execution.values import VariableValues
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class SplicingExecutionContext(StrawberryGraphQLCoreExecutionContext):
    """A Fragment has the shape that was selected already, so it is not completed field by field.

    `read` holds variables that were read before, of which the document that is executed says nothing.
    """

    def __init__(self, *args: Any, read: VariableValues | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if read is not None:
            self.variable_values.sources.update(read.sources)
            self.variable_values.coerced.update(read.coerced)

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Complete a value, or pass a Fragment on."""
        if isinstance(result, orjson.Fragment):
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
