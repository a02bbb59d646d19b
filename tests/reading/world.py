"""A little world of two athletes, with ties, gaps and overlaps, put straight into the tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from domain.shared.node_ids import id_of
from tests.conftest import Athlete
from tests.reading import course_rows, feed_rows, throttle_rows, understood_rows
from tests.reading.tables import TABLES, Row, plain, put

NAMES = ("ADA", "BOB")
HOW_MANY = {"plan": 5, "workout": 14, "run": 11, "job": 2, "segment": 9, "physiology": 3}
HOW_MANY |= {"topic": 2, "event": 9, "eventconflict": 3, "tracker": 3}  # events have no ids: these stand for them
HOW_MANY |= {"course": len(course_rows.POINTS), "throttleplan": 3}
STATUSES = ("DRAFT", "ACTIVE", "COMPLETED", "ABANDONED")
TYPES = ("EASY_RUN", "TEMPO", "INTERVALS", "REST", "STRENGTH", "LONG_RUN")
PLAIN_STEP = {"repetitions": None, "distanceM": None, "durationS": None, "target": None, "note": None, "steps": []}
STEPS = [
    PLAIN_STEP | {"kind": "WARM_UP", "durationS": 600, "note": "easy"},
    PLAIN_STEP
    | {
        "kind": "REPEAT",
        "repetitions": 4,
        "steps": [
            PLAIN_STEP
            | {"kind": "WORK", "distanceM": 400, "target": {"kind": "PACE", "minimum": 200.5, "maximum": 220}}
        ],
    },
]
LAP = {"number": 1, "startS": 0, "elapsedS": 300.5, "distanceM": 1000, "averageHeartRate": 151}
OF_TOPICS = "topic in (select id from topic where owner = any($1))"
REPORT = {"fileName": "ADA.fit", "points": 5, "movingTimeMethod": "DEVICE_TIMER", "ascentMethod": "TURNING_POINTS_3_M"}


class World:
    """Two athletes, and every row of theirs by table. No dataclass: hypothesis would print it whole."""

    NOBODY = UUID(int=7)

    def __init__(self, ada: Athlete, bob: Athlete, ada_id: UUID, bob_id: UUID) -> None:
        self.ada, self.bob, self.ada_id, self.bob_id = ada, bob, ada_id, bob_id
        self.rows: dict[str, list[Row]] = {}
        self.cursors: dict[tuple[str, UUID], str] = {}  # by order and row: what edges told

    def of(self, table: str, athlete: UUID | None = None) -> list[Row]:
        """The athlete's rows of a table: Ada's unless said otherwise."""
        return [row for row in self.rows[table] if row.get("athlete") == (athlete or self.ada_id)]


def ids_of(kind: str, name: str) -> list[UUID]:
    """The ids of somebody's plans, workouts, runs or jobs, known beforehand."""
    first = ((NAMES.index(name) + 1) << 100) + 1_000 * list(HOW_MANY).index(kind)
    return [UUID(int=first + at) for at in range(HOW_MANY[kind])]


async def a_world(ada: Athlete, bob: Athlete, sql: asyncpg.Connection) -> World:
    """Fill the tables for both, and read them back plainly."""
    ids = [id_of("Viewer", (await who.get("{ viewer { id } }"))["viewer"]["id"]) for who in (ada, bob)]
    world = World(ada, bob, *(id for id in ids if id is not None))
    for number, athlete in enumerate((world.ada_id, world.bob_id)):
        await _seed(sql, athlete, NAMES[number])
    await sql.execute("update athlete set timezone = 'America/Los_Angeles' where id = $1", world.ada_id)
    await look_again(world, sql)
    return world


async def look_again(world: World, sql: asyncpg.Connection) -> None:
    """Read every row of both athletes."""
    whose = {"athlete": "id = any($1)"}
    whose["run_stream"] = whose["run_similars"] = "run in (select id from run where athlete = any($1))"
    whose["topic"] = "owner = any($1)"
    whose["event"] = whose["event_conflict"] = whose["topic_publisher"] = whose["tracker"] = OF_TOPICS
    whose["job_item"] = "job in (select id from job where athlete = any($1))"
    for table in TABLES:
        where = whose.get(table, "athlete = any($1)")
        records = await sql.fetch(f"select * from {table} where {where}", [world.ada_id, world.bob_id])
        world.rows[table] = [plain(table, record) for record in records]
    for row in world.rows["topic"]:
        row["athlete"] = row["owner"]
    for name in NAMES:
        events = [row for row in world.rows["event"] if row["topic"] in ids_of("topic", name)]
        for id, row in zip(ids_of("event", name), sorted(events, key=lambda row: int(row["feed_offset"])), strict=True):
            row["id"] = id


