"""One operation as transports and the engine speak of it: who asks, what is asked, and what it came to."""

import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from graphql import OperationType
from starlette.requests import HTTPConnection

from app.edge.documents.operation_store import StoredOperation
from domain.shared.errors import DomainError
from domain.shared.ports import Reader
from domain.shared.viewer import Viewer

_PROCESS, _COUNT = secrets.token_hex(4), count()  # of which every request id is made


def new_request_id() -> str:
    """The name of one operation in the log and in its errors."""
    return f"{_PROCESS}{next(_COUNT) & 0xFFFFFFFF:08x}"


# These are made for every operation. They are not frozen, which would double what making them costs.


@dataclass(slots=True)
class Caller:
    """Whoever is at the other end: an HTTP request, or a socket that carries many operations."""

    connection: HTTPConnection
    params: object = None  # what a WebSocket's connection_init said


@dataclass(slots=True)
class Operation:
    """One operation, found fit to be executed, with its variables."""

    stored: StoredOperation
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]

    @property
    def type(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.stored.type


@dataclass(slots=True)
class Answer:
    """What one execution came to: the JSON of the whole answer, and where in its feed an event stands."""

    body: bytes
    cursor: str | None = None


class OperationContext(Protocol):
    """What the engine asks of the context that resolvers see."""

    @property
    def who(self) -> Viewer | DomainError:
        """Who asks, or what is wrong with their token."""
        ...

    cursor: str | None
    errors: int


class Scopes(Protocol):
    """What one operation has to itself."""

    def __call__(
        self, operation: StoredOperation, caller: Caller, request_id: str
    ) -> AbstractAsyncContextManager[OperationContext]:
        """Open its services, its viewer and its line in the log; raises RequestRefused."""
        ...

    async def identify(self, caller: Caller) -> Viewer | DomainError:
        """Who the caller's token speaks for, or what is wrong with it."""
        ...

    def reading(self, caller: Caller) -> tuple[Viewer, Reader] | None:
        """The viewer and the reader, where both can be told at once; None where that takes a question elsewhere."""
        ...

    def log_read(self, operation: StoredOperation, viewer: Viewer, request_id: str, duration_s: float) -> None:
        """Note a compiled read that went well."""
        ...
