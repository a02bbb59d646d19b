"""The same request sent twice is done once."""

from dataclasses import dataclass
from uuid import UUID

from domain.shared.errors import Conflict, Invalid

MAX_KEY_LENGTH = 255
MADE = "~cairn-"  # what the keys begin with that Cairn makes itself, to be told apart by who looks at the table


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
    those ids and writes nothing. A request that brings no key has one `made` for it, by which the write survives a
    database that goes away in its midst.
    """

    athlete_id: UUID
    key: str
    fingerprint: str
    made: bool = False

    @classmethod
    def of_its_own(cls, athlete_id: UUID, id: UUID) -> "Once":
        """For a request without a key; `id` is new."""
        return cls(athlete_id, f"{MADE}{id}", "", made=True)

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= MAX_KEY_LENGTH or "\x00" in self.key:
            raise Invalid(
                f"An idempotencyKey has 1 to {MAX_KEY_LENGTH} characters and no NUL; this one has {len(self.key)}.",
                field=("idempotencyKey",),
            )
