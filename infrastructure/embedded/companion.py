"""A second process of Cairn's own beside the first: it writes to the same terminal, and ends with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from infrastructure.embedded import launch
from infrastructure.embedded.identity import own_identity

_PATIENCE_S = 10.0


class Companion:
    """Runs `python -m <module> <arguments>`. Start it from the main thread, like Child.

    With -P, so that a folder of the module's name where somebody happens to call Cairn is not taken for it.
    """

    def __init__(self, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        who = own_identity()
        # In a session of its own: Ctrl-C in the terminal ends the first process, which then ends this one in order.
        self._process = subprocess.Popen(  # noqa: S603 - every word of the command comes from this package
            [
                *(sys.executable, "-I", "-S", launch.__file__),
                *(str(os.getpid()), str(int(signal.SIGTERM)), who.kind, str(who.uid), str(who.gid)),
                *(sys.executable, "-P", "-m", module, *arguments),
            ],
            stdin=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Ask it to end, and insist when it takes too long."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
