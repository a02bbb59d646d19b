"""Courses made and looked at over HTTP, as a client does it."""

from typing import Any

import orjson

from tests.conftest import Athlete
from tests.factories.course_files import course_gpx

FIELDS = """id name source lengthM ascentM descentM lowestM highestM version run { id }
    waypoints { name kind distanceM stopS cutoffS latitude longitude }"""
CREATE = f"""mutation($input: CreateCourseInput!) {{ createCourse(input: $input) {{
    course {{ {FIELDS} }} setAside {{ reason count }} notes userErrors {{ code field message }} }} }}"""
SET = f"""mutation($input: SetWaypointsInput!) {{ setWaypoints(input: $input) {{
    course {{ {FIELDS} }} notes userErrors {{ code field message }} }} }}"""
RENAME = """mutation($input: UpdateCourseInput!) { updateCourse(input: $input) {
    course { name version } userErrors { code field message } } }"""
DELETE = """mutation($input: CourseIdInput!) { deleteCourse(input: $input) {
    deletedId userErrors { code field message } } }"""
COURSE = f"query($id: ID!) {{ course(id: $id) {{ {FIELDS} }} }}"


async def created(athlete: Athlete, file: bytes | None = None, *, called: str = "ridge.gpx", **input: Any) -> Any:
    """The payload of createCourse with a file, or from a run when the input names one."""
    if "runId" in input:
        return (await athlete.get(CREATE, input=input))["createCourse"]
    response = await athlete.http.post(
        "/graphql",
        data={
            "operations": orjson.dumps({"query": CREATE, "variables": {"input": {"file": None, **input}}}).decode(),
            "map": '{"0": ["variables.input.file"]}',
        },
        files={"0": (called, course_gpx() if file is None else file)},
        headers={"x-cairn-csrf": "1"},
    )
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]["createCourse"]


async def a_course(athlete: Athlete, file: bytes | None = None, **input: Any) -> dict[str, Any]:
    """A course that must be made."""
    payload = await created(athlete, file, **input)
    assert payload["userErrors"] == [], payload
    course: dict[str, Any] = payload["course"]
    return course


async def told(athlete: Athlete, mutation: str, **input: Any) -> Any:
    """The payload of another mutation about courses."""
    (payload,) = (await athlete.get(mutation, input=input)).values()
    return payload


async def course_of(athlete: Athlete, course_id: str) -> dict[str, Any] | None:
    """A course as it is now."""
    course: dict[str, Any] | None = (await athlete.get(COURSE, id=course_id))["course"]
    return course


def mistake(payload: dict[str, Any]) -> tuple[str, list[str] | None]:
    """The code and field of the one mistake that a payload tells of."""
    (error,) = payload["userErrors"]
    assert error["message"].endswith(".")
    return error["code"], error["field"]
