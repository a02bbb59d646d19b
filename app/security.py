"""From a bearer token to whoever it speaks for."""

from starlette.requests import HTTPConnection
from svcs import Container

from domain.accounts.ports import AthleteRepository, TokenVerifier
from domain.shared.errors import DomainError, Unauthenticated
from domain.shared.viewer import Viewer

NOBODY = "Sign in first: send a bearer token in the Authorization header."
TOKEN_NAMES = ("Authorization", "authorization", "token")  # in connection_init
NO_BREAKS = " \t"  # what HTTP allows around a header's value; any other space makes a token one that nobody signed


def bearer_token(connection: HTTPConnection, connection_params: object = None) -> str | None:
    """The token of a request, or of a WebSocket: from connection_init if it is there, else from the header."""
    given = None
    if isinstance(connection_params, dict):
        given = next((connection_params[name] for name in TOKEN_NAMES if name in connection_params), None)
    header = given if isinstance(given, str) else _header(connection)
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if token:
        return token.strip(NO_BREAKS) if scheme.lower() == "bearer" else None
    return header if given is not None else None  # `token` in connection_init may come bare


def recognise(token: str | None, verifier: TokenVerifier, athletes: AthleteRepository) -> Viewer | None:
    """The viewer, where it is known at once and for sure; None means that `identify` must tell."""
    claims = None if token is None else verifier.remembered(token)
    return None if claims is None else athletes.remembered(claims)


async def identify(token: str | None, services: Container) -> Viewer | DomainError:
    """The viewer, or what is wrong with the token: told by the fields that need a viewer, so that others go on.

    Unavailable is another thing: nobody can tell whose token it is, so the whole request is to be refused (503).
    """
    if token is None:
        return Unauthenticated(NOBODY)
    try:
        verifier, athletes = await services.aget(TokenVerifier, AthleteRepository)
        return await athletes.identify(await verifier.verify(token))
    except DomainError as refusal:
        return refusal


def _header(connection: HTTPConnection) -> str:
    # Several headers count as one with commas (RFC 9110, section 5.3), and no token has one: whichever of them a proxy
    # has looked at, it is not another one that counts here.
    values = [value for name, value in connection.scope["headers"] if name == b"authorization"]
    return b", ".join(values).decode("latin-1")
