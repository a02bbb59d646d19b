"""What is refused before anything is executed, and how a whole request's refusal is told."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Self

import orjson

from domain.shared.errors import BadUserInput, DomainError, NotFound, Unauthenticated, Unavailable

JSON = "application/json; charset=utf-8"
MASKED = "Something went wrong here. It has been logged under this request's id."
STATUS = {BadUserInput.code: 400, Unauthenticated.code: 401, NotFound.code: 404, Unavailable.code: 503}
PLAIN = {
    404: ("There is nothing at this address. GraphQL is at /graphql.", "NOT_FOUND"),
    405: ("This address does not take this method. GraphQL is at /graphql.", BadUserInput.code),
}

TOO_SLOW = (
    "Events came faster than you read them, so this subscription has ended. Subscribe again, from the cursor if there "
    "is one: then nothing is skipped."
)


class RequestRefused(Exception):
    """A request error, as the GraphQL specification has it: errors and no data, on every transport.

    `errors` are formatted GraphQL errors, each with `extensions.code`; `status` is what HTTP says.
    """

    def __init__(
        self, errors: Sequence[Mapping[str, Any]], *, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(errors[0]["message"])
        self.errors, self.status, self.headers = errors, status, dict(headers or {})

    @classmethod
    def because(cls, message: str, *, code: str = BadUserInput.code, status: int = 400, **more: Any) -> Self:
        """One error; `more` stands beside its code."""
        return cls([{"message": message, "extensions": {"code": code, **more}}], status=status)

    @classmethod
    def of(cls, refusal: DomainError) -> Self:
        """What the domain refuses, as HTTP says it."""
        more = {"retryAfterMs": refusal.retry_after_ms} if isinstance(refusal, Unavailable) else {}
        refused = cls.because(refusal.message, code=refusal.code, status=STATUS.get(refusal.code, 403), **more)
        if isinstance(refusal, Unauthenticated):
            refused.headers["www-authenticate"] = "Bearer"
        if isinstance(refusal, Unavailable):
            refused.headers["retry-after"] = str(ceil(refusal.retry_after_ms / 1000))
        return refused

    def told(self, request_id: str) -> list[dict[str, Any]]:
        """The errors, with the id under which the log knows the request; or what ended many at once, where one did."""
        return [{**error, "extensions": {"requestId": request_id, **error["extensions"]}} for error in self.errors]

    def body(self, request_id: str) -> bytes:
        """The JSON of the whole answer."""
        return orjson.dumps({"errors": self.told(request_id)})


BUG = RequestRefused.because(MASKED, code="INTERNAL")


def too_slow(cursor: str | None) -> RequestRefused:
    """The end of a subscription that is read too slowly; the cursor is that of the last event that went out."""
    return RequestRefused.because(TOO_SLOW, code="SLOW_CONSUMER", cursor=cursor)
