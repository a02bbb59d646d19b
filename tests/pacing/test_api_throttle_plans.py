"""Throttle plans over HTTP: made for a course, read, made anew on the way, and deleted."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from domain.courses.model import Waypoint
from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.plan_requests import done, payload, refused
from tests.factories.throttle_plans import AID, NOBODY_S, START, a_course_of, a_throttle_plan_of
from tests.factories.topics import a_topic

STEP = """ordinal startM endM ascentM descentM meanGrade movement throttle speedMPerS paceSPerKm expectedHeartRate
    startS endS durationS arriveAt dPrimeLeft cutoffMarginS waypoint stopS"""
ALL = f"""id course {{ id name lengthM }} goal {{ kind targetTimeS throttle }} startsAt terrainFactor predictedTimeS
    uncertaintyS feasible reason model basis {{ runs heldOutRuns spread error tableError figures {{ name text }} }}
    steps {{ {STEP} }} plannedSteps {{ {STEP} }} replan {{ distanceM at heartRate behindS today }} replannedAt
    following {{ topic source }} createdAt version"""
FOLLOW = """update throttle_plan set follow_topic = (select id from topic where name = $2), follow_source = 'Ada',
    followed_offset = 0 where id = $1::text::uuid"""
READ = f"query($id: ID!) {{ throttlePlan(id: $id) {{ {ALL} }} }}"

Course = Callable[..., Awaitable[str]]


@pytest.fixture
def course(app: Starlette, ada: Athlete) -> Course:
    """Gives ada a course with these waypoints."""

    async def make(*waypoints: Waypoint, athlete: Athlete = ada) -> str:
        return await a_course_of(athlete, app.state.registry, *waypoints)

    return make


async def read(athlete: Athlete, plan_id: str) -> Any:
    return (await athlete.get(READ, id=plan_id))["throttlePlan"]


async def test_a_plan_tells_how_to_run_the_whole_course(ada: Athlete, course: Course) -> None:
    made = await done(
        ada, "createThrottlePlan", {"courseId": await course(AID), "startAt": START}, f"throttlePlan {{ {ALL} }}"
    )

    plan = made["throttlePlan"]
    steps = plan["steps"]
    assert plan["goal"] == {"kind": "LEAST_TIME", "targetTimeS": None, "throttle": None}
    assert (plan["feasible"], plan["reason"], plan["startsAt"], plan["version"]) == (True, None, START, 1)
    assert (plan["replan"], plan["replannedAt"], plan["following"]) == (None, None, None)
    assert [step["startM"] for step in steps[1:]] == [step["endM"] for step in steps[:-1]]
    assert (steps[0]["startM"], steps[-1]["endM"]) == (0, pytest.approx(10_000))
    assert steps[-1]["endS"] == pytest.approx(plan["predictedTimeS"])
    assert plan["plannedSteps"] == steps
    assert plan["course"]["name"] == "Two hills"
    assert plan["basis"]["figures"]


async def test_a_step_tells_when_it_ends_and_how_long_it_takes(ada: Athlete, course: Course) -> None:
    plan = await read(ada, await a_throttle_plan_of(ada, await course(AID)))

    for step in plan["steps"]:
        assert step["durationS"] == pytest.approx(step["endS"] - step["startS"], abs=1e-6)
        assert step["arriveAt"].startswith("2026-07-04T0")
    (at_mill,) = (step for step in plan["steps"] if step["waypoint"] == "Old Mill")
    assert (at_mill["endM"], at_mill["stopS"]) == (5_000, 120)
    assert at_mill["cutoffMarginS"] == pytest.approx(7_200 - at_mill["endS"])


async def test_without_a_start_there_is_no_time_of_day(ada: Athlete, course: Course) -> None:
    plan = await read(ada, await a_throttle_plan_of(ada, await course(), startAt=None))

    assert plan["startsAt"] is None
    assert {step["arriveAt"] for step in plan["steps"]} == {None}


async def test_a_target_that_nobody_reaches_is_said_with_the_nearest_plan(ada: Athlete, course: Course) -> None:
    goal = {"kind": "TARGET_TIME", "targetTimeS": 600}
    plan = await read(ada, await a_throttle_plan_of(ada, await course(), goal=goal))

    assert plan["feasible"] is False
    assert plan["reason"]
    assert plan["steps"]
    assert plan["goal"] == goal | {"throttle": None}


async def test_rough_ground_takes_longer(ada: Athlete, course: Course) -> None:
    course_id = await course()
    smooth, rough = [
        await read(ada, await a_throttle_plan_of(ada, course_id, terrainFactor=factor)) for factor in (1.0, 1.3)
    ]

    assert rough["terrainFactor"] == 1.3
    assert rough["predictedTimeS"] > smooth["predictedTimeS"]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"courseId": "nonsense"}, "NOT_FOUND", ["courseId"]),
        ({"courseId": node_id("Course", NOBODY_S)}, "NOT_FOUND", ["courseId"]),
        ({"courseId": node_id("Plan", NOBODY_S)}, "NOT_FOUND", ["courseId"]),
        ({"terrainFactor": 0.9}, "INVALID", ["terrainFactor"]),
        ({"startAt": "9999-12-31T23:00:00Z"}, "INVALID", ["startAt"]),
        ({"goal": {"kind": "TARGET_TIME"}}, "INVALID", ["goal", "targetTimeS"]),
        ({"goal": {"kind": "LEAST_TIME", "throttle": 0.8}}, "INVALID", ["goal", "throttle"]),
        ({"idempotencyKey": ""}, "INVALID", ["idempotencyKey"]),
    ],
)
async def test_what_cannot_be_planned_is_refused_with_its_field(
    ada: Athlete, course: Course, given: dict[str, Any], code: str, field: list[str]
) -> None:
    mistake = await refused(ada, "createThrottlePlan", {"courseId": await course()} | given, "throttlePlan { id }")

    assert (mistake["code"], mistake["field"]) == (code, field)


async def test_a_plan_is_read_with_its_course_in_one_statement(
    ada: Athlete, course: Course, statements: Callable[[], Any]
) -> None:
    plan_id = await a_throttle_plan_of(ada, await course(AID))

    async with statements() as sent:
        await read(ada, plan_id)

    assert len(sent) == 1


async def test_plans_come_in_pages_the_newest_first_and_those_of_one_course(ada: Athlete, course: Course) -> None:
    one, another = await course(), await course()
    made = [await a_throttle_plan_of(ada, course_id) for course_id in (one, another, one)]

    page = (await ada.get("{ throttlePlans(first: 2) { totalCount edges { node { id } } } }"))["throttlePlans"]
    of_one = await ada.get(
        "query($id: ID!) { throttlePlans(filter: { courseId: $id }) { edges { node { id } } } }", id=one
    )

    assert page == {"totalCount": 3, "edges": [{"node": {"id": made[2]}}, {"node": {"id": made[1]}}]}
    assert [edge["node"]["id"] for edge in of_one["throttlePlans"]["edges"]] == [made[2], made[0]]


async def test_a_plan_is_found_by_its_id_alone(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())

    node = await ada.get("query($id: ID!) { node(id: $id) { id ... on ThrottlePlan { version } } }", id=plan_id)

    assert node["node"] == {"id": plan_id, "version": 1}


async def test_on_the_way_a_plan_becomes_what_is_still_possible(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course(AID))
    before = await read(ada, plan_id)
    late = {"planId": plan_id, "distanceM": 4_000, "time": "2026-07-04T04:40:00Z", "heartRate": 150}

    made = await done(ada, "replanThrottle", late, f"throttlePlan {{ {ALL} }}")

    plan = made["throttlePlan"]
    assert (plan["replan"]["distanceM"], plan["replan"]["at"]) == (4_000, "2026-07-04T04:40:00.000Z")
    assert (plan["replan"]["heartRate"], plan["version"]) == (150, 2)
    assert plan["replan"]["behindS"] > 0
    assert plan["predictedTimeS"] > before["predictedTimeS"]
    assert (plan["steps"][0]["startM"], plan["steps"][0]["startS"]) == (4_000, 2_400)
    assert plan["plannedSteps"] == before["plannedSteps"]
    assert plan["replannedAt"] is not None
    assert plan == await read(ada, plan_id)


async def test_at_the_finish_there_is_nothing_left_to_do(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course(AID))
    finish = {"planId": plan_id, "distanceM": 10_000, "time": "2026-07-04T05:10:00Z"}

    made = await done(ada, "replanThrottle", finish, "throttlePlan { predictedTimeS feasible steps { endM } }")

    assert made["throttlePlan"] == {"predictedTimeS": 4_200, "feasible": True, "steps": []}


async def test_a_position_tells_where_on_the_course_the_runner_is(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    track_of = "query($id: ID!) { throttlePlan(id: $id) { course { track(points: 3) { latitude longitude } } } }"
    track = (await ada.get(track_of, id=plan_id))["throttlePlan"]["course"]["track"]
    here = {"latitude": track["latitude"][1], "longitude": track["longitude"][1]}

    made = await done(
        ada,
        "replanThrottle",
        {"planId": plan_id, "position": here, "time": "2026-07-04T04:30:00Z"},
        "throttlePlan { replan { distanceM } }",
    )

    assert made["throttlePlan"]["replan"]["distanceM"] == pytest.approx(5_000, abs=10)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"planId": "nonsense", "distanceM": 1}, "NOT_FOUND", ["planId"]),
        ({"planId": node_id("ThrottlePlan", NOBODY_S), "distanceM": 1}, "NOT_FOUND", ["planId"]),
        ({}, "INVALID", ["distanceM"]),
        ({"distanceM": 1, "position": {"latitude": 0, "longitude": 0}}, "INVALID", ["distanceM"]),
        ({"distanceM": 10_100}, "INVALID", ["distanceM"]),
        ({"distanceM": -1}, "INVALID", ["distanceM"]),
        ({"position": {"latitude": 0, "longitude": 0}}, "INVALID", ["position"]),
        ({"position": {"latitude": 91, "longitude": 0}}, "INVALID", ["position"]),
        ({"distanceM": 1, "time": "2026-07-04T03:59:00Z"}, "NOT_ALLOWED_NOW", ["time"]),
        ({"distanceM": 1, "time": "9999-12-31T23:59:59Z"}, "NOT_ALLOWED_NOW", ["time"]),
        ({"distanceM": 9_000, "time": "2026-07-04T04:01:00Z"}, "INVALID", ["distanceM"]),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused_with_its_field(
    ada: Athlete, course: Course, given: dict[str, Any], code: str, field: list[str]
) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    report = {"planId": plan_id, "time": "2026-07-04T04:20:00Z"} | given

    mistake = await refused(ada, "replanThrottle", report, "throttlePlan { id }")

    assert (mistake["code"], mistake["field"]) == (code, field)
    assert (await read(ada, plan_id))["version"] == 1


@pytest.mark.parametrize("time", ["2026-07-14T04:00:00Z", "2026-08-14T04:00:00Z"])
async def test_a_report_long_after_the_start_is_answered_too(ada: Athlete, course: Course, time: str) -> None:
    plan_id = await a_throttle_plan_of(ada, await course(AID))

    answer = await payload(
        ada, "replanThrottle", {"planId": plan_id, "distanceM": 2_000, "time": time}, "throttlePlan { feasible }"
    )

    told = answer["throttlePlan"]
    assert answer["userErrors"] if told is None else told["feasible"] is False


async def test_a_replan_reads_once_and_writes_in_one_transaction(
    ada: Athlete, course: Course, statements: Callable[[], Any]
) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    report = {"planId": plan_id, "distanceM": 2_000, "time": "2026-07-04T04:12:00Z"}

    async with statements() as sent:
        await done(ada, "replanThrottle", report, f"throttlePlan {{ {ALL} }}")

    assert [sql.split()[0].lower().rstrip(";") for sql in sent] == [
        *("select", "begin", "select", "update", "insert", "commit", "select")  # the insert: a key for this write
    ]


async def test_many_replans_at_once_lose_none_of_each_other_s_reports(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    reports = [
        {"planId": plan_id, "distanceM": 1_000 + 100 * at, "time": f"2026-07-04T04:{10 + at}:00Z"} for at in range(4)
    ]

    answers = await asyncio.gather(*(payload(ada, "replanThrottle", one, "throttlePlan { id }") for one in reports))

    codes = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert set(codes) <= {"CONFLICT", "NOT_ALLOWED_NOW"}  # changed all the time, or older than another's report
    plan = await read(ada, plan_id)
    assert plan["version"] == 1 + len(answers) - len(codes)


async def test_what_a_plan_follows_is_told_by_the_topic_s_name(
    ada: Athlete, course: Course, sql: asyncpg.Connection
) -> None:
    plan_id, topic = await a_throttle_plan_of(ada, await course()), await a_topic(ada)

    await sql.execute(FOLLOW, plan_id.removeprefix("ThrottlePlan:"), topic)

    assert (await read(ada, plan_id))["following"] == {"topic": topic, "source": "Ada"}


async def test_a_plan_sent_again_with_its_key_is_made_once(ada: Athlete, course: Course) -> None:
    input = {"courseId": await course(), "idempotencyKey": "once"}

    first = await done(ada, "createThrottlePlan", input, "throttlePlan { id }")
    again = await asyncio.gather(*(done(ada, "createThrottlePlan", input, "throttlePlan { id }") for _ in range(3)))

    assert again == [first] * 3
    assert (await ada.get("{ throttlePlans { totalCount } }"))["throttlePlans"]["totalCount"] == 1


async def test_twins_with_one_key_at_once_are_one_plan(ada: Athlete, course: Course) -> None:
    input = {"courseId": await course(), "idempotencyKey": "once"}

    answers = await asyncio.gather(*(done(ada, "createThrottlePlan", input, "throttlePlan { id }") for _ in range(4)))

    assert answers == [answers[0]] * 4


async def test_a_replan_and_a_deletion_sent_again_with_their_keys_do_nothing_more(ada: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    report = {"planId": plan_id, "distanceM": 1_000, "time": "2026-07-04T04:10:00Z", "idempotencyKey": "here"}
    deletion = {"id": plan_id, "idempotencyKey": "gone"}

    replans = [await done(ada, "replanThrottle", report, "throttlePlan { version }") for _ in range(2)]
    deletions = [await done(ada, "deleteThrottlePlan", deletion, "deletedId") for _ in range(2)]

    assert [one["throttlePlan"]["version"] for one in replans] == [2, 2]
    assert [one["deletedId"] for one in deletions] == [plan_id, plan_id]


async def test_a_key_stands_for_one_request(ada: Athlete, course: Course) -> None:
    input = {"courseId": await course(), "idempotencyKey": "once"}
    await done(ada, "createThrottlePlan", input)

    mistake = await refused(ada, "createThrottlePlan", input | {"terrainFactor": 1.1})

    assert (mistake["code"], mistake["field"]) == ("CONFLICT", ["idempotencyKey"])


async def test_a_plan_that_was_deleted_is_gone_and_its_course_is_not(ada: Athlete, course: Course) -> None:
    course_id = await course()
    plan_id = await a_throttle_plan_of(ada, course_id)

    await done(ada, "deleteThrottlePlan", {"id": plan_id})

    assert await read(ada, plan_id) is None
    assert (await refused(ada, "deleteThrottlePlan", {"id": plan_id}))["field"] == ["id"]
    assert (await ada.get("query($id: ID!) { course(id: $id) { id } }", id=course_id))["course"] is not None


async def test_a_course_takes_its_plans_along(ada: Athlete, course: Course) -> None:
    course_id = await course()
    plan_id = await a_throttle_plan_of(ada, course_id)

    delete = "mutation($id: ID!) { deleteCourse(input: { id: $id }) { deletedId } }"
    assert (await ada.get(delete, id=course_id))["deleteCourse"]["deletedId"] == course_id

    assert await read(ada, plan_id) is None


async def test_another_s_plan_is_not_there(ada: Athlete, bob: Athlete, course: Course) -> None:
    plan_id = await a_throttle_plan_of(ada, await course())
    report = {"planId": plan_id, "distanceM": 1_000, "time": "2026-07-04T04:10:00Z"}

    assert await read(bob, plan_id) is None
    assert (await bob.get("{ throttlePlans { totalCount } }"))["throttlePlans"]["totalCount"] == 0
    assert (await refused(bob, "replanThrottle", report))["code"] == "NOT_FOUND"
    assert (await refused(bob, "deleteThrottlePlan", {"id": plan_id}))["code"] == "NOT_FOUND"
    assert (await read(ada, plan_id))["version"] == 1


async def test_nobody_plans_another_s_course(ada: Athlete, bob: Athlete, course: Course) -> None:
    mistake = await refused(bob, "createThrottlePlan", {"courseId": await course()})

    assert (mistake["code"], mistake["field"]) == ("NOT_FOUND", ["courseId"])


async def test_a_plan_stands_on_the_figures_of_the_day_that_it_starts_on_where_the_runner_is(
    ada: Athlete, course: Course
) -> None:
    course_id = await course()
    await done(ada, "updateViewer", {"timezone": "Pacific/Auckland"})
    for day, speed in (("2026-06-01", 3.0), ("2026-07-05", 5.0)):
        await done(ada, "setPhysiology", {"validFrom": day, "criticalSpeedMPerS": speed})

    slow, fast = [  # in Auckland the day turns at noon UTC in July
        await read(ada, await a_throttle_plan_of(ada, course_id, startAt=start))
        for start in ("2026-07-04T11:59:00Z", "2026-07-04T12:01:00Z")
    ]

    assert slow["predictedTimeS"] > 1.2 * fast["predictedTimeS"]
