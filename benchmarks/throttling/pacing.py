"""Plans over a long course through the API: how long they take, and whom they hold up."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from benchmarks.reading.cairn import Cairn
from benchmarks.throttling.long_course import LENGTH_M, long_course
from benchmarks.zoning.figures import Figure

MOST_PLAN_MS, MOST_REPLAN_MS, MOST_HELD_UP_MS = 1_000.0, 200.0, 100.0
AT_ONCE, BATCHES = 10, 6  # so many plans at once, so often: a percentile takes hundreds of queries
REPLANS = 10
HOUR_S = 3600
COURSE = """
mutation ($file: Upload!) {
  createCourse(input: {name: "170 km", file: $file}) { course { id lengthM ascentM } userErrors { message } }
}
"""
PLAN = """
mutation ($course: ID!) {
  createThrottlePlan(input: {courseId: $course, startAt: "2026-10-28T06:00:00Z"}) {
    throttlePlan { id predictedTimeS feasible reason steps { ordinal startM endM throttle paceSPerKm startS } }
    userErrors { field message }
  }
}
"""
REPLAN = """
mutation ($plan: ID!, $metres: Float!, $time: DateTime!) {
  replanThrottle(input: {planId: $plan, distanceM: $metres, time: $time, heartRate: 140}) {
    throttlePlan { id predictedTimeS steps { startM throttle } }
    userErrors { field message }
  }
}
"""
TRIVIAL = "{ viewer { id } }"


@dataclass
class Rounds:
    """What each round took, in ms."""

    plan_ms: list[float] = field(default_factory=list)
    replan_ms: list[float] = field(default_factory=list)
    alone_p99_ms: list[float] = field(default_factory=list)
    held_up_p99_ms: list[float] = field(default_factory=list)
    ten_plans_s: list[float] = field(default_factory=list)

    def figures(self) -> list[Figure]:
        """As rows of the table."""
        return [
            Figure("plan over 170 km and 10,000 m of ascent, ms", self.plan_ms, most=MOST_PLAN_MS),
            Figure("the same replanned on the way, ms", self.replan_ms, most=MOST_REPLAN_MS),
            Figure("trivial query alone: p99, ms", self.alone_p99_ms),
            Figure("trivial query while ten plans compute: p99, ms", self.held_up_p99_ms, most=MOST_HELD_UP_MS),
            Figure("ten plans at once, s", self.ten_plans_s),
        ]


def measure(cairn: Cairn, rounds: int) -> list[Figure]:
    """Plan, replan, and ask for something small meanwhile."""
    return asyncio.run(_measure(cairn, rounds))


async def _measure(cairn: Cairn, rounds: int) -> list[Figure]:
    headers = {"Authorization": f"Bearer {cairn.token('bench')}"}
    took = Rounds()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{cairn.port}", headers=headers, timeout=60) as http:
        course = await _upload(http)
        await _ask(http, PLAN, course=course)  # what is made at first use is made
        for _ in range(rounds):
            await _alone(http, course, took)
            await _together(http, course, took)
    return took.figures()


async def _alone(http: httpx.AsyncClient, course: str, took: Rounds) -> None:
    begun = time.perf_counter()
    plan = (await _ask(http, PLAN, course=course))["createThrottlePlan"]["throttlePlan"]
    took.plan_ms.append((time.perf_counter() - begun) * 1000)
    for number in range(1, REPLANS + 1):
        metres = LENGTH_M * number / (REPLANS + 1)
        step = next(one for one in plan["steps"] if one["endM"] >= metres)
        seconds = step["startS"] + (metres - step["startM"]) * step["paceSPerKm"] / 1000 + 60 * number
        hour, rest = divmod(int(seconds), HOUR_S)
        day, hour = divmod(6 + hour, 24)
        moment = f"2026-10-{28 + day}T{hour:02}:{rest // 60:02}:{rest % 60:02}Z"
        begun = time.perf_counter()
        await _ask(http, REPLAN, plan=plan["id"], metres=metres, time=moment)
        took.replan_ms.append((time.perf_counter() - begun) * 1000)


async def _together(http: httpx.AsyncClient, course: str, took: Rounds) -> None:
    took.alone_p99_ms.append(await _p99_ms(http, asyncio.create_task(asyncio.sleep(2.0))))
    begun = time.perf_counter()
    took.held_up_p99_ms.append(await _p99_ms(http, asyncio.create_task(_plans(http, course))))
    took.ten_plans_s.append((time.perf_counter() - begun) / BATCHES)


async def _plans(http: httpx.AsyncClient, course: str) -> None:
    for _ in range(BATCHES):
        await asyncio.gather(*(_ask(http, PLAN, course=course) for _ in range(AT_ONCE)))


async def _p99_ms(http: httpx.AsyncClient, until: "asyncio.Future[Any]") -> float:
    """Of a query a few milliseconds after the other, as long as something goes on."""
    times = []
    while not until.done() or len(times) < 2:
        begun = time.perf_counter()
        await _ask(http, TRIVIAL)
        times.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.002)
    await until
    return statistics.quantiles(times, n=100)[98]


async def _upload(http: httpx.AsyncClient) -> str:
    form = {
        "operations": orjson.dumps({"query": COURSE, "variables": {"file": None}}).decode(),
        "map": '{"0": ["variables.file"]}',
    }
    sent = await http.post(
        "/graphql", data=form, files={"0": ("long.gpx", long_course())}, headers={"x-cairn-csrf": "1"}
    )
    payload = _data(sent)["createCourse"]
    if payload["userErrors"]:
        raise SystemExit(f"The course was refused: {payload['userErrors']}")
    return str(payload["course"]["id"])


async def _ask(http: httpx.AsyncClient, query: str, **variables: object) -> dict[str, Any]:
    data = _data(await http.post("/graphql", json={"query": query, "variables": variables}))
    for payload in data.values():
        if isinstance(payload, dict) and payload.get("userErrors"):
            raise SystemExit(f"Refused: {payload['userErrors']}")
    return data


def _data(answer: httpx.Response) -> dict[str, Any]:
    told = answer.json()
    if told.get("errors"):
        raise SystemExit(f"Cairn says {told['errors']}")
    data: dict[str, Any] = told["data"]
    return data
