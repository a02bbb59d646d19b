"""The short way in: what programs post to GraphQL need not pass by the routes and the rules for web pages, nor sockets,
which would keep what they pass by for as long as they live."""

from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/graphql"


class Shortcut:
    """A middleware. A browser says from which page it comes, a program does not: it goes straight to `graphql`.

    `sockets` look at the page by themselves.
    """

    def __init__(self, app: ASGIApp, *, graphql: ASGIApp, sockets: ASGIApp) -> None:
        self._app, self._graphql, self._sockets = app, graphql, sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        straight = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        if straight and not any(name == b"origin" for name, _ in scope["headers"]):
            await self._graphql(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == PATH:
            await self._sockets(scope, receive, send)
        else:
            await self._app(scope, receive, send)
