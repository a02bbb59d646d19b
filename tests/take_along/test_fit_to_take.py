"""The plan as FIT files, read back by two readers that know nothing of what wrote them."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import fitdecode
import fitfast
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Movement
from domain.courses.model import Waypoint, WaypointKind
from domain.pacing.take_along import CourseWithoutPositions, NothingLeftToRun, PlanToTake
from infrastructure.take_along.fit_course import MOST_POINTS, NAME_BYTES, course_fit
from infrastructure.take_along.fit_workout import MOST_STEPS, NOTE_BYTES, Leg, merged, workout_fit
from tests.factories.plans_to_take import STARTS_AT, WAYPOINTS, a_ground, a_plan_to_take, some_steps, without_positions


@cache
def read(content: bytes) -> list[tuple[str, dict[str, Any]]]:
    """All messages in their order, with checksums checked."""
    with fitdecode.FitReader(content, check_crc=fitdecode.CrcCheck.RAISE) as reader:
        return [
            (frame.name, {field.name: field.value for field in frame.fields})
            for frame in reader
            if isinstance(frame, fitdecode.FitDataMessage)
        ]


def messages(content: bytes, kind: str) -> list[dict[str, Any]]:
    return [fields for name, fields in read(content) if name == kind]


def workout(taken: PlanToTake, *, by_heart_rate: bool = True) -> list[dict[str, Any]]:
    return messages(workout_fit(taken, by_heart_rate=by_heart_rate), "workout_step")


def test_both_readers_tell_the_same_distances_and_times() -> None:
    taken = a_plan_to_take()
    content, points = course_fit(taken), taken.points(MOST_POINTS)
    slow, fast = messages(content, "record"), fitfast.records(content, "record")
    distances, times = [row["distance"] for row in slow], [row["timestamp"].timestamp() for row in slow]
    assert distances == pytest.approx(points.distance_m.tolist(), abs=0.0051)
    assert np.asarray(fast["distance"]) == pytest.approx(distances)
    assert times == [STARTS_AT.timestamp() + round(seconds) for seconds in points.seconds.tolist()]
    assert np.asarray(fast["timestamp"]) == pytest.approx(times)


def test_positions_and_altitudes_are_those_of_the_course() -> None:
    taken = a_plan_to_take()
    rows, points = messages(course_fit(taken), "record"), taken.points(MOST_POINTS)
    latitude = [row["position_lat"] * 180 / 2**31 for row in rows]
    longitude = [row["position_long"] * 180 / 2**31 for row in rows]
    assert latitude == pytest.approx(points.latitude.tolist(), abs=1e-6)
    assert longitude == pytest.approx(points.longitude.tolist(), abs=1e-6)
    assert [row["enhanced_altitude"] for row in rows] == pytest.approx(points.altitude_m.tolist(), abs=0.11)


def test_a_course_begins_and_ends_as_watches_expect() -> None:
    taken = a_plan_to_take()
    content = course_fit(taken)
    order = [name for name, _ in read(content)]
    assert order[:5] == ["file_id", "course", "lap", "event", "record"]
    assert order[-1] == "event"
    assert messages(content, "file_id")[0]["type"] == "course"
    (lap,) = messages(content, "lap")
    assert (lap["total_distance"], lap["total_ascent"]) == (20_000, 1_200)
    assert lap["total_elapsed_time"] == pytest.approx(taken.steps[-1].end_s, abs=0.001)
    assert [row["event_type"] for row in messages(content, "event")] == ["start", "stop_disable_all"]


def test_places_are_course_points_of_their_kind_at_their_time() -> None:
    taken = a_plan_to_take()
    rows = messages(course_fit(taken), "course_point")
    assert [(row["name"], row["type"], row["distance"]) for row in rows] == [
        ("Two Pines", "aid_station", 5_000),
        ("Round Top", "summit", 8_000),
        ("Old Mill", "aid_station", 16_000),
    ]
    arrivals = [STARTS_AT + timedelta(seconds=round(one.arrival_s or 0.0)) for one in taken.passages]
    assert [row["timestamp"] for row in rows] == arrivals


@pytest.mark.parametrize("kind", WaypointKind)
def test_every_kind_of_place_is_one_that_fit_knows(kind: WaypointKind) -> None:
    place = Waypoint(name="A", distance_m=500.0, kind=kind)
    (row,) = messages(course_fit(a_plan_to_take(a_ground(1_000, 10), waypoints=(place,), count=1)), "course_point")
    assert isinstance(row["type"], str)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.isprintable))
def test_any_name_fits_a_watch(name: str) -> None:
    place = Waypoint(name=f"A{name}", distance_m=500.0)
    taken = a_plan_to_take(a_ground(1_000, 10), waypoints=(place,), count=1, name=f"A{name}")
    (row,) = messages(course_fit(taken), "course_point")
    assert 1 <= len(row["name"].encode()) <= NAME_BYTES
    assert f"A{name}".replace(" ", "").startswith(row["name"].replace(" ", ""))


def test_a_long_name_is_cut_to_what_a_small_watch_shows() -> None:
    place = Waypoint(name="Les Contamines-Montjoie", distance_m=500.0)
    (row,) = messages(course_fit(a_plan_to_take(a_ground(1_000, 10), waypoints=(place,), count=1)), "course_point")
    assert row["name"] == "Les Contamines-"


def test_a_place_behind_the_runner_comes_before_what_lies_ahead() -> None:
    taken = a_plan_to_take(steps=some_steps(a_ground(), 20, WAYPOINTS)[9:])
    times = [row["timestamp"] for row in messages(course_fit(taken), "course_point")]
    assert times == sorted(times)
    assert times[0] > STARTS_AT


def test_a_plan_without_a_start_begins_on_a_day_of_its_own() -> None:
    taken = a_plan_to_take(starts_at=None)
    rows = messages(course_fit(taken), "record")
    assert rows[0]["timestamp"] == datetime.fromisoformat("2020-01-01T00:00:00Z")
    assert (rows[-1]["timestamp"] - rows[0]["timestamp"]).total_seconds() == round(taken.steps[-1].end_s)


@pytest.mark.parametrize("year", [2000, 2124])
def test_a_start_that_fit_can_tell_is_told(year: int) -> None:
    starts_at = STARTS_AT.replace(year=year)
    taken = a_plan_to_take(starts_at=starts_at)
    assert messages(course_fit(taken), "record")[0]["timestamp"] == starts_at
    assert messages(workout_fit(taken, by_heart_rate=True), "file_id")[0]["time_created"] == starts_at


@pytest.mark.parametrize("year", [2125, 2199])
def test_a_start_beyond_what_fit_can_tell_is_left_out(year: int) -> None:
    taken = a_plan_to_take(starts_at=STARTS_AT.replace(year=year))
    assert course_fit(taken) == course_fit(a_plan_to_take(starts_at=None))
    assert messages(workout_fit(taken, by_heart_rate=True), "file_id")[0]["time_created"].year == 2020


def test_a_long_course_has_no_more_points_than_a_watch_takes() -> None:
    content = course_fit(a_plan_to_take(a_ground(170_000, 34_000), waypoints=()))
    assert len(fitfast.records(content, "record")["distance"]) == MOST_POINTS


def test_a_course_without_positions_has_no_fit_course_but_a_workout() -> None:
    taken = a_plan_to_take(without_positions(a_ground()))
    with pytest.raises(CourseWithoutPositions):
        course_fit(taken)
    assert len(workout(taken)) == 22


def test_the_same_plan_gives_the_same_files() -> None:
    one, other = a_plan_to_take(), a_plan_to_take()
    assert course_fit(one) == course_fit(other)
    assert workout_fit(one, by_heart_rate=True) == workout_fit(other, by_heart_rate=True)


def test_a_step_lasts_its_distance_within_a_range_of_heart_rates() -> None:
    taken = a_plan_to_take()
    first, step = workout(taken)[0], taken.steps[0]
    assert (first["duration_type"], first["duration_distance"]) == ("distance", 1_000)
    assert first["target_type"] == "heart_rate"
    assert step.expected_heart_rate is not None
    bpm = (first["custom_target_heart_rate_low"] - 100, first["custom_target_heart_rate_high"] - 100)
    assert bpm == (step.expected_heart_rate - 5, step.expected_heart_rate + 5)
    assert first["wkt_step_name"] == "1 run 78 %"


def test_a_step_may_have_a_range_of_speeds_instead() -> None:
    taken = a_plan_to_take()
    first = workout(taken, by_heart_rate=False)[0]
    assert first["target_type"] == "speed"
    speed = taken.steps[0].speed_m_per_s
    low, high = first["custom_target_speed_low"], first["custom_target_speed_high"]
    assert (low, high) == pytest.approx((0.95 * speed, 1.05 * speed), abs=0.001)


def test_a_step_without_an_expected_heart_rate_has_a_range_of_speeds() -> None:
    steps = tuple(replace(step, expected_heart_rate=None) for step in some_steps(a_ground()))
    assert {row["target_type"] for row in workout(a_plan_to_take(steps=steps, waypoints=()))} == {"speed"}


def test_a_stay_is_a_rest_by_the_clock() -> None:
    rests = [row for row in workout(a_plan_to_take()) if row["intensity"] == "rest"]
    assert [(row["wkt_step_name"], row["duration_time"]) for row in rests] == [("Two Pines", 180), ("Old Mill", 240)]


def test_at_the_finish_there_is_no_rest_to_wait_for() -> None:
    finish = Waypoint(name="Finish", distance_m=20_000.0, stop_s=600.0)
    assert [row["intensity"] for row in workout(a_plan_to_take(waypoints=(finish,), count=2))] == ["active", "active"]


def test_a_workout_has_no_more_steps_than_a_watch_takes_and_says_so() -> None:
    taken = a_plan_to_take(count=80)
    content = workout_fit(taken, by_heart_rate=True)
    rows, (head,) = messages(content, "workout_step"), messages(content, "workout")
    assert len(rows) == head["num_valid_steps"] == MOST_STEPS
    assert head["wkt_description"] == "2:35:12 by 80 steps, called out as 48"
    assert sum(row.get("duration_distance", 0) for row in rows) == pytest.approx(20_000, abs=1)
    assert [row["message_index"] for row in rows] == list(range(MOST_STEPS))


def test_at_the_finish_there_is_nothing_to_call_out() -> None:
    with pytest.raises(NothingLeftToRun):
        workout(a_plan_to_take(steps=()))


LEGS = st.lists(
    st.builds(
        Leg,
        first=st.just(1),
        last=st.just(1),
        metres=st.floats(50, 5_000),
        seconds=st.floats(20, 5_000),
        climb_m=st.floats(-300, 300),
        movement=st.sampled_from([Movement.RUNNING, Movement.WALKING]),
        throttle=st.floats(0.3, 1.3),
        heart_rate=st.none() | st.floats(60, 200),
        stay_s=st.sampled_from([0.0, 0.0, 60.0, 300.0]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(LEGS, st.integers(1, 20))
def test_merging_keeps_the_way_the_time_and_the_work(legs: list[Leg], most: int) -> None:
    fewer = merged(legs, most)
    assert sum(1 + (leg.stay_s > 0) for leg in fewer) <= most
    assert sum(leg.metres for leg in fewer) == pytest.approx(sum(leg.metres for leg in legs))
    assert sum(leg.seconds for leg in fewer) == pytest.approx(sum(leg.seconds for leg in legs))
    work = sum(leg.seconds * leg.throttle for leg in legs)
    assert sum(leg.seconds * leg.throttle for leg in fewer) == pytest.approx(work)


def test_steps_of_one_throttle_are_merged_before_others() -> None:
    def leg(number: int, throttle: float, movement: Movement = Movement.RUNNING) -> Leg:
        return Leg(number, number, 1_000.0, 400.0, 0.0, movement, throttle, 150.0)

    legs = [leg(1, 0.7), leg(2, 0.9), leg(3, 0.9), leg(4, 0.9, Movement.WALKING)]
    assert [(one.first, one.last) for one in merged(legs, 3)] == [(1, 1), (2, 3), (4, 4)]
    assert [(one.first, one.last) for one in merged(legs, 2)] == [(1, 3), (4, 4)]


def test_names_and_notes_of_steps_fit_a_watch() -> None:
    place = Waypoint(name="Les Contamines Notre Dame de la Gorge " * 2, distance_m=5_000.0, stop_s=60.0)
    for row in workout(a_plan_to_take(waypoints=(place,), count=70)):
        assert len(row["wkt_step_name"].encode()) <= NAME_BYTES
        assert len((row.get("notes") or "").encode()) <= NOTE_BYTES
