"""What one operation has to itself: services, a viewer, a name in the log, and one line there."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from graphql import FieldNode, OperationDefinitionNode
from svcs import Container, Registry

from app.context import OperationContext
from app.edge.documents.operation_store import StoredOperation
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from app.security import bearer_token, identify, recognise
from domain.accounts.ports import AthleteRepository, TokenVerifier
from domain.shared.errors import DomainError, Unavailable
from domain.shared.ports import Reader
from domain.shared.viewer import Viewer

LONGEST_NAME = 100
SLOW_S = 1.0  # a compiled read that takes no longer is a line for DEBUG: there are thousands a second
READ_PORTS = (TokenVerifier, AthleteRepository, Reader)
log = structlog.get_logger("cairn.operation")


class OperationScopes:
    """See Scopes."""

    def __init__(self, registry: Registry, *, log_reads: bool = False) -> None:
        self._registry, self._log_reads = registry, log_reads
        self._registered: list[Any] = [None] * len(READ_PORTS)

    @asynccontextmanager
    async def __call__(
        self, operation: StoredOperation, caller: Caller, request_id: str
    ) -> AsyncIterator[OperationContext]:
        """Open the scope of one operation; raises RequestRefused when nobody can tell whose token it is."""
        began = time.perf_counter()
        async with Container(self._registry) as services:
            who = await identify(bearer_token(caller.connection, caller.params), services)
            if isinstance(who, Unavailable):
                raise RequestRefused.of(who)
            context = OperationContext(services, who, request_id)
            athlete = None if isinstance(who, DomainError) else str(who.athlete_id)
            with structlog.contextvars.bound_contextvars(request_id=request_id, athlete=athlete):
                try:
                    yield context
                finally:  # an operation that its client drops ends here too
                    duration_ms = round((time.perf_counter() - began) * 1000, 1)
                    named = name_of(operation.node)
                    log.info("operation", operation=named, duration_ms=duration_ms, errors=context.errors)

    async def identify(self, caller: Caller) -> Viewer | DomainError:
        """See Scopes.identify."""
        async with Container(self._registry) as services:
            return await identify(bearer_token(caller.connection, caller.params), services)

    def reading(self, caller: Caller) -> tuple[Viewer, Reader] | None:
        """See Scopes.reading."""
        verifier, athletes, reader = self._values()
        viewer = recognise(bearer_token(caller.connection, caller.params), verifier, athletes)
        return None if viewer is None else (viewer, reader)

    def _values(self) -> tuple[TokenVerifier, AthleteRepository, Reader]:
        """The ports of a read. A container for each would cost a tenth of it: they are asked for when one changes."""
        registered, seen = self._registry.get_registered_service_for, self._registered
        if not (
            registered(TokenVerifier) is seen[0]
            and registered(AthleteRepository) is seen[1]
            and registered(Reader) is seen[2]
        ):
            with Container(self._registry) as services:
                self._ports = services.get(TokenVerifier, AthleteRepository, Reader)
            self._registered = [registered(port) for port in READ_PORTS]
        return self._ports

    def log_read(self, operation: StoredOperation, viewer: Viewer, request_id: str, duration_s: float) -> None:
        """See Scopes.log_read."""
        if duration_s < SLOW_S and not self._log_reads:
            return
        tell = log.info if duration_s >= SLOW_S else log.debug
        tell(
            "operation",
            operation=name_of(operation.node),
            duration_ms=round(duration_s * 1000, 1),
            errors=0,
            request_id=request_id,
            athlete=str(viewer.athlete_id),
        )


def name_of(operation: OperationDefinitionNode) -> str | None:
    """What to call an operation: its own name or, where it has none, its root fields. Only words of the document."""
    if operation.name is not None:
        return operation.name.value[:LONGEST_NAME]
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return " ".join(dict.fromkeys(fields))[:LONGEST_NAME] or None
