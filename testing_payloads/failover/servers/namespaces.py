"""Where the nodes of a pair are: all on 127.0.0.1, or each in a network namespace of its own whose cable can be cut."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testing_payloads.failover.servers.programs import find
from testing_payloads.failover.servers.refusals import RigRefused

NAMES = ("a", "b")
_OURS = re.compile(r"\bcairn(\d+)[ab]?\b")
_PORT = 5432
_IFF_UP = 1


@dataclass(frozen=True, slots=True)
class Network:
    """Where each node answers, and from where the rest of the rig comes to it. `prefix` is empty without namespaces."""

    addresses: Mapping[str, tuple[str, int]]
    own_address: str
    prefix: str = ""

    def inside(self, name: str) -> Sequence[str]:
        """The words before a command that is to run where this node is."""
        return (str(_find_ip()), "netns", "exec", f"{self.prefix}{name}") if self.prefix else ()

    def cut(self, name: str) -> None:
        """Take the cable out: packets are lost, and nobody is told."""
        self._set(name, "down")

    def mend(self, name: str) -> None:
        """Put the cable in again."""
        self._set(name, "up")

    def is_cut(self, name: str) -> bool:
        """Whether its cable is out: what is there cannot be asked, and to wait for its answer takes a second."""
        if not self.prefix:
            return False
        flags = int(Path(f"/sys/class/net/{self.prefix}{name}/flags").read_text(encoding="ascii"), 16)
        return not flags & _IFF_UP

    def _set(self, name: str, state: str) -> None:
        if not self.prefix:
            raise RigRefused("The nodes of this rig share one network: start it with --namespaces, as root.")
        _ip("link", "set", f"{self.prefix}{name}", state)


@contextmanager
def no_network(free_port: Callable[[], int]) -> Iterator[Network]:
    """Both on 127.0.0.1."""
    yield Network({name: ("127.0.0.1", free_port()) for name in NAMES}, "127.0.0.1")


@contextmanager
def a_network() -> Iterator[Network]:
    """A bridge of this process's own, and a namespace for each node; what dead rigs left behind is removed first."""
    if os.geteuid() != 0:
        raise RigRefused("Only root makes network namespaces: start the rig as root, or without --namespaces.")
    _remove(lambda process: not Path(f"/proc/{process}").exists())
    prefix, subnet = f"cairn{os.getpid()}", _free_subnet()
    network = Network({name: (f"{subnet}.{2 + at}", _PORT) for at, name in enumerate(NAMES)}, f"{subnet}.1", prefix)
    try:
        _ip("link", "add", prefix, "type", "bridge")
        _ip("address", "add", f"{subnet}.1/24", "dev", prefix)
        _ip("link", "set", prefix, "up")
        for name in NAMES:
            _add(network, name)
        yield network
    finally:
        _remove(lambda process: process == os.getpid())


def _add(network: Network, name: str) -> None:
    there = f"{network.prefix}{name}"
    _ip("netns", "add", there)
    _ip("link", "add", there, "type", "veth", "peer", "name", "eth0", "netns", there)
    _ip("link", "set", there, "master", network.prefix, "up")
    for words in (
        ("link", "set", "lo", "up"),
        ("address", "add", f"{network.addresses[name][0]}/24", "dev", "eth0"),
        ("link", "set", "eth0", "up"),
    ):
        _ip("-netns", there, *words)


def _remove(is_to_go: Callable[[int], bool]) -> None:
    """Remove the namespaces and links of those processes; a name says whose it is."""
    for kind in (("netns",), ("link",)):
        for found in {match for match in _OURS.finditer(_ip(*kind, "show")) if is_to_go(int(match[1]))}:
            words = ("netns", "delete", found[0]) if kind == ("netns",) else ("link", "delete", found[0])
            subprocess.run([_find_ip(), *words], capture_output=True, check=False)  # half of a pair takes the other


def _free_subnet() -> str:
    taken = _ip("address", "show")
    start = os.getpid() % 254
    numbers = (1 + (start + step) % 254 for step in range(254))
    return next(subnet for number in numbers if f"{(subnet := f'10.118.{number}')}." not in taken)


def _ip(*words: str) -> str:
    ended = subprocess.run([_find_ip(), *words], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RigRefused(f"`ip {' '.join(words)}` failed: {ended.stderr.strip()}")
    return ended.stdout


def _find_ip() -> Path:
    return find("ip", package="iproute2")
