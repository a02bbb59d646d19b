"""Waits for what another process does: it gives no event to wait for."""

import time
from collections.abc import Callable

from testing_payloads.failover.servers.refusals import RigRefused

_LOOK_AGAIN_S = 0.01
_WITHIN_S = 60.0


def wait_until(ready: Callable[[], bool], otherwise: str) -> None:
    """Come back as soon as it is so; refuses, with `otherwise`, after a minute."""
    deadline = time.monotonic() + _WITHIN_S
    while not ready():
        if time.monotonic() > deadline:
            raise RigRefused(f"After {_WITHIN_S:.0f} s, {otherwise}.")
        time.sleep(_LOOK_AGAIN_S)
