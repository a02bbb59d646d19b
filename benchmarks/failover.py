"""The promise of a pair of databases, tried: they fail under mixed load through the API, again and again.

Two APIs and a worker on the rig of `testing_payloads/failover`: athletes who plan and look, publishers, followers over
sockets, and zones computed anew. Clients wait ten seconds and do not send again what failed. Every call goes into a
history, which is judged when a strike has fallen for the last time: acknowledged writes are there once, reads never go
back in time for one client, feeds have no gaps. On the ground `pair` one API reads from the standby. Run with
`make bench-failover`.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from app.serving import ending_in_good_order
from benchmarks.failing_over.grounds import GROUNDS, Ground, LaidOut
from benchmarks.failing_over.page import page
from benchmarks.failing_over.people import Size
from benchmarks.failing_over.strikes import Strike, named
from benchmarks.failing_over.table import HEAD, Row
from benchmarks.failing_over.trial import trial
from testing_payloads.failover.servers.refusals import RigRefused


def main() -> None:
    options = _options()
    rows: list[Row] = []
    not_tried = ["not all was tried: this was interrupted"]
    load_before = os.getloadavg()[0]
    with ending_in_good_order():
        grounds = [ground for ground in GROUNDS if options.ground in (None, ground.name)]
        not_tried = [refusal for ground in grounds if (refusal := _try(ground, options, rows))]
    good = _report(rows, not_tried)
    if options.markdown and rows:
        print(f"\n{page(rows, size=Size(), repeating=options.repeating, load_before=load_before)}")
    sys.exit(0 if good else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10, help="how often each strike falls")
    names = [strike.name for ground in GROUNDS for strike in ground.strikes]
    parser.add_argument("--only", metavar="NAME", choices=names, help=f"one kind of strike: {', '.join(names)}")
    parser.add_argument("--ground", choices=[ground.name for ground in GROUNDS], help="one ground only")
    parser.add_argument("--repeating", action="store_true", help="clients send what failed again, with the same key")
    parser.add_argument("--markdown", action="store_true", help="print the table for the documentation, too")
    return parser.parse_args()


def _try(ground: Ground, options: argparse.Namespace, rows: list[Row]) -> str:
    """Add the rows of a ground; what is answered is why it could not be tried to the end."""
    if not (strikes := named(ground.strikes, options.only)):
        return ""
    began = time.monotonic()
    try:
        with ground.laid_out() as laid_out:
            for strike in strikes:
                rows.append(_row(strike, laid_out, options))
    except (RigRefused, AssertionError) as refusal:
        return f"{ground.name} was not tried to the end: {refusal}"
    print(f"{ground.name}: all in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return ""


def _row(strike: Strike, laid_out: LaidOut, options: argparse.Namespace) -> Row:
    began, name = time.monotonic(), strike.name.lower().replace(":", "").replace(" ", "-")
    tried = trial(laid_out, [strike] * options.times, Size(), name=name, repeats=options.repeating)
    for told in tried.told():
        print(told, file=sys.stderr)
    print(f"{strike.name}: {options.times} times in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return Row(strike.name, tried)


def _report(rows: Sequence[Row], not_tried: Sequence[str]) -> bool:
    print(f"\nMixed load through two APIs on {os.cpu_count()} cores\n\n{HEAD}\n{'-' * len(HEAD)}")
    for row in rows:
        print(row.line())
    print()
    verdicts = [*(verdict for row in rows for verdict in row.verdicts()), *((False, text) for text in not_tried)]
    for good, text in verdicts:
        print(f"{'PASS' if good else 'FAIL'}  {text}")
    return bool(rows) and all(good for good, _ in verdicts)


if __name__ == "__main__":
    main()
