"""Those who write and read through the API, and note whatever they did and were told."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from benchmarks.failing_over.asking import Answer, Asking
from benchmarks.failing_over.history import History, Outcome, Read, Request, Write

CREATE_PLAN = """mutation($input: CreatePlanInput!) { createPlan(input: $input) {
  plan { id name workouts(first: 1) { totalCount } } userErrors { message } } }"""
ADD_WORKOUTS = """mutation($input: AddWorkoutsInput!) { addWorkouts(input: $input) {
  workouts { id } userErrors { message } } }"""
PLANS = "{ plans(first: 3) { totalCount edges { node { name version workouts(first: 3) { totalCount } } } } }"
WORKOUTS = "{ workouts(first: 5) { totalCount edges { node { name plan { name } } } } }"
PUBLISH = """mutation($input: PublishEventsInput!) { publishEvents(input: $input) {
  headOffset userErrors { message } } }"""
TOPIC = "query($name: String!) { topic(name: $name) { headOffset } }"
RECOMPUTE = """mutation($input: RecomputeZonesInput!) { recomputeZones(input: $input) {
  job { id } userErrors { message } } }"""
DAYS = {"startDate": "2027-01-04", "endDate": "2027-03-28"}
OCCURRED = "2026-11-01T09:00:00.000Z"
PAUSE_S = 0.1  # before the same is sent again
MOST_ATTEMPTS = 100
ZONES_PAUSE_S = 0.1
LOOKS = 8


@dataclass
class Client(ABC):
    """Somebody who does one round after the other; who `repeats` sends what failed again, with the same key."""

    name: str
    asking: Asking
    history: History
    repeats: bool = False
    acknowledged: int = 0  # calls

    async def write(
        self, register: str, keys: Sequence[str], query: str, given: dict[str, Any], told: str = ""
    ) -> Answer:
        """Add `keys` to a register; `told` is the answer's field that says how large the register is then."""
        for attempt in count(1):
            answer = await self.ask(query, input=given)
            size = _size(answer, told)
            self.history.writes.append(
                Write(self.name, register, tuple(keys), *_times(answer), answer.outcome, answer.said, size)
            )
            if not self.repeats or answer.outcome is not Outcome.UNKNOWN or attempt == MOST_ATTEMPTS:
                break
            await asyncio.sleep(PAUSE_S)
        return answer

    async def read(self, register: str, query: str, told: str, **variables: object) -> None:
        """Look at how large a register is."""
        answer = await self.ask(query, **variables)
        size = _size(answer, told)
        self.history.reads.append(Read(self.name, register, *_times(answer), answer.outcome, answer.said, size))

    async def ask(self, query: str, **variables: object) -> Answer:
        """Send an operation once."""
        answer = await self.asking.ask(query, **variables)
        self.acknowledged += answer.outcome is Outcome.ACKNOWLEDGED
        return answer

    @abstractmethod
    async def round(self, number: int) -> None:
        """All that is done in one go."""


class Planner(Client):
    """An athlete who makes a plan, puts a workout into it, and looks at all plans and all workouts."""

    async def round(self, number: int) -> None:
        """Two writes and two reads, each after the one before it."""
        plan, workout = f"plan {number}", f"workout {number}"
        made = await self.write(plans_of(self.name), [plan], CREATE_PLAN, DAYS | {"name": plan, "idempotencyKey": plan})
        await self.read(plans_of(self.name), PLANS, "totalCount")
        if plan_id := self._read_back(made):
            workouts = [{"name": workout, "type": "EASY_RUN", "plannedDistanceM": 8000}]
            given = {"planId": plan_id, "workouts": workouts, "idempotencyKey": workout}
            await self.write(workouts_of(self.name), [workout], ADD_WORKOUTS, given)
            await self.read(workouts_of(self.name), WORKOUTS, "totalCount")

    def _read_back(self, made: Answer) -> str | None:
        """The id of a plan that was made. An answer that acknowledges a plan and does not find it read too little."""
        if made.outcome is Outcome.ACKNOWLEDGED and made.payload["plan"] is None:
            at_s = made.ended_s
            self.history.reads.append(Read(self.name, plans_of(self.name), at_s, at_s, Outcome.ACKNOWLEDGED))
        plan = made.payload.get("plan") or {}
        return plan.get("id")


class Looker(Client):
    """An athlete who makes a plan now and then, and looks at all plans again and again: a standby may answer that."""

    async def round(self, number: int) -> None:
        """A write, and reads one after the other."""
        plan = f"plan {number}"
        given = DAYS | {"name": plan, "idempotencyKey": plan}
        await self.write(plans_of(self.name), [plan], CREATE_PLAN, given)
        for _ in range(LOOKS):
            await self.read(plans_of(self.name), PLANS, "totalCount")


@dataclass
class Publisher(Client):
    """Somebody who sends events to a topic and looks how many it has."""

    topic: str = ""
    batch: int = 5

    async def round(self, number: int) -> None:
        """A batch and a look."""
        keys = [f"{self.name} {number * self.batch + place}" for place in range(self.batch)]
        events = [{"eventId": key, "occurredAt": OCCURRED, "source": self.name, "payload": {"bib": 7}} for key in keys]
        await self.write(self.topic, keys, PUBLISH, {"topic": self.topic, "events": events}, "headOffset")
        await self.read(self.topic, TOPIC, "headOffset", name=self.topic)


class Zoner(Client):
    """An athlete with runs, who wants zones computed anew again and again."""

    async def round(self, number: int) -> None:
        """One job; who is waiting for one already is given that."""
        given = {"method": "TRAILMETRICS", "idempotencyKey": f"zones {number}"}
        answer = await self.ask(RECOMPUTE, input=given)
        job = answer.payload["job"]["id"] if answer.payload else ""
        self.history.requests.append(Request(self.name, job, *_times(answer), answer.outcome, answer.said))
        await asyncio.sleep(ZONES_PAUSE_S)


def plans_of(client: str) -> str:
    """The register of an athlete's plans."""
    return f"plans of {client}"


def workouts_of(client: str) -> str:
    """The register of an athlete's workouts, of whatever plan."""
    return f"workouts of {client}"


def _times(answer: Answer) -> tuple[float, float]:
    return answer.began_s, answer.ended_s


def _size(answer: Answer, told: str) -> int:
    return int(answer.payload[told]) if told and answer.payload else 0
