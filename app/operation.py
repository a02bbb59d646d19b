"""One operation from its token to its last log line."""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import HTTPConnection
from strawberry.extensions import SchemaExtension
from svcs import Container, Registry

from app.context import OperationContext
from app.security import bearer_token, identify
from domain.shared.errors import DomainError

log = structlog.get_logger("cairn.operation")


@dataclass
class ConnectionContext:
    """What outlives an operation: its HTTP request, or the socket that carries many."""

    connection: HTTPConnection
    registry: Registry
    connection_params: Any = None  # what a WebSocket's connection_init said


class OperationScope(SchemaExtension):
    """Gives each operation services and a viewer of its own, on every transport."""

    async def on_operation(self) -> AsyncIterator[None]:  # type: ignore[override]
        """Open the scope, run the operation inside, close and log."""
        outer: ConnectionContext = self.execution_context.context
        request_id = secrets.token_hex(8)
        began = time.perf_counter()
        async with Container(outer.registry) as services:
            who = await identify(bearer_token(outer.connection, outer.connection_params), services)
            self.execution_context.context = OperationContext(services, who, request_id)
            athlete = None if isinstance(who, DomainError) else str(who.athlete_id)
            with structlog.contextvars.bound_contextvars(request_id=request_id, athlete=athlete):
                yield
                self._log(time.perf_counter() - began)

    def _log(self, duration_s: float) -> None:
        operation = self.execution_context.operation_name
        result = getattr(self.execution_context, "result", None)
        errors = len(getattr(result, "errors", None) or ())
        log.info("operation", operation=operation, duration_ms=round(duration_s * 1000, 1), errors=errors)
