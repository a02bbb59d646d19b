"""How long `cairn serve` takes until it answers: on an empty data folder, and on one that it knows.

The limits are 5 s and 3 s. Run with `make bench-start`.
"""

import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROUNDS = 7
LIMITS_S = {"first start": 5.0, "start afterwards": 3.0}


def seconds_until_ready(folder: Path) -> float:
    """Start, ask until /health/ready says so, stop."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0", "--data-dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        address = next(found for line in process.stdout if (found := re.search(r"http://\S+:\d+", line)))
        with urlopen(f"{address.group()}/health/ready", timeout=10) as answer:
            assert answer.status == 200
        return time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def main() -> None:
    measured: dict[str, list[float]] = {name: [] for name in LIMITS_S}
    for _ in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
        try:
            for name in LIMITS_S:
                measured[name].append(seconds_until_ready(folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{'':18} {'median s':>9} {'least':>7} {'most':>7} {'limit s':>8} {'median / limit':>15}")
    for name, limit in LIMITS_S.items():
        times = measured[name]
        median = statistics.median(times)
        print(f"{name:18} {median:9.2f} {min(times):7.2f} {max(times):7.2f} {limit:8.1f} {median / limit:15.2f}")


if __name__ == "__main__":
    main()
