"""How Redis is connected to, so that nobody waits for ever for one that is gone."""

import socket
import sys
from typing import Any
from urllib.parse import urlsplit

ANSWER_WITHIN_S = 2.0  # a Redis that is frozen keeps its connections open and says nothing
UNHEARD_S = 4
KEEPALIVE = (("TCP_KEEPIDLE", 3), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", UNHEARD_S * 1000))


def connection_options(url: str) -> dict[str, Any]:
    """What `from_url` of a client is given beside the address.

    A Redis that is cut off says nothing, and whoever listens to it would do so for ever: the kernel is to find out, and
    to hang up. Sockets of this machine need none of it.
    """
    options: dict[str, Any] = {"socket_connect_timeout": ANSWER_WITHIN_S}
    if urlsplit(url).scheme != "unix" and sys.platform == "linux":
        options["socket_keepalive"] = True
        options["socket_keepalive_options"] = {getattr(socket, name): value for name, value in KEEPALIVE}
    return options
