"""The same request sent twice is done once."""

from dataclasses import dataclass
from uuid import UUID

from domain.shared.errors import Conflict, Invalid

MAX_KEY_LENGTH = 255


class IdempotencyKeyReused(Conflict):
    """The key came before, with another request."""

    def __init__(self) -> None:
        super().__init__(
            "This idempotencyKey was used before for a different request. Use a new key for a new request.",
            field=("idempotencyKey",),
        )


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key of one athlete, with a fingerprint of the request that it names.

    Repositories store it in the write's own transaction, with the ids that the write answered; the same key again gets
    those ids and writes nothing.
    """

    athlete_id: UUID
    key: str
    fingerprint: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= MAX_KEY_LENGTH or "\x00" in self.key:
            raise Invalid(
                f"An idempotencyKey has 1 to {MAX_KEY_LENGTH} characters and no NUL; this one has {len(self.key)}.",
                field=("idempotencyKey",),
            )
