"""Throttle steps: how good and how quick the strategies of the game state are, and how quick plans of long courses.

Run with `make bench-throttle`; it takes about six minutes, with `--full` 18.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from app.serving import ending_in_good_order
from benchmarks.reading.cairn import a_cairn
from benchmarks.throttling import game, pacing
from benchmarks.zoning.figures import Figure, table


def main() -> None:
    options = _options()
    print(f"On {os.cpu_count()} cores, which whatever else runs shares.", flush=True)
    figures = game.measure(options.states, for_a_second=options.full)
    figures += _plans(options.rounds)
    print("\n" + table(figures))
    sys.exit(0 if all(figure.is_good for figure in figures) else 1)


def _plans(rounds: int) -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with ending_in_good_order(), a_cairn(folder, "--no-worker") as cairn:
            return pacing.measure(cairn, rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=game.STATES, help="that OPTIMAL and GENETIC solve")
    parser.add_argument("--rounds", type=int, default=5, help="of plans over a long course")
    parser.add_argument("--full", action="store_true", help="give GENETIC as many seeds as fit in a second")
    return parser.parse_args()


if __name__ == "__main__":
    main()