async def _seed(sql: asyncpg.Connection, athlete: UUID, name: str) -> None:
    plans = [_plan(id, athlete, name, at) for at, id in enumerate(ids_of("plan", name))]
    workouts = [_workout(id, athlete, name, plans[at % 3], at) for at, id in enumerate(ids_of("workout", name))]
    runs = [_run(id, athlete, name, workouts, at) for at, id in enumerate(ids_of("run", name))]
    jobs = [_job(id, athlete, at) for at, id in enumerate(ids_of("job", name))]
    await put(sql, "plan", plans)
    await put(sql, "workout", workouts)
    await put(sql, "run", runs)
    await put(sql, "run_stream", [_stream(runs[0]["id"], 5), _stream(runs[1]["id"], 40)])
    efforts = [(run, metres) for run in runs[:3] for metres in (400.0, 1000.0)]
    await put(sql, "best_effort", [_effort(run["id"], athlete, metres) for run, metres in efforts])
    await put(sql, "job", jobs)
    items = [(job, at) for job in jobs for at in range(3)]
    await put(sql, "job_item", [_item(job, name, runs[at]["id"], at) for job, at in items])
    physiologies = enumerate(ids_of("physiology", name))
    await put(sql, "physiology", [understood_rows.physiology(id, athlete, at) for at, id in physiologies])
    courses = enumerate(ids_of("course", name))
    await put(sql, "course", [course_rows.a_course(id, athlete, name, runs[0]["id"], at) for at, id in courses])
    await _understand(sql, name, runs)
    await _publish(sql, athlete, name)
    course, topic = ids_of("course", name)[0], ids_of("topic", name)[0]
    throttle = enumerate(ids_of("throttleplan", name))
    await put(
        sql, "throttle_plan", [throttle_rows.throttle_plan(id, athlete, name, course, topic, at) for at, id in throttle]
    )


async def _understand(sql: asyncpg.Connection, name: str, runs: Sequence[Row]) -> None:
    analysed, ids = list(enumerate(runs[:3])), ids_of("segment", name)
    await put(sql, "run_analysis", [understood_rows.analysis(run, at) for at, run in analysed])
    await put(sql, "segment", [understood_rows.segment(id, runs, at) for at, id in enumerate(reversed(ids))])
    await put(sql, "run_zone", understood_rows.zones(runs[0]))
    keys = [row["key"] for row in await sql.fetch("select key from segment where id = any($1) order by key", ids)]
    await put(sql, "run_similars", [understood_rows.similars(runs[0], keys, gone=max(keys) + 2**40)])


async def _publish(sql: asyncpg.Connection, athlete: UUID, name: str) -> None:
    topics = [feed_rows.topic(id, athlete, name, at) for at, id in enumerate(ids_of("topic", name))]
    events = [feed_rows.event(topics, at) for at in range(HOW_MANY["event"])]
    conflicts = [feed_rows.conflict(id, topics[at % 2], at) for at, id in enumerate(ids_of("eventconflict", name))]
    await put(sql, "topic", topics)
    await put(sql, "event", events)
    await put(sql, "compacted_event", [feed_rows.compacted(event) for event in events[feed_rows.SPLIT + 1 :]])
    await put(sql, "event_conflict", conflicts)
    if name == "BOB":
        ada = await sql.fetchval("select athlete from plan where id = $1", ids_of("plan", "ADA")[0])
        await _name_one_another(sql, {"ADA": ada, "BOB": athlete})


