"""From a bearer token to whoever it speaks for."""

from starlette.requests import HTTPConnection
from svcs import Container

from domain.accounts.ports import AthleteRepository, TokenVerifier
from domain.shared.errors import DomainError, Unauthenticated
from domain.shared.viewer import Viewer

NOBODY = "Sign in first: send a bearer token in the Authorization header."


def bearer_token(connection: HTTPConnection, connection_params: object = None) -> str | None:
    """The token of a request, or of a WebSocket: from connection_init if it is there, else from the header."""
    params = connection_params if isinstance(connection_params, dict) else {}
    given = next((params[name] for name in ("Authorization", "authorization", "token") if name in params), None)
    header = given if isinstance(given, str) else connection.headers.get("authorization")
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if token:
        return token.strip() if scheme.lower() == "bearer" else None
    return header if given is not None else None  # `token` in connection_init may come bare


async def identify(token: str | None, services: Container) -> Viewer | DomainError:
    """The viewer, or what is wrong with the token: told by the fields that need a viewer, so that others go on."""
    if token is None:
        return Unauthenticated(NOBODY)
    try:
        verifier, athletes = await services.aget(TokenVerifier, AthleteRepository)
        return await athletes.identify(await verifier.verify(token))
    except DomainError as refusal:
        return refusal
