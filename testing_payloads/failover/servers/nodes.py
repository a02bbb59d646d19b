"""The two nodes of a pair, each of which knows where the other is."""

from collections.abc import Mapping
from pathlib import Path

from testing_payloads.failover.servers.namespaces import NAMES, Network
from testing_payloads.failover.servers.node import Node, Passwords
from testing_payloads.failover.servers.programs import Postgres


def two_nodes(folder: Path, postgres: Postgres, network: Network, passwords: Passwords) -> Mapping[str, Node]:
    """Node a and node b, not started yet."""
    nodes = {}
    for name, partner in zip(NAMES, reversed(NAMES), strict=True):
        host, port = network.addresses[name]
        nodes[name] = Node(
            name=name,
            host=host,
            port=port,
            folder=folder / name,
            postgres=postgres,
            passwords=passwords,
            partner_address=network.addresses[partner],
            balancer=network.own_address,
            inside=network.inside(name),
        )
    return nodes
