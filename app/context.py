"""What a resolver has at hand: its operation's services, who is asking, and reading in the shape that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol, cast
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLResolveInfo
from svcs import Container

from app.edge.compiling.selection import arguments, select
from domain.shared.errors import DomainError
from domain.shared.node_ids import id_of, parse_node_id
from domain.shared.once import Once
from domain.shared.ports import Ids, Reader
from domain.shared.selection import Selection
from domain.shared.viewer import Scope, Viewer


class KeyedInput(Protocol):
    """An input that may carry an idempotency key."""

    idempotency_key: str | None


@dataclass
class OperationContext:
    """One operation: its own services and viewer, whether it came by HTTP or over a socket that lives for hours."""

    services: Container
    who: Viewer | DomainError
    request_id: str
    cursor: str | None = None  # where in its feed the event stands that a subscription tells of
    errors: int = 0  # how many the answers have told

    @property
    def viewer(self) -> Viewer:
        """Who is asking. Raises what is wrong with their token, or Unauthenticated."""
        if isinstance(self.who, DomainError):
            raise self.who
        return self.who


class Context:
    """The operation's context, seen from one field."""

    def __init__(self, operation: OperationContext, info: GraphQLResolveInfo[Any]) -> None:
        self._operation, self._info = operation, info

    @property
    def services(self) -> Container:
        """The services of this operation; `aget` the ports a use case takes."""
        return self._operation.services

    @property
    def viewer(self) -> Viewer:
        """See OperationContext.viewer."""
        return self._operation.viewer

    def resume_from(self, cursor: str) -> None:
        """Say, before an event is yielded, where a subscriber who misses what follows may begin again."""
        self._operation.cursor = cursor

    def selection(self) -> Selection:
        """What is selected below this field."""
        return select(self._info)

    async def read_one(self, type_: type, id: UUID | str | None, scope: Scope | None = Scope.TRAINING_READ) -> Any:
        """One stored thing with this field's own selection; None when it is not there or not the viewer's."""
        viewer = self._reading_viewer(scope)
        uuid = id_of(type_.__name__, id) if isinstance(id, str) else id
        if uuid is None:
            return None
        reader = await self.services.aget(Reader)
        json = await reader.one(select(self._info, type_.__name__), id=uuid, viewer=viewer)
        return None if json is None else orjson.Fragment(json)

    async def read_several(self, type_: type, ids: list[UUID], scope: Scope = Scope.TRAINING_READ) -> list[Any]:
        """Stored things by their ids, in their order."""
        viewer = self._reading_viewer(scope)
        if not ids:
            return []
        reader = await self.services.aget(Reader)
        json = await reader.several(select(self._info, type_.__name__), ids=ids, viewer=viewer)
        return cast("list[Any]", orjson.Fragment(json))  # the JSON of a list

    async def read_node(self, id: str, scopes: dict[str, Scope | None]) -> Any:
        """One stored thing by its global id alone; `scopes` names the types that may be read so."""
        parsed = parse_node_id(id)
        if parsed is None or parsed[0] not in scopes:
            self._reading_viewer(None)
            return None
        type_name, uuid = parsed
        viewer = self._reading_viewer(scopes[type_name])
        reader = await self.services.aget(Reader)
        json = await reader.one(select(self._info, type_name), id=uuid, viewer=viewer)
        return None if json is None else orjson.Fragment(json)

    async def read_page(self, scope: Scope = Scope.TRAINING_READ) -> Any:
        """The connection that this field is, with its own arguments and selection."""
        viewer = self._reading_viewer(scope)
        reader = await self.services.aget(Reader)
        json = await reader.page(select(self._info), args=arguments(self._info), viewer=viewer)
        return orjson.Fragment(json)

    async def read_rows(
        self, check: Callable[[Mapping[str, Any]], object] | None = None, scope: Scope = Scope.TRAINING_READ
    ) -> Any:
        """The list that this field is, with its own arguments, which `check` may refuse, and selection."""
        viewer, args = self._reading_viewer(scope), arguments(self._info)
        if check is not None:
            check(args)
        reader = await self.services.aget(Reader)
        return orjson.Fragment(await reader.rows(select(self._info), args=args, viewer=viewer))

    async def read_single(self, scope: Scope, missing: Callable[[Mapping[str, Any]], Exception] | None = None) -> Any:
        """The one stored thing that this field's own arguments name; None, or `missing` raised, when there is none."""
        viewer, args = self._reading_viewer(scope), arguments(self._info)
        reader = await self.services.aget(Reader)
        json = await reader.single(select(self._info), args=args, viewer=viewer)
        if json is None and missing is not None:
            raise missing(args)
        return None if json is None else orjson.Fragment(json)

    def once(self, input: KeyedInput, *content: str) -> Once:
        """The input's idempotency key, or one that is made for it: this request is carried out once.

        `content` stands for uploaded bytes in the request's fingerprint.
        """
        asked = self.once_if_asked(input, *content)
        return asked or Once.of_its_own(self.viewer.athlete_id, self.services.get(Ids).new())

    def once_if_asked(self, input: KeyedInput, *content: str) -> Once | None:
        """The input's idempotency key with a fingerprint of the request; None where it has none."""
        if input.idempotency_key is None:
            return None
        asked = orjson.dumps([arguments(self._info), content], default=_unless_upload, option=orjson.OPT_SORT_KEYS)
        fingerprint = sha256(self._info.field_name.encode() + b"\0" + asked).hexdigest()
        return Once(self.viewer.athlete_id, input.idempotency_key, fingerprint)

    def _reading_viewer(self, scope: Scope | None) -> Viewer:
        viewer = self.viewer
        if scope is not None:
            viewer.require(scope)
        return viewer


class Info(strawberry.Info[Context, None]):
    """Resolve info whose context knows which field it serves."""

    @property
    def context(self) -> Context:
        """The operation, seen from this field."""
        return Context(self._raw_info.context, self._raw_info)


def _unless_upload(value: object) -> str:
    return type(value).__name__
