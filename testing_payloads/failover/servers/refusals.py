"""Why the rig does not do what it was asked for."""

from domain.shared.errors import OperatorError


class RigRefused(OperatorError):
    """The rig cannot do this; the text says why and what to do."""
