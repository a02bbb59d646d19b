"""The promise of the live feeds, tried: everything that serves them is killed while events flow.

Two APIs, a worker, Redis and PostgreSQL on this machine; publishers who send every batch until it is acknowledged, and
some of them without waiting for the first answer; followers over sockets and an event stream, who go on from their last
cursor elsewhere. Each process is killed (-9) in turn and started again; then the APIs are restarted one by one, before
a crowd of followers. At the end everybody must have every event once and in order, and the counters must be exact.
Run with `make bench-feed-kill`.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

from app.serving import ending_in_good_order
from benchmarks.killing.plan import Plan
from benchmarks.killing.striking import Strike, Struck, kills, rolling_restart
from benchmarks.killing.trial import Outcome, Watch, a_crowd, one_of_each, trial
from tests.factories.clusters import Cluster, a_cluster

HEAD = f"{'':20}{'away s':>8}{'events meanwhile':>18}{'attempts refused':>18}{'resumed elsewhere':>19}"


def main() -> None:
    options = _options()
    plan = Plan(options.events, batch=100, publishers=20, conflicts=options.events // 400)
    # As many are told of each event as there are followers: so much fewer events keep this as long.
    rolling = Plan(max(options.events // options.followers, 200), batch=2, publishers=4, conflicts=0)
    with ending_in_good_order(), a_cluster() as cluster:
        kept = [
            _try("Everything killed in turn", plan, cluster, kills(cluster), one_of_each),
            _try("A rolling restart", rolling, cluster, rolling_restart(cluster), a_crowd(options.followers)),
        ]
        sys.exit(0 if all(kept) else 1)
    sys.exit(1)  # it was interrupted


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000, help="how many are published, repeats among them")
    parser.add_argument("--followers", type=int, default=200, help="how many follow through the rolling restart")
    return parser.parse_args()


def _try(title: str, plan: Plan, cluster: Cluster, strikes: Sequence[Strike], watch: Watch) -> bool:
    began = time.monotonic()
    outcome = trial(plan, cluster, strikes, watch, topic=title.lower().replace(" ", "-"))
    return _report(title, outcome, time.monotonic() - began)


def _report(title: str, outcome: Outcome, took_s: float) -> bool:
    plan = outcome.plan
    print(f"\n{title}: {plan.events:,} events, {plan.events - plan.unique:,} of them repeats,", end=" ")
    print(f"{len(outcome.followers)} followers, {took_s:.0f} s on {os.cpu_count()} cores\n\n{HEAD}\n{'-' * len(HEAD)}")
    for struck in outcome.struck:
        print(_line(struck))
    resumed = sum((follower.seen.resumed for follower in outcome.followers), Counter[str]())
    print(f"\nattempts refused: {_told(outcome.published.troubles)}\nfeeds broken off: {_told(resumed)}")
    print(f"batches whose first answer was not waited for: {outcome.published.hung_up:,}\n")
    verdicts = outcome.verdicts()
    for good, text in verdicts:
        print(f"{'PASS' if good else 'FAIL'}  {text}")
    return all(good for good, _ in verdicts)


def _line(struck: Struck) -> str:
    figures = f"{struck.acknowledged:18,}{struck.attempts_refused:18,}{struck.resumed:19,}"
    return f"{struck.name:20}{struck.away_s:8.1f}{figures}"


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} × {text}" for text, count in counts.most_common()) or "none"


if __name__ == "__main__":
    main()
