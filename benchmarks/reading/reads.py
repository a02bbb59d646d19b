"""The two reads, as each kind of server is asked for them, and what their answers come to.

The nested one: 50 runs, each with its workout, that workout's plan, and 20 segments with their zones.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

RUN = "id name startedAt distanceM movingTimeS"
WORKOUT = "id name type scheduledDate"
PLAN = "id name status startDate endDate"
SEGMENT = "id startM endM meanGrade efficiency"
ZONE = "amongSimilars amongGrade similarsPercentile gradePercentile"
SMALL = "id name distanceM"

CAIRN_NESTED = f"""query Nested {{ runs(first: 50) {{ edges {{ node {{ {RUN} workout {{ {WORKOUT} plan {{ {PLAN} }} }}
    segments(first: 20) {{ edges {{ node {{ {SEGMENT} zone {{ {ZONE} }} }} }} }} }} }} }} }}"""
CAIRN_SMALL = f"query Small($id: ID!) {{ run(id: $id) {{ {SMALL} }} }}"

LISTS_NESTED = f"""query Nested {{ runs(first: 50) {{ {RUN} workout {{ {WORKOUT} plan {{ {PLAN} }} }}
    segments(first: 20) {{ {SEGMENT} zone {{ {ZONE} }} }} }} }}"""
LISTS_NESTED_JOINED = LISTS_NESTED.replace("segments(", "segments: zonedSegments(")
STOCK_SMALL = CAIRN_SMALL.replace("ID!", "UUID!")


def _rows(fields: str) -> str:
    return fields.replace("id ", "id: rowId ", 1)


POSTGRAPHILE_NESTED = f"""query Nested($athlete: UUID!) {{
    runs: allRuns(condition: {{athlete: $athlete}}, orderBy: [STARTED_AT_DESC, ROW_ID_DESC], first: 50) {{ nodes {{
        {_rows(RUN)} workout: workoutByWorkoutAndAthlete {{ {_rows(WORKOUT)} plan: planByPlanAndAthlete {{
            {_rows(PLAN)} }} }}
        segments: zonedSegmentsByRunAndAthlete(first: 20, orderBy: [ORDINAL_ASC]) {{
            nodes {{ {_rows(SEGMENT)} {ZONE} }} }} }} }} }}"""
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
    """What an answer says, whoever gave it: no wrappers of pages and zones, and one form of ids and moments."""
    match answer:
        case {"edges": edges}:
            return [plain(edge["node"]) for edge in edges]
        case {"nodes": several} | [*several]:
            return [plain(one) for one in several]
        case {"zone": dict(zone), **others}:
            return plain(others | zone)
        case dict():
            return {name: _id(value) if name == "id" else plain(value) for name, value in answer.items()}
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
