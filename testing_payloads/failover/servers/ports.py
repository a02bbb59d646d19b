"""Ports for the rig's servers, which no client is given meanwhile: below those that the kernel gives to clients."""

import os
import socket
import threading

_PORTS = range(12_000, 20_000)
_taken: set[int] = set()
_lock = threading.Lock()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses, and that this process has not asked for before."""
    begin = os.getpid() * 31 % len(_PORTS)  # several rigs start at once: each looks elsewhere
    with _lock:
        for step in range(len(_PORTS)):
            port = _PORTS[(begin + step) % len(_PORTS)]
            if port not in _taken and _is_free(port):
                _taken.add(port)
                return port
    raise OSError("No port of 127.0.0.1 is free for the rig.")


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