async def _name_one_another(sql: asyncpg.Connection, athletes: dict[str, UUID]) -> None:
    """Ada may publish to Bob's first topic, sees what conflicts there, and made one of its trackers; so he of hers."""
    for name, other in (("ADA", "BOB"), ("BOB", "ADA")):
        topics, makers = ids_of("topic", name), [athletes[name], athletes[other], athletes[name]]
        named = [athletes[other], *([athletes["ADA"]] if name == "ADA" else [])]
        await put(sql, "topic_publisher", [{"topic": topics[0], "athlete": athlete} for athlete in named])
        trackers = [(id, topics[at // 2], makers[at], at) for at, id in enumerate(ids_of("tracker", name))]
        await put(sql, "tracker", [feed_rows.tracker(*one) for one in trackers])


def _plan(id: UUID, athlete: UUID, name: str, at: int) -> Row:
    start = date(2024, 4, 3) + timedelta(days=14 * (at // 2))  # every other one begins on the same day
    made = datetime(2024, 1, 1, 12, 0, 0, 123456 * (at // 2), UTC)
    return {
        "id": id,
        "athlete": athlete,
        "name": f"{name} plan {at}",
        "description": None if at % 2 else f'{name} says "hello" \\ ünï',
        "status": STATUSES[at % 4],
        "start_date": start,
        "end_date": start + timedelta(days=40) if at else date(2091, 3, 3),
        "goal_race_date": None if at else date(2091, 3, 5),
        "version": at + 1,
        "created_at": made,
        "updated_at": made,
    }


def _workout(id: UUID, athlete: UUID, name: str, plan: Row, at: int) -> Row:
    day: date | None = plan["start_date"] + timedelta(days=at // 3 * 3)
    if at % 5 == 4:
        day = None
    if at == 12:
        day = date(2091, 1, 1)  # of the plan that goes on: not due for long
    return {
        "id": id,
        "athlete": athlete,
        "plan": plan["id"],
        "name": f"{name} workout {at}",
        "type": TYPES[at % len(TYPES)],
        "description": None,
        "scheduled_date": day,
        "planned_distance_m": None if at % 4 == 3 else 5000.0 + 250 * at,
        "planned_duration_s": 1800 if at % 2 else None,
        "pace_min_s_per_km": 300.0 if at % 3 == 0 else None,
        "pace_max_s_per_km": 330.5 if at % 3 == 0 else None,
        "steps": STEPS if at % 4 == 0 else [],
    }


def _run(id: UUID, athlete: UUID, name: str, workouts: Sequence[Row], at: int) -> Row:
    # Near midnight in California, the first two at once.
    begun = datetime(2024, 4, 5, 6, 30, 0, 250999, UTC) + timedelta(hours=13 * max(0, at - 1))
    return {
        "id": id,
        "athlete": athlete,
        "workout": workouts[at]["id"] if at % 2 == 0 else None,
        "name": f"{name} run {at}",
        "started_at": begun,
        "ended_at": begun + timedelta(seconds=1900),
        "analysis_state": understood_rows.STATES[at] if at < 4 else None,
        "source": "FILE" if at < 4 else ("MANUAL", "API")[at % 2],
        "external_id": None if at % 3 else f"{name}-{at}",
        "sport": None,
        "notes": f"{name} felt good" if at % 2 else None,
        "distance_m": 5000.1 + 500 * (at // 3),
        "moving_time_s": 1600 + at,
        "elapsed_time_s": 1900,
        "ascent_m": None if at % 2 else 55.5,
        "descent_m": None if at % 2 else 44.0,
        "average_heart_rate": 150 + at,
        "max_heart_rate": None,
        "average_cadence": 172.5,
        "laps": [LAP, LAP | {"number": 2, "startS": 300.5}] if at < 2 else [],
        "import_report": REPORT | {"setAside": [{"reason": "no time", "count": at}]} if at < 2 else None,
    }


def _stream(run: UUID, points: int) -> Row:
    return {
        "run": run,
        "time_ds": [10 * at for at in range(points)],
        "distance_dm": [31 * at for at in range(points)],
        "altitude_dm": [None if at == 1 else -15 + at for at in range(points)],
        "speed_mm_per_s": None,
        "heart_rate_bpm": [None if at == 2 else 140 + at for at in range(points)],
        "grade_e4": None if points > 5 else [-125, 0, None, 333, 4500],
        "graded_speed_mm_per_s": [3333 + at for at in range(points)],
        "d_prime_balance_dm": None if points > 5 else [2000, -5, 0, 1, None],
    }


def _effort(run: UUID, athlete: UUID, metres: float) -> Row:
    return {"run": run, "athlete": athlete, "distance_m": metres, "time_s": metres / 4, "start_m": 17.25}


def _job(id: UUID, athlete: UUID, at: int) -> Row:
    made = datetime(2024, 2, 1, tzinfo=UTC)
    return {
        "id": id,
        "athlete": athlete,
        "kind": "IMPORT_RUNS",
        "status": ("CANCELLED", "SUCCEEDED")[at],  # none that a worker would take up
        "created_at": made,
        "started_at": made,
        "finished_at": (None, made + timedelta(minutes=1))[at],
    }


def _item(job: Row, name: str, run: UUID, at: int) -> Row:
    return {
        "id": UUID(int=job["id"].int * 10 + at),
        "job": job["id"],
        "ordinal": float(3 - at),
        "file_name": f"{name}{at}.fit",
        "status": ("PENDING", "SUCCEEDED", "FAILED")[at],
        "message": None,
        "run": run if at == 1 else None,
    }
