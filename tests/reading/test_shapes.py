"""The answer has the shape of the question, however oddly it is put."""

import pytest

from domain.shared.node_ids import node_id
from tests.reading.world import World, ids_of

PLAN = node_id("Plan", ids_of("plan", "ADA")[0])
RUN = node_id("Run", ids_of("run", "ADA")[0])


@pytest.mark.parametrize("count", [50, 51, 100, 101, 240])
async def test_an_object_may_have_any_number_of_keys(world: World, count: int) -> None:
    keys = " ".join(f"k{at}: name" for at in range(count))

    data = await world.ada.get(f'{{ plan(id: "{PLAN}") {{ {keys} }} }}')

    assert data["plan"] == {f"k{at}": "ADA plan 0" for at in range(count)}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("totalCount", 5),
        ("pageInfo { hasNextPage }", {"hasNextPage": True}),
        ("edges { node { name } }", [{"node": {"name": "ADA plan 4"}}]),
    ],
)
async def test_a_connection_may_have_any_number_of_keys(world: World, part: str, value: object) -> None:
    keys = " ".join(f"k{at}: {part}" for at in range(120))

    assert await world.ada.get(f"{{ plans(first: 1) {{ {keys} }} }}") == {
        "plans": {f"k{at}": value for at in range(120)}
    }


async def test_an_edge_and_its_page_may_have_any_number_of_keys(world: World) -> None:
    nodes = " ".join(f"k{at}: node {{ version }}" for at in range(120))
    facts = " ".join(f"k{at}: hasPreviousPage" for at in range(120))

    data = await world.ada.get(f"{{ plans(last: 1) {{ edges {{ {nodes} }} pageInfo {{ {facts} }} }} }}")

    assert data["plans"]["edges"] == [{f"k{at}": {"version": 1} for at in range(120)}]
    assert data["plans"]["pageInfo"] == {f"k{at}": True for at in range(120)}


async def test_lists_of_objects_with_many_keys_nest(world: World) -> None:
    keys = " ".join(f"k{at}: name" for at in range(101))
    runs = " ".join(f"r{at}: run {{ ...Keys }}" for at in range(51))

    data = await world.ada.get(
        f"{{ workouts(first: 2) {{ edges {{ node {{ {runs} }} }} }} }} fragment Keys on Run {{ {keys} }}"
    )

    first = data["workouts"]["edges"][0]["node"]
    assert first["r50"]["k100"] == "ADA run 0"
    assert len(first) == 51


async def test_a_key_may_be_longer_than_a_name_in_sql(world: World) -> None:
    keys = ["x" * 63 + "a", "x" * 63 + "b", "y" * 3000]
    asked = " ".join(f"{key}: name" for key in keys)

    assert await world.ada.get(f'{{ plan(id: "{PLAN}") {{ {asked} }} }}') == {"plan": dict.fromkeys(keys, "ADA plan 0")}


async def test_what_is_skipped_whole_is_an_empty_object(world: World) -> None:
    query = """query($no: Boolean = false) { plans(first: 1) {
        pageInfo { hasNextPage @include(if: $no) }
        edges { node { name @skip(if: true) } ... on PlanEdge @include(if: $no) { cursor } } } }"""

    data = await world.ada.get(query)

    assert data["plans"] == {"pageInfo": {}, "edges": [{"node": {}}]}


async def test_a_thing_of_which_all_is_skipped_is_still_told_from_none(world: World) -> None:
    query = "query($id: ID!) { run(id: $id) { name @skip(if: true) } }"

    assert await world.ada.get(query, id=RUN) == {"run": {}}
    assert await world.ada.get(query, id=node_id("Run", World.NOBODY)) == {"run": None}


async def test_a_connection_of_which_all_is_skipped_is_an_empty_object(world: World) -> None:
    assert await world.ada.get("{ runs { totalCount @skip(if: true) } }") == {"runs": {}}


