"""The athlete as they see themselves."""

from datetime import date
from typing import Annotated

import strawberry

from app.edge.declaring.fields import declared, input_type, object_type, says
from app.edge.declaring.relay import Connection, Node
from app.physiology.types import Physiology

ON = strawberry.argument(description="A day; today, where the athlete is, when left out.")


@object_type
class Viewer(Node):
    """Whoever asks."""

    display_name: str = says("What they are called here.")
    email: str | None = says("As their identity provider gave it.")
    scopes: list[str] = says("What their token allows.", entries=5)
    timezone: str = says("The IANA zone by which their days and weeks turn.")

    @declared
    def physiology(self, on: Annotated[date | None, ON] = None) -> Physiology | None:
        """What their body can do, by the figures valid on a day; null before the first. Needs training:read."""

    @declared
    def physiologies(  # type: ignore[empty-body]
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[Physiology]:
        """All figures that were set, each valid from its day on, the latest day first. Needs training:read."""


@input_type
class UpdateViewerInput:
    """What to change; what is left out stays."""

    display_name: str | None = says("1 to 100 visible characters.", default=None)
    timezone: str | None = says("An IANA name such as Europe/Zurich.", default=None)
    idempotency_key: str | None = says("The same key again does nothing and gives the first answer.", default=None)
