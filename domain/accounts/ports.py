"""How a request's token becomes a viewer, and where athletes are kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.model import Athlete
from domain.operations.model import JobId
from domain.shared.once import Once
from domain.shared.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `scopes` holds only scopes that Cairn knows; `expires_at` is aware, in UTC."""

    issuer: str
    subject: str
    scopes: frozenset[str]
    name: str | None
    email: str | None
    expires_at: datetime


class TokenVerifier(Protocol):
    """Whose tokens are believed."""

    async def verify(self, token: str) -> Claims:
        """What the token says, once it is known to be genuine and valid now.

        Raises Unauthenticated with the reason, or Unavailable when the keys to tell cannot be had at the moment.
        Neither text holds anything of the token.
        """
        ...

    def remembered(self, token: str) -> Claims | None:
        """What `verify` said of the token a moment ago, if that still holds; None means that `verify` must tell."""
        ...


class TokenIssuer(Protocol):
    """Makes the tokens of local mode."""

    def issue(self, name: str, *, scopes: Iterable[str] | None = None, hours: float = 24) -> str:
        """A token for the athlete of that name; without scopes it allows all but operations.

        Raises a DomainError that says what is wrong with the name, the scopes or the hours.
        """
        ...


@dataclass(frozen=True, slots=True)
class AthleteWritten:
    """The athlete who was changed, and the job that analyses anew the runs that another clock tells otherwise."""

    id: UUID
    job_id: JobId | None


class AthleteRepository(Protocol):
    """Athletes, one for each issuer and subject."""

    async def identify(self, claims: Claims) -> Viewer:
        """The viewer a token speaks for; the first sight of an issuer and subject makes the athlete."""
        ...

    def remembered(self, claims: Claims) -> Viewer | None:
        """The viewer, for an athlete who was identified before; None means that `identify` must tell."""
        ...

    async def update(
        self, viewer: Viewer, change: Callable[[Athlete], Athlete], *, once: Once | None
    ) -> AthleteWritten:
        """Lock the viewer's own athlete, apply `change`, store.

        In the same transaction, the recorded runs whose hours another time zone changes are asked to be analysed anew.
        `change` is pure, so it may run again after a failover.
        """
        ...