async def test_every_object_says_its_type(world: World) -> None:
    query = """query($id: ID!) { __typename node(id: $id) { __typename ... on Run {
        workout { __typename targetPace { __typename } plan { __typename progress { __typename } workouts { __typename
            edges { __typename node { __typename } } pageInfo { __typename } } } } track { __typename } } } }"""

    run = (await world.ada.get(query, id=RUN))["node"]

    plan = run["workout"].pop("plan")
    edge = {"__typename": "WorkoutEdge", "node": {"__typename": "Workout"}}
    page = {"__typename": "WorkoutConnection", "edges": [edge] * 5, "pageInfo": {"__typename": "PageInfo"}}
    assert plan == {"__typename": "Plan", "progress": {"__typename": "PlanProgress"}, "workouts": page}
    assert run["workout"] == {"__typename": "Workout", "targetPace": {"__typename": "PaceRange"}}
    assert (run["__typename"], run["track"]) == ("Run", {"__typename": "Track"})


async def test_aliases_of_one_field_have_arguments_of_their_own(world: World) -> None:
    query = """{ plan(id: "%s") { three: workouts(first: 3) { edges { node { name } } }
        last: workouts(last: 1) { edges { node { id } } }
        one: week(number: 1) { number } two: week(number: 2) { number } none: week(number: 99) { number } } }"""

    plan = (await world.ada.get(query % PLAN))["plan"]

    assert len(plan["three"]["edges"]) == 3
    assert list(plan["last"]["edges"][0]["node"]) == ["id"]
    assert (plan["one"], plan["two"], plan["none"]) == ({"number": 1}, {"number": 2}, None)


async def test_what_is_asked_of_one_field_in_several_places_comes_together(world: World) -> None:
    query = """query($id: ID!) { run(id: $id) {
        ...A workout { name } ...B ... on Run { workout { plan { version } } } } }
        fragment A on Run { workout { id plan { name } } }
        fragment B on Run { ...A workout { plan { ...C } } }
        fragment C on Plan { status }"""

    run = (await world.ada.get(query, id=RUN))["run"]

    workout = {"id": node_id("Workout", ids_of("workout", "ADA")[0])}
    assert run == {
        "workout": workout | {"plan": {"name": "ADA plan 0", "status": "DRAFT", "version": 1}, "name": "ADA workout 0"}
    }
    assert list(run["workout"]) == ["id", "plan", "name"]


async def test_an_interface_gives_each_type_what_was_asked_of_it(world: World) -> None:
    query = """query($run: ID!, $plan: ID!) {
        run: node(id: $run) { ...Thing } plan: node(id: $plan) { ...Thing } }
        fragment Thing on Node { id ... on Run { distanceM } ... on Plan { status ... on Node { __typename } } }"""

    data = await world.ada.get(query, run=RUN, plan=PLAN)

    assert data["run"] == {"id": RUN, "distanceM": 5000.1}
    assert data["plan"] == {"id": PLAN, "status": "DRAFT", "__typename": "Plan"}


async def test_variables_reach_arguments_at_any_depth(world: World) -> None:
    query = """query($n: Int!, $given: Int = 1, $absent: Int, $cursor: String) { plan(id: "%s") {
        workouts(first: $n, after: $cursor) { edges { node { name } } } week(number: $given) { number }
        all: workouts(first: $absent) { edges { node { name } } } } }"""

    plan = (await world.ada.get(query % PLAN, n=2))["plan"]

    assert len(plan["workouts"]["edges"]) == 2
    assert plan["week"] == {"number": 1}
    assert len(plan["all"]["edges"]) == 5


async def test_variables_reach_the_inside_of_a_filter(world: World) -> None:
    query = """query($from: Date, $done: Boolean, $absent: WorkoutType) {
        workouts(filter: {from: $from, done: $done, type: $absent}) { totalCount } }"""

    everything = (await world.ada.get(query))["workouts"]["totalCount"]
    done = (await world.ada.get(query, done=True))["workouts"]["totalCount"]
    late = (await world.ada.get(query, **{"from": "2090-01-01"}))["workouts"]["totalCount"]

    assert (everything, done, late) == (14, 6, 1)


async def test_directives_take_variables_with_defaults(world: World) -> None:
    query = """query($yes: Boolean = true, $no: Boolean!) { viewer { a: timezone @include(if: $yes)
        b: timezone @skip(if: $yes) c: timezone @include(if: $no) @skip(if: $no) ...F @include(if: $no) ...F } }
        fragment F on Viewer { d: timezone }"""

    assert await world.ada.get(query, no=False) == {"viewer": {"a": "America/Los_Angeles", "d": "America/Los_Angeles"}}
