"""What an athlete has changed they see in their next query, whichever server answers that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graphql import OperationType

from app.edge.operation import Caller, Operation, Scopes


@asynccontextmanager
async def noting_changes(operation: Operation, caller: Caller, scopes: Scopes) -> AsyncIterator[None]:
    """To be held while an operation is executed: a mutation is noted before it begins, and when it has ended."""
    if operation.type is not OperationType.MUTATION:
        yield
        return
    reading = scopes.reading(caller)
    if reading is not None:
        viewer, reader = reading
        async with reader.changing(viewer):
            yield
        return
    try:
        yield
    finally:  # by now the token has been looked at
        reading = scopes.reading(caller)
        if reading is not None:
            viewer, reader = reading
            async with reader.changing(viewer):
                pass
