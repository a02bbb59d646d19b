"""The load of the watch through Cairn: a plan of its own is renamed, and its name read."""

import itertools
import os
import time
from collections.abc import Sequence
from typing import Any

import httpx

from testing_payloads.failover.watching.load import Failed
from testing_payloads.failover.watching.looks import in_few_words

REQUEST_S = 15.0  # longer than Cairn's own deadline of an operation
HOPELESS_S = 1.0  # the same again will hardly fare better
CREATE = "mutation($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } userErrors { message } } }"
RENAME = "mutation($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { name } userErrors { message } } }"
DELETE = "mutation($input: PlanIdInput!) { deletePlan(input: $input) { deletedId userErrors { message } } }"
WHO = "{ viewer { displayName } }"  # a read for as long as there is no plan
READ = "query($id: ID!) { plan(id: $id) { name } }"


class ThroughApi:
    """Renames a plan of its own, and reads its name; several APIs take turns when one breaks off."""

    def __init__(self, urls: Sequence[str], token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._urls = itertools.cycle(urls)
        self._url = next(self._urls)
        self._client = httpx.AsyncClient(
            timeout=REQUEST_S, headers={"Authorization": f"Bearer {token}"}, transport=transport
        )
        self._run = f"watch-{os.getpid()}-{time.time():.0f}"
        self._plan: str | None = None

    async def write(self, number: int) -> None:
        """See Load."""
        if self._plan is None:
            days = {"startDate": "2026-03-02", "endDate": "2026-03-08"}
            made = await self._ask(CREATE, input={"name": "0", "idempotencyKey": self._run, **days})
            self._plan = made["createPlan"]["plan"]["id"]
        await self._ask(
            RENAME, input={"id": self._plan, "name": str(number), "idempotencyKey": f"{self._run}-{number}"}
        )

    async def read(self, least: int) -> None:
        """See Load."""
        if self._plan is None:
            await self._ask(WHO)
            return
        plan = (await self._ask(READ, id=self._plan))["plan"]
        if plan is None or int(plan["name"]) < least:
            seen = plan and plan["name"]
            raise Failed(f"it gave {seen} after {least} had been acknowledged")

    async def end(self) -> None:
        """See Load."""
        try:
            if self._plan is not None:
                await self._ask(DELETE, input={"id": self._plan})
        except Failed:
            return
        finally:
            await self._client.aclose()

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        try:
            response = await self._client.post(f"{self._url}/graphql", json={"query": query, "variables": variables})
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            self._url = next(self._urls)
            raise Failed(in_few_words(error)) from error
        if errors := answer.get("errors"):
            told = errors[0].get("extensions", {})
            wait_s = told["retryAfterMs"] / 1000 if "retryAfterMs" in told else HOPELESS_S
            raise Failed(f"{told.get('code', response.status_code)}: {errors[0]['message']}", wait_s)
        data: dict[str, Any] = answer["data"]
        for payload in data.values():
            if payload and payload.get("userErrors"):
                raise Failed(payload["userErrors"][0]["message"], wait_s=HOPELESS_S)
        return data
