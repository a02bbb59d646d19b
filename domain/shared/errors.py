"""What can be refused, and how a refusal is told to whoever asked.

A refusal is a subclass of one of these, written beside the rule it protects. Its text is safe to show and helps its
reader; `field` is the path of the input it speaks of, in the names of the GraphQL contract.
"""

from typing import ClassVar


class DomainError(Exception):
    """The root of everything Cairn refuses on purpose."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, *, field: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class OperatorError(Exception):
    """Something that whoever runs Cairn must mend: its text is one line that says what, and how."""


class UserError(DomainError):
    """A mistake in what was asked: mutations answer it in `userErrors`."""


class NotFound(UserError):
    """What was named is not there, or belongs to somebody else: the two are never told apart."""

    code = "NOT_FOUND"


class Invalid(UserError):
    """A value breaks a rule."""

    code = "INVALID"


class Conflict(UserError):
    """It collides with something that is stored already."""

    code = "CONFLICT"


class NotAllowedNow(UserError):
    """The thing is in a state that does not allow it."""

    code = "NOT_ALLOWED_NOW"


class TooLarge(UserError):
    """More bytes, files or points than are taken."""

    code = "TOO_LARGE"


class Unsupported(UserError):
    """A format or a kind of content that Cairn does not read."""

    code = "UNSUPPORTED"


class LimitExceeded(UserError):
    """More of something than is allowed at once."""

    code = "LIMIT_EXCEEDED"


class RequestError(DomainError):
    """The request as a whole cannot be served: an error of the request, never one of `userErrors`."""


class Unauthenticated(RequestError):
    """Nobody is signed in, or the token is not good."""

    code = "UNAUTHENTICATED"


class Forbidden(RequestError):
    """Somebody is signed in, but lacks the scope."""

    code = "FORBIDDEN"


class BadUserInput(RequestError):
    """An argument of a query makes no sense."""

    code = "BAD_USER_INPUT"


class Unavailable(RequestError):
    """Something that is needed does not answer now; it is worth trying again."""

    code = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after_ms: int = 1000) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms
