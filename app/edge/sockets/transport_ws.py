"""The protocol `graphql-transport-ws`, which npm graphql-ws and most clients speak.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from typing import Any, ClassVar, Final

from app.edge.sockets.direct import TERMINATED
from app.edge.sockets.socket_messages import (
    LONGEST_REASON,
    SocketRefused,
    cut,
    echo_in,
    id_in,
    payload_in,
    request_in,
    unknown,
)
from app.edge.sockets.socket_operations import Wording
from app.edge.sockets.socket_session import SocketSession

SUBPROTOCOL: Final = "graphql-transport-ws"
ACK = '{"type":"connection_ack"}'
PING = '{"type":"ping"}'
PONG = '{"type":"pong"}'
UNAUTHORIZED = 4401, "Unauthorized"
TOO_MANY_INITS = 4429, "Too many initialisation requests"
SUBSCRIBER_EXISTS = 4409, "Subscriber for {} already exists"


class TransportSession(SocketSession):
    """One socket in this protocol."""

    wording: ClassVar[Wording] = Wording(answer="next", one_error_only=False)

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a message says. Raises SocketRefused."""
        match message["type"]:
            case "connection_init":
                if self.caller is not None:
                    raise SocketRefused(*TOO_MANY_INITS)
                self.greet(payload_in(message))
            case "ping":
                echo = echo_in(message)
                self.writer.say(PONG if echo is None else f'{{"type":"pong","payload":{echo.decode()}}}')
            case "pong":
                echo_in(message)
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self.operations.stop(id_in(message))
            case _:
                raise unknown(message)

    def welcome(self) -> None:
        """Acknowledge the connection."""
        self.writer.say(ACK)

    def turn_away(self, reason: str) -> None:
        """The close frame says it all."""

    def keep_alive(self) -> float:
        """Ask a client that has been silent whether it is there; end the socket of one that does not answer."""
        now = self.loop.time()
        every_s, heard_at = self.ping_every_s, self.heard_at
        if now < heard_at + every_s:
            return heard_at + every_s
        if now >= heard_at + 2 * every_s:
            self.end(TERMINATED, f"Nothing was heard for {2 * self.terms.ping_every_s:g} s.")
        else:
            self.writer.say(PING)
        return heard_at + 2 * every_s

    def _subscribe(self, message: dict[str, Any]) -> None:
        id, request = id_in(message), request_in(message)
        if not self.acknowledged or self.caller is None:
            raise SocketRefused(*UNAUTHORIZED)
        if id in self.operations:
            code, reason = SUBSCRIBER_EXISTS
            raise SocketRefused(code, reason.format(cut(id, LONGEST_REASON - len(reason) + len("{}"))))
        self.operations.begin(id, request, self.caller)
