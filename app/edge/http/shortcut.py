"""The short way in: what programs post to GraphQL need not pass by the routes and the rules for web pages."""

from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/graphql"


class Shortcut:
    """A middleware. A browser says from which page it comes, a program does not: it goes straight to `graphql`."""

    def __init__(self, app: ASGIApp, *, graphql: ASGIApp) -> None:
        self._app, self._graphql = app, graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        straight = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        if straight and not any(name == b"origin" for name, _ in scope["headers"]):
            await self._graphql(scope, receive, send)
        else:
            await self._app(scope, receive, send)
