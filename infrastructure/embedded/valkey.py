"""Valkey for one Cairn: the queue and the live feeds, on a socket only, every change appended to a file."""

import signal
import socket
from pathlib import Path

from infrastructure.embedded import sockets
from infrastructure.embedded.child import Child
from infrastructure.embedded.data_folder import DataFolder
from infrastructure.embedded.leftovers import see_off
from infrastructure.embedded.programs import valkey_server

NAME = "Valkey"
_READY_WITHIN_S = 60.0  # it reads its whole file first
_STOPS_WITHIN_S = 10.0


class Valkey:
    """One Valkey server on one data folder; the folder must be held."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._configuration = folder.valkey / "valkey.conf"
        self._note = folder.valkey / "valkey.pid"
        self._child: Child | None = None

    def start(self, socket_folder: Path, password: str) -> None:
        """Begin to start it; `wait` tells when it is there. Raises CannotStart."""
        see_off(
            self._note,
            working_in=self._configuration,
            signals=[(signal.SIGTERM, _STOPS_WITHIN_S), (signal.SIGKILL, 5.0)],
        )
        self._socket, self._password = socket_folder / sockets.VALKEY, password
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(self._settings(), encoding="utf-8", errors="surrogateescape")
        self._child = Child(
            [valkey_server(), self._configuration], log=self._folder.log("valkey"), farewell=signal.SIGTERM
        )

    def wait(self) -> None:
        """Wait until it answers; raises CannotStart."""
        assert self._child is not None
        self._child.until(self._answers, patience_s=_READY_WITHIN_S, name=NAME)

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""
        return self._child.pid if self._child else None

    @property
    def fallen(self) -> bool:
        """Whether it was started, not stopped, and has ended all the same."""
        return self._child is not None and not self._child.running

    def farewell(self) -> None:
        """Ask it to stop, and do not wait."""
        if self._child is not None:
            self._child.farewell()

    def stop(self) -> None:
        """Stop it; what it knows is in its file then."""
        if self._child is not None:
            self._child.stop(_STOPS_WITHIN_S)
            self._child = None

    def _settings(self) -> str:
        settings = {
            "port": "0",
            "unixsocket": _quoted(self._socket),
            "unixsocketperm": "700",
            "requirepass": self._password,
            "dir": _quoted(self._folder.valkey),
            "pidfile": _quoted(self._note),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "logfile": '""',
            "set-proc-title": "no",  # its command line is how a leftover of an earlier start is told from a stranger
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            try:
                line.connect(str(self._socket))
                line.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode("ascii"))
                return b"+PONG" in b"".join(iter(lambda: line.recv(200), b""))
            except OSError:
                return False


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
