"""The athlete as they see themselves."""

from app.edge.declaring.fields import input_type, object_type, says
from app.edge.declaring.relay import Node


@object_type
class Viewer(Node):
    """Whoever asks."""

    display_name: str = says("What they are called here.")
    email: str | None = says("As their identity provider gave it.")
    scopes: list[str] = says("What their token allows.", entries=5)
    timezone: str = says("The IANA zone by which their days and weeks turn.")


@input_type
class UpdateViewerInput:
    """What to change; what is left out stays."""

    display_name: str | None = says("1 to 100 visible characters.", default=None)
    timezone: str | None = says("An IANA name such as Europe/Zurich.", default=None)
    idempotency_key: str | None = says("The same key again does nothing and gives the first answer.", default=None)
