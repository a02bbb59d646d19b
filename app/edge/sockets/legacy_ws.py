"""The protocol of npm subscriptions-transport-ws, which old Apollo clients speak: its subprotocol is `graphql-ws`.

https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md
"""

from typing import Any, ClassVar, Final

import orjson

from app.edge.sockets.socket_messages import SocketRefused, id_in, payload_in, request_in, unknown
from app.edge.sockets.socket_operations import Wording
from app.edge.sockets.socket_session import SocketSession

SUBPROTOCOL: Final = "graphql-ws"
ACK = '{"type":"connection_ack"}'
KEEP_ALIVE = '{"type":"ka"}'
UNAUTHORIZED = 4401, "Unauthorized"
OTHER_INIT = 4429, "Too many initialisation requests"
NORMAL_CLOSURE = 1000, ""


class LegacySession(SocketSession):
    """One socket in this protocol."""

    wording: ClassVar[Wording] = Wording(answer="data", one_error_only=True)

    def hear(self, message: dict[str, Any]) -> None:
        """Do what a message says. Raises SocketRefused."""
        match message["type"]:
            case "connection_init":
                self._initialise(payload_in(message))
            case "start":
                self._start(message)
            case "stop":
                id = id_in(message)
                if self.operations.stop(id):
                    self.writer.say(self.wording.complete(id))  # clients wait for it
            case "connection_terminate":
                raise SocketRefused(*NORMAL_CLOSURE)
            case _:
                raise unknown(message)

    def welcome(self) -> None:
        """Acknowledge the connection."""
        self.writer.say(ACK)
        self.writer.say(KEEP_ALIVE)

    def turn_away(self, reason: str) -> None:
        """Say why the token is not taken."""
        error = {"type": "connection_error", "payload": {"message": reason}}
        self.writer.say(orjson.dumps(error).decode())

    def keep_alive(self) -> float:
        """Tell that the server is there; clients have no word to answer."""
        if self.acknowledged:
            self.writer.say(KEEP_ALIVE)
        return self.loop.time() + self.ping_every_s

    def _initialise(self, params: dict[str, Any] | None) -> None:
        """The same again is acknowledged again; somebody else needs another socket."""
        if self.caller is None:
            self.greet(params)
        elif not _are_same(params, self.caller.params):
            raise SocketRefused(*OTHER_INIT)
        elif self.acknowledged:
            self.writer.say(ACK)

    def _start(self, message: dict[str, Any]) -> None:
        """Begin an operation, in place of one of the same id. Clients do not wait for the acknowledgement before."""
        id, request = id_in(message), request_in(message)
        if self.caller is None:
            raise SocketRefused(*UNAUTHORIZED)
        self.operations.stop(id)
        self.operations.begin(id, request, self.caller, after=None if self.acknowledged else self.greeting)


def _are_same(params: object, before: object) -> bool:
    try:
        return params == before
    except RecursionError:  # JSON is read deeper than Python compares; no token lies that deep
        return False
