"""Plans, workouts and runs made over HTTP, as a client makes them."""

from typing import Any

from tests.conftest import Athlete

PLAN = {"name": "Spring half marathon", "startDate": "2026-03-02", "endDate": "2026-05-24"}
WORKOUT = {"name": "Easy hour", "type": "EASY_RUN"}
RUN = {"name": "Round the lake", "startedAt": "2026-03-04T06:30:00Z", "distanceM": 10_000.0, "movingTimeS": 3_000}
INPUTS = {
    "activatePlan": "PlanIdInput",
    "completePlan": "PlanIdInput",
    "abandonPlan": "PlanIdInput",
    "deletePlan": "PlanIdInput",
    "deleteWorkout": "WorkoutIdInput",
    "deleteRun": "RunIdInput",
}


def document(mutation: str, selection: str = "") -> str:
    """One mutation that takes its input as a variable."""
    kind = INPUTS.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")
    return (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
        f"{{ {selection} userErrors {{ code field message }} }} }}"
    )


async def payload(athlete: Athlete, mutation: str, input: dict[str, Any], selection: str = "") -> dict[str, Any]:
    """What a mutation answers, refused or not."""
    answer = await athlete.get(document(mutation, selection), input=input)
    result: dict[str, Any] = answer[mutation]
    return result


async def done(athlete: Athlete, mutation: str, input: dict[str, Any], selection: str = "") -> dict[str, Any]:
    """What a mutation answers that must not be refused."""
    result = await payload(athlete, mutation, input, selection)
    assert result["userErrors"] == [], result
    return result


async def refused(athlete: Athlete, mutation: str, input: dict[str, Any], selection: str = "") -> dict[str, Any]:
    """The one mistake that a mutation is refused for; of what it would have written, nothing is answered."""
    result = await payload(athlete, mutation, input, selection)
    (mistake,) = result.pop("userErrors")
    assert all(not value for value in result.values()), result
    error: dict[str, Any] = mistake
    return error


async def a_plan_of(athlete: Athlete, **given: Any) -> str:
    """The id of a new draft."""
    made = await done(athlete, "createPlan", PLAN | given, "plan { id }")
    plan_id: str = made["plan"]["id"]
    return plan_id


async def workouts_in(athlete: Athlete, plan_id: str, *workouts: dict[str, Any]) -> list[str]:
    """The ids of new workouts, of which only what is given is said."""
    given = {"planId": plan_id, "workouts": [WORKOUT | workout for workout in workouts]}
    made = await done(athlete, "addWorkouts", given, "workouts { id }")
    return [workout["id"] for workout in made["workouts"]]


async def a_run_of(athlete: Athlete, **given: Any) -> str:
    """The id of a new run."""
    made = await done(athlete, "recordRun", RUN | given, "run { id }")
    run_id: str = made["run"]["id"]
    return run_id
