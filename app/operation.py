"""One operation from its token to its last log line."""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import DocumentNode, FieldNode, OperationDefinitionNode
from starlette.requests import HTTPConnection
from strawberry.extensions import SchemaExtension
from svcs import Container, Registry

from app.context import OperationContext
from app.security import bearer_token, identify
from domain.shared.errors import DomainError

LONGEST_NAME = 100
MOST_TOKENS = 5_000  # a longer document holds everybody else up while it is validated; long input goes in variables
log = structlog.get_logger("cairn.operation")


@dataclass
class ConnectionContext:
    """What outlives an operation: its HTTP request, or the socket that carries many."""

    connection: HTTPConnection
    registry: Registry
    connection_params: Any = None  # what a WebSocket's connection_init said


class OperationScope(SchemaExtension):
    """Gives each operation services and a viewer of its own, on every transport."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Open the scope, run the operation inside, close and log."""
        outer: ConnectionContext = self.execution_context.context
        self.execution_context.parse_options["max_tokens"] = MOST_TOKENS
        request_id = secrets.token_hex(8)
        began = time.perf_counter()
        async with Container(outer.registry) as services:
            who = await identify(bearer_token(outer.connection, outer.connection_params), services)
            self.execution_context.context = OperationContext(services, who, request_id)
            athlete = None if isinstance(who, DomainError) else str(who.athlete_id)
            with structlog.contextvars.bound_contextvars(request_id=request_id, athlete=athlete):
                try:
                    yield
                finally:  # a subscription that its client drops ends here too
                    self._log(time.perf_counter() - began)

    def _log(self, duration_s: float) -> None:
        result = getattr(self.execution_context, "result", None)
        errors = len(getattr(result, "errors", None) or ())
        operation = name_of(self.execution_context.graphql_document, self.execution_context.operation_name)
        log.info("operation", operation=operation, duration_ms=round(duration_s * 1000, 1), errors=errors)


def name_of(document: DocumentNode | None, asked: str | None) -> str | None:
    """What to call an operation: its own name or, where it has none, its root fields.

    Only words of the document are told: `asked`, the operationName beside it, may hold anything.
    """
    operations = (
        [node for node in document.definitions if isinstance(node, OperationDefinitionNode)] if document else []
    )
    if len(operations) > 1:
        operations = [node for node in operations if node.name is not None and node.name.value == asked]
    if not operations:
        return None
    operation = operations[0]
    if operation.name is not None:
        return operation.name.value[:LONGEST_NAME]
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return " ".join(dict.fromkeys(fields))[:LONGEST_NAME] or None
