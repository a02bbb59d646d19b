"""The two reads, as each kind of server is asked for them, and what their answers come to.

The nested one: 50 runs, each with its workout, that workout's plan, and 20 of the plan's workouts with their runs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

RUN = "id name startedAt distanceM movingTimeS"
WORKOUT = "id name type scheduledDate"
PLAN = "id name status startDate endDate"
EACH = "id name scheduledDate plannedDistanceM"
DONE = "id distanceM"
SMALL = "id name distanceM"

CAIRN_NESTED = f"""query Nested {{ runs(first: 50) {{ edges {{ node {{ {RUN} workout {{ {WORKOUT} plan {{ {PLAN}
    workouts(first: 20) {{ edges {{ node {{ {EACH} run {{ {DONE} }} }} }} }} }} }} }} }} }} }}"""
CAIRN_SMALL = f"query Small($id: ID!) {{ run(id: $id) {{ {SMALL} }} }}"

LISTS_NESTED = f"""query Nested {{ runs(first: 50) {{ {RUN} workout {{ {WORKOUT} plan {{ {PLAN}
    workouts(first: 20) {{ {EACH} run {{ {DONE} }} }} }} }} }} }}"""
STOCK_SMALL = CAIRN_SMALL.replace("ID!", "UUID!")


def _rows(fields: str) -> str:
    return fields.replace("id ", "id: rowId ", 1)


POSTGRAPHILE_NESTED = f"""query Nested($athlete: UUID!) {{
    runs: allRuns(condition: {{athlete: $athlete}}, orderBy: [STARTED_AT_DESC, ROW_ID_DESC], first: 50) {{ nodes {{
        {_rows(RUN)} workout: workoutByWorkoutAndAthlete {{ {_rows(WORKOUT)} plan: planByPlanAndAthlete {{ {_rows(PLAN)}
            workouts: workoutsByPlanAndAthlete(first: 20, orderBy: [SCHEDULED_DATE_ASC, ROW_ID_ASC]) {{
                nodes {{ {_rows(EACH)} run: runByWorkoutAndAthlete {{ {_rows(DONE)} }} }} }} }} }} }} }} }}"""
POSTGRAPHILE_SMALL = f"""query Small($id: UUID!, $athlete: UUID!) {{
    run: runByRowIdAndAthlete(rowId: $id, athlete: $athlete) {{ {_rows(SMALL)} }} }}"""


@dataclass(frozen=True)
class Requests:
    """What is sent over and over: bodies to be posted to `path`, or paths to be got."""

    path: str
    headers: dict[str, str]
    bodies: list[str]

    def lines(self) -> str:
        """The file that the load script reads."""
        headers = "\t".join(f"{name}: {value}" for name, value in self.headers.items())
        return "\n".join([self.path, headers, *self.bodies])


JSON = {"Content-Type": "application/json"}


def posted(document: str, variables: list[dict[str, str]], *, token: str | None = None) -> Requests:
    """One GraphQL document with each of the variables."""
    text = " ".join(document.split())
    bodies = [orjson.dumps({"query": text, "variables": each}).decode() for each in variables]
    return Requests("/graphql", JSON | ({"Authorization": f"Bearer {token}"} if token else {}), bodies)


def plain(answer: Any) -> Any:
    """What an answer says, whoever gave it: without the wrappers of pages, ids and moments in one form."""
    match answer:
        case {"edges": edges}:
            return [plain(edge["node"]) for edge in edges]
        case {"nodes": nodes}:
            return [plain(node) for node in nodes]
        case dict():
            return {name: _id(value) if name == "id" else plain(value) for name, value in answer.items()}
        case list():
            return [plain(one) for one in answer]
        case str() if answer[:2] == "20" and ":" in answer:
            return datetime.fromisoformat(answer).timestamp()
    return answer


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        return UUID(text.partition(":")[2])
    except ValueError:
        raise SystemExit(f"{text!r} is no id") from None
