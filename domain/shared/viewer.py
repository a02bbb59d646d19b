"""Who is asking, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.shared.errors import Forbidden


class Scope(StrEnum):
    """What a token may allow."""

    TRAINING_READ = "training:read"
    TRAINING_WRITE = "training:write"
    EVENTS_READ = "events:read"
    EVENTS_PUBLISH = "events:publish"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The athlete on whose behalf a request acts."""

    athlete_id: UUID
    scopes: frozenset[str]
    expires_at: datetime | None = None

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless the viewer's token carries `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This needs the scope {scope}, which your token does not carry.")
