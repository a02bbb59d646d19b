"""Runs recorded, corrected and linked over HTTP, as a client does it."""

from typing import Any

from tests.conftest import Athlete

RUN = {"name": "Round the lake", "startedAt": "2026-03-04T06:30:00Z", "distanceM": 10_000.0, "movingTimeS": 3_000}
FIELDS = """id name startedAt source externalId notes distanceM movingTimeS elapsedTimeS ascentM descentM
    averageHeartRate maxHeartRate averageCadence averagePaceSPerKm withinTarget workout { id } plan { id }"""
INPUTS = {
    "recordRun": "RecordRunInput",
    "updateRun": "UpdateRunInput",
    "linkRun": "LinkRunInput",
    "deleteRun": "RunIdInput",
    "createPlan": "CreatePlanInput",
    "addWorkouts": "AddWorkoutsInput",
    "deletePlan": "PlanIdInput",
}
ANSWERS = {"deleteRun": "deletedId", "createPlan": "plan { id }", "addWorkouts": "workouts { id }"}
ANSWERS["deletePlan"] = ANSWERS["deleteRun"]


async def told(athlete: Athlete, mutation: str, **input: Any) -> dict[str, Any]:
    """The payload of a mutation, refused or not."""
    answered = ANSWERS.get(mutation, f"run {{ {FIELDS} }}")
    query = f"""mutation($input: {INPUTS[mutation]}!) {{
        {mutation}(input: $input) {{ {answered} userErrors {{ code field message }} }} }}"""
    payload: dict[str, Any] = (await athlete.get(query, input=input))[mutation]
    return payload


async def refusal(athlete: Athlete, mutation: str, **input: Any) -> tuple[str, list[str] | None]:
    """The code and field of the one mistake that a mutation is refused for."""
    payload = await told(athlete, mutation, **input)
    (error,) = payload.pop("userErrors")
    assert list(payload.values()) == [None], payload
    assert error["message"].endswith(".")
    return error["code"], error["field"]


async def recorded(athlete: Athlete, **given: Any) -> dict[str, Any]:
    """A run by hand, of which only what is given is said."""
    payload = await told(athlete, "recordRun", **RUN | given)
    assert payload["userErrors"] == [], payload
    run: dict[str, Any] = payload["run"]
    return run


async def workouts_of(athlete: Athlete, *workouts: dict[str, Any], **plan: Any) -> list[str]:
    """The ids of workouts in a new plan of the spring of 2026."""
    spring = {"name": "Spring", "startDate": "2026-03-02", "endDate": "2026-05-24"} | plan
    plan_id = (await told(athlete, "createPlan", **spring))["plan"]["id"]
    given = [{"name": "Easy", "type": "EASY_RUN"} | workout for workout in workouts]
    payload = await told(athlete, "addWorkouts", planId=plan_id, workouts=given)
    assert payload["userErrors"] == [], payload
    return [workout["id"] for workout in payload["workouts"]]


async def run_of(athlete: Athlete, run_id: str) -> dict[str, Any] | None:
    """A run as it is now."""
    run: dict[str, Any] | None = (await athlete.get(f"query($id: ID!) {{ run(id: $id) {{ {FIELDS} }} }}", id=run_id))[
        "run"
    ]
    return run
