"""Ten minutes of all that a Cairn may meet, and then a look at what it still holds.

Readers, writers, watchers who vanish, and those who mean harm, all at once, against a `cairn serve` of its own. At the
end tasks, sockets and connections must be back to what they were, the memory must not have grown, and every write that
was acknowledged must be there exactly once. Run with `make bench-soak`.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import orjson

from app.serving import ending_in_good_order
from benchmarks.reading.cairn import Cairn, a_cairn
from benchmarks.reading.data import seed
from benchmarks.reading.processes import free_port
from benchmarks.soaking import hostile, subscribers, traffic
from benchmarks.soaking.samples import HEAD, Sample, is_back, look, verdicts
from benchmarks.soaking.target import Act, Target, keep_doing
from domain.shared.node_ids import id_of, node_id

WATCHED = [sys.executable, "-m", "benchmarks.soaking.watched"]
PAYLOAD = Path(__file__).parent.parent / "testing_payloads" / "river_run.gpx"
PING_S = "5"  # four times as often as usual, so that silent sockets end within the soak's patience
EVERY_S, QUIET_S, MOST_QUIET_S = 10.0, 60.0, 150.0
CHANGE = "update job set revision = revision + 1 where id = $1"
CROWD: list[tuple[Act, int, float]] = [  # what is done, by how many at once, and their pause between
    (traffic.small_reads, 4, 0.02),
    (traffic.nested_reads, 2, 0.1),
    (traffic.other_reads, 1, 0.05),
    (traffic.writes, 3, 0.05),
    (subscribers.transport_ws_subscriptions, 6, 0.05),
    (subscribers.legacy_ws_subscriptions, 4, 0.05),
    (subscribers.event_stream_subscriptions, 4, 0.05),
    (subscribers.shared_event_streams, 2, 0.1),
    (hostile.attacks_by_document, 2, 0.1),
    (hostile.attacks_by_body, 1, 0.1),
    (hostile.bad_tokens, 1, 0.1),
    (hostile.hanging_up, 3, 0.05),
    (hostile.malformed_messages, 2, 0.1),
    (hostile.silent_sockets, 10, 0.1),
    (hostile.slow_bodies, 10, 0.1),
    (hostile.half_heads, 10, 0.1),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args().minutes
    folder, side_port, good = Path(tempfile.mkdtemp(prefix="cairn-soak-")), free_port(), False
    settings = {"SOAK_PORT": str(side_port), "CAIRN_WEBSOCKET_PING_S": PING_S}
    try:
        # Without a worker: the job that is watched waits for ever, and what changes it is the soak.
        with ending_in_good_order(), a_cairn(folder, "--no-worker", program=WATCHED, **settings) as cairn:
            good = asyncio.run(_soak(cairn, side_port, minutes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


async def _soak(cairn: Cairn, side_port: int, minutes: float) -> bool:
    watch = await asyncpg.connect(cairn.database_url)
    pid, began = cairn.process.pid, time.monotonic()
    samples: list[Sample] = []

    async def sample(target: Target) -> Sample:
        at_s, done = time.monotonic() - began, target.done.total()
        samples.append(await look(pid, side_port, watch, at_s=at_s, done=done))
        print(samples[-1].line(), flush=True)
        return samples[-1]

    async with _target(cairn) as target:
        print(f"{minutes:g} minutes of mixed load on {os.cpu_count()} cores\n\n{HEAD}")
        before = await sample(target)
        crowd = [
            asyncio.create_task(keep_doing(target, act, place=place, places=many, every_s=pause))
            for act, many, pause in CROWD
            for place in range(many)
        ]
        crowd.append(asyncio.create_task(_change_job(target, cairn.database_url)))
        while time.monotonic() - began < minutes * 60:
            await asyncio.sleep(EVERY_S)
            await sample(target)
        under_load = samples[1:]
        target.stop.set()
        await asyncio.gather(*crowd)
    ended = time.monotonic()
    print("the load has ended")
    while True:
        await asyncio.sleep(QUIET_S if time.monotonic() - ended < QUIET_S else EVERY_S)
        if is_back(before, await sample(target)) or time.monotonic() - ended > MOST_QUIET_S:
            break
    told = verdicts(before, under_load, samples[-1], time.monotonic() - ended) + await _writes_kept(target, watch)
    await watch.close()
    return _report(target, told)


@asynccontextmanager
async def _target(cairn: Cairn) -> AsyncIterator[Target]:
    token = cairn.token("soak")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
    url = f"http://127.0.0.1:{cairn.port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
        viewer = (await http.post("/graphql", json={"query": "{ viewer { id } }"})).json()["data"]["viewer"]["id"]
        athlete = id_of("Viewer", viewer)
        assert athlete is not None
        runs = await seed(cairn.database_url, athlete)
        yield Target(cairn.port, token, node_id("Run", runs[0]), await _a_job(token, url), http)


async def _a_job(token: str, url: str) -> str:
    """An import that waits: there is no worker."""
    query = "mutation($input: ImportRunsInput!) { importRuns(input: $input) { job { id } } }"
    operations = orjson.dumps({"query": query, "variables": {"input": {"files": [None]}}}).decode()
    form = {"operations": operations, "map": '{"0": ["variables.input.files.0"]}'}
    headers = {"Authorization": f"Bearer {token}", "x-cairn-csrf": "1"}
    files = {"0": (PAYLOAD.name, PAYLOAD.read_bytes())}
    async with httpx.AsyncClient(base_url=url, headers=headers) as uploading:
        answer = await uploading.post("/graphql", data=form, files=files)
    id: str = answer.json()["data"]["importRuns"]["job"]["id"]
    return id


async def _change_job(target: Target, database_url: str) -> None:
    """So that watchers see something happen."""
    connection = await asyncpg.connect(database_url)
    while not target.stop.is_set():
        await connection.execute(CHANGE, id_of("Job", target.job_id))
        await asyncio.sleep(0.5)
    await connection.close()


async def _writes_kept(target: Target, watch: asyncpg.Connection) -> list[tuple[bool, str]]:
    rows = await watch.fetch("select name, array_agg(id) as ids from run where name like 'soak %' group by name")
    stored: dict[str, list[UUID]] = {row["name"]: row["ids"] for row in rows}
    lost = [key for key, id in target.acknowledged.items() if stored.get(key) != [id_of("Run", id)]]
    twice = [key for key, ids in stored.items() if len(ids) > 1]
    unknown = [key for key in stored if key not in target.attempted]
    told = f"{len(target.acknowledged):,} acknowledged writes of {len(target.attempted):,} keys"
    return [
        (not lost, f"{told}: {len(lost)} are not there exactly as told {lost[:5] or ''}".rstrip()),
        (not twice and not unknown, f"{len(stored):,} keys are stored: {len(twice)} twice, {len(unknown)} unasked"),
    ]


def _report(target: Target, told: list[tuple[bool, str]]) -> bool:
    print("\ndone:")
    for name, times in sorted(target.done.items()):
        print(f"  {times:8,} {name}")
    for trouble, times in target.troubles.most_common(20):
        print(f"  {times:8,} {trouble}")
    for name, wrong in target.wrong.items():
        print(f"  {len(wrong):8,} wrong answers to {name}, such as: {wrong[0]}")
    told.append((not target.wrong, f"{sum(map(len, target.wrong.values()))} wrong answers"))
    never = [act.__name__ for act, _, _ in CROWD if not target.done[act.__name__.replace("_", " ")]]
    told.append((not never, f"every kind of load went well at least once {', '.join(never)}".rstrip()))
    print()
    for good, text in told:
        print(f"{'PASS' if good else 'FAIL'}  {text}")
    return all(good for good, _ in told)


if __name__ == "__main__":
    main()
