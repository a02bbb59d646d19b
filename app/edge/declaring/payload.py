"""What a mutation answers: the thing it wrote, read back, or what was wrong with the request."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, says, with_arguments_described
from domain.shared import errors
from domain.shared.errors import UserError as Refusal


@enum_type(
    "What kind of mistake it is.",
    NOT_FOUND="What was named is not there, or is somebody else's.",
    INVALID="A value breaks a rule.",
    CONFLICT="It collides with something that is stored already.",
    NOT_ALLOWED_NOW="The thing is in a state that does not allow it.",
    TOO_LARGE="More bytes, files or points than are taken.",
    UNSUPPORTED="A format or a kind of content that is not read.",
    LIMIT_EXCEEDED="More of something than is allowed at once.",
)
class UserErrorCode(Enum):
    """The codes of refusals, as they stand beside the rules."""

    NOT_FOUND = errors.NotFound.code
    INVALID = errors.Invalid.code
    CONFLICT = errors.Conflict.code
    NOT_ALLOWED_NOW = errors.NotAllowedNow.code
    TOO_LARGE = errors.TooLarge.code
    UNSUPPORTED = errors.Unsupported.code
    LIMIT_EXCEEDED = errors.LimitExceeded.code


@object_type
class UserError:
    """A mistake in what was asked, said so that a person can mend it."""

    code: UserErrorCode = says("What kind of mistake it is.")
    field: list[str] | None = says("The path of the input's field that it speaks of.", entries=3)
    message: str = says("A sentence for the person who asked.")


@strawberry.interface(description="What a mutation answers.")
class Payload:
    """Carries the id of what was written, which its own field reads back, and the mistakes."""

    id: strawberry.Private[UUID | None] = None
    user_errors: list[UserError] = says(
        "What was wrong with the request; empty when it was carried out.", entries=1, default_factory=list
    )


@object_type
class DeletedPayload(Payload):
    """Something that is gone."""

    deleted_id: strawberry.ID | None = says("The id it had; null when the request was refused.", default=None)


def mutation(function: Callable[..., Awaitable[Any]]) -> StrawberryField:
    """A mutation: what the domain refuses because of the user's mistake comes back in the payload's userErrors."""

    @functools.wraps(with_arguments_described(function))
    async def resolver(*args: Any, **kwargs: Any) -> Any:
        try:
            return await function(*args, **kwargs)
        except Refusal as refusal:
            payload = get_type_hints(function)["return"]
            return payload(user_errors=[told(refusal)])

    return strawberry.mutation(resolver, description=inspect.getdoc(function))


def told(refusal: Refusal) -> UserError:
    """A refusal as clients see it."""
    field = list(refusal.field) if refusal.field else None
    return UserError(code=UserErrorCode(refusal.code), field=field, message=refusal.message)
