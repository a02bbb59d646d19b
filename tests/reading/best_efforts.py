"""The fastest stretch of each distance in some of an athlete's runs, found by looking at all."""

from collections.abc import Mapping
from typing import Any

from tests.reading.things import Thing, local_day
from tests.reading.world import World


def best_efforts(world: World, args: Mapping[str, Any]) -> list[Thing]:
    """One of each distance, the shortest first; the id of its run decides between equals."""
    first, last = args.get("from", "0001-01-01"), args.get("to", "9999-12-31")
    counted = {run["id"] for run in world.of("run") if first <= str(local_day(run)) <= last}
    best: dict[float, Thing] = {}
    for effort in sorted(world.of("best_effort"), key=lambda one: (one["distance_m"], one["time_s"], one["run"].int)):
        if effort["run"] in counted:
            best.setdefault(effort["distance_m"], Thing("BestEffort", effort))
    return list(best.values())
