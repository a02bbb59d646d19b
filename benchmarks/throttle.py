"""Throttle steps: how good and how quick the strategies of the game state are.

Run with `python -m benchmarks.throttle`; it takes about a minute and a half, with `--full` 17 minutes.
"""

import argparse
import os
import sys

from benchmarks.throttling import game
from benchmarks.zoning.figures import table


def main() -> None:
    options = _options()
    print(f"On {os.cpu_count()} cores, which whatever else runs shares.", flush=True)
    figures = game.measure(options.states, options.states if options.full else options.bred)
    print("\n" + table(figures))
    sys.exit(0 if all(figure.is_good for figure in figures) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=game.STATES, help="that OPTIMAL solves")
    parser.add_argument("--bred", type=int, default=60, help="of these that GENETIC solves too, in a second each")
    parser.add_argument("--full", action="store_true", help="have GENETIC solve them all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
