"""The whole schema, a line a feature, and how its errors are told. `python -m app.schema` prints it."""

import sys
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError, GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
from strawberry.schema.config import StrawberryConfig

from app.accounts.mutations import AccountMutations
from app.accounts.queries import AccountQueries
from app.context import Info
from app.courses.mutations import CourseMutations
from app.courses.queries import CourseQueries
from app.edge.compiling.reads import reads_of
from app.edge.declaring.scalars import SCALARS
from app.edge.documents.validation import for_clients
from app.edge.refusals import MASKED
from app.events.mutations import EventMutations
from app.events.queries import EventQueries
from app.events.subscriptions import EventSubscriptions
from app.events.tracker_mutations import TrackerMutations
from app.nodes import SCOPES, NodeQueries
from app.operations.queries import OperationQueries
from app.operations.subscriptions import OperationSubscriptions
from app.pacing.following_mutations import FollowingMutations
from app.pacing.mutations import PacingMutations
from app.pacing.queries import PacingQueries
from app.pacing.subscriptions import PacingSubscriptions
from app.physiology.mutations import PhysiologyMutations
from app.physiology.queries import PhysiologyQueries
from app.plans.mutations import PlanMutations
from app.plans.queries import PlanQueries
from app.races.mutations import RaceMutations
from app.races.queries import RaceQueries
from app.races.subscriptions import RaceSubscriptions
from app.runs.mutations import RunMutations
from app.runs.queries import RunQueries
from app.runs.subscriptions import RunSubscriptions
from app.summaries.queries import SummaryQueries
from app.throttle.queries import ThrottleQueries
from app.throttle.subscriptions import ThrottleSubscriptions
from app.zones.mutations import ZoneMutations
from domain.events.places import CursorExpired
from domain.shared.errors import BadUserInput, DomainError, Unavailable
from domain.shared.selection import Readable

log = structlog.get_logger("cairn.schema")


@strawberry.type(description="Everything that can be read.")
class Query(
    AccountQueries,
    PhysiologyQueries,
    PlanQueries,
    RunQueries,
    SummaryQueries,
    EventQueries,
    RaceQueries,
    ThrottleQueries,
    CourseQueries,
    PacingQueries,
    OperationQueries,
    NodeQueries,
):
    """A line a feature."""


@strawberry.type(description="Everything that can be written.")
class Mutation(
    AccountMutations,
    PhysiologyMutations,
    PlanMutations,
    RunMutations,
    ZoneMutations,
    EventMutations,
    TrackerMutations,
    RaceMutations,
    CourseMutations,
    PacingMutations,
    FollowingMutations,
):
    """A line a feature."""


@strawberry.type(description="Everything that can be watched.")
class Subscription(
    OperationSubscriptions,
    RunSubscriptions,
    EventSubscriptions,
    RaceSubscriptions,
    ThrottleSubscriptions,
    PacingSubscriptions,
):
    """A line a feature."""


def build_schema() -> strawberry.Schema:
    """The schema."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(info_class=Info, scalar_map=SCALARS),
    )


def tell(errors: list[GraphQLError], request_id: str) -> None:
    """Give every error a code and the request's id; log bugs, and tell nothing of them."""
    for error in errors:
        code, more = _coded(error)
        if isinstance(error.original_error, DomainError):
            error.message = error.original_error.message
        if code == "INTERNAL":
            log.error("bug", request_id=request_id, path=error.path, exc_info=error.original_error)
            error.message = MASKED
        error.message = for_clients(error.message)
        error.extensions = {"code": code, "requestId": request_id, **more}


def stored_types(schema: strawberry.Schema) -> dict[str, Readable]:
    """The object types that are read as JSON, and what may be asked of them: all that can be reached from the nodes."""
    found: dict[str, Readable] = {}
    waiting = list(SCOPES)
    while waiting:
        name = waiting.pop()
        kind = schema._schema.get_type(name)
        if name in found or not isinstance(kind, GraphQLObjectType):
            continue
        if not name.endswith(("Connection", "Edge")) and name != "PageInfo":
            found[name] = _readable(schema._schema, kind)
        waiting += [get_named_type(field.type).name for field in kind.fields.values()]
    return found


def _readable(schema: GraphQLSchema, kind: GraphQLObjectType) -> Readable:
    types = [one for one in schema.type_map.values() if isinstance(one, GraphQLObjectType)]
    fields = [field for one in types for field in one.fields.values()]
    listed = [field for field in fields if get_named_type(field.type) is kind and _lists(field)]
    narrowed = frozenset(name for field in listed for name in field.args)
    args = [field.args for field in fields if get_named_type(field.type).name == f"{kind.name}Connection"]

    def names(argument: str, part: str) -> frozenset[str]:
        kinds = (get_named_type(one[argument].type) for one in args if argument in one)
        return frozenset(name for kind in kinds for name in getattr(kind, part))

    return Readable(
        frozenset(kind.fields), filters=names("filter", "fields") | narrowed, orders=names("orderBy", "values")
    )


def _lists(field: GraphQLField) -> bool:
    reads = reads_of(field)
    return reads is not None and reads.rows


def _coded(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    if isinstance(original, Unavailable):
        return original.code, {"retryAfterMs": original.retry_after_ms}
    if isinstance(original, CursorExpired):
        return original.code, {"earliest": original.earliest}
    if isinstance(original, DomainError):
        return original.code, {}
    if original is None or (error.path is None and error.nodes):  # a document, its variables or arguments
        return BadUserInput.code, {}
    return "INTERNAL", {}


if __name__ == "__main__":
    sys.stdout.write(build_schema().as_str() + "\n")
