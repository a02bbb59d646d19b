"""What may be said of a run by hand, and what may be corrected afterwards."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.model import (
    BadText,
    CannotBeCleared,
    FileIsImported,
    HeartRatesDisagree,
    OutOfRange,
    RecordedFiguresStand,
    Run,
    RunId,
    RunSource,
    StartsInTheFuture,
    StartsTooEarly,
    TimesDisagree,
)
from domain.shared.errors import UserError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GIVEN: dict[str, Any] = {
    "id": RunId(UUID(int=1)),
    "athlete_id": UUID(int=2),
    "name": "Round the lake",
    "started_at": NOW - timedelta(hours=2),
    "source": RunSource.MANUAL,
    "distance_m": 10_000.0,
    "moving_time_s": 3000,
    "elapsed_time_s": 3100,
}


def a_run(**given: Any) -> Run:
    return Run.by_hand(now=NOW, **GIVEN | given)


def a_recorded_run() -> Run:
    return Run(**GIVEN | {"source": RunSource.FILE})


def test_a_run_is_what_was_typed_in() -> None:
    run = a_run(notes="Windy", ascent_m=120.5, average_heart_rate=150, average_cadence=172.5, external_id="4711")
    assert (run.notes, run.ascent_m, run.average_heart_rate) == ("Windy", 120.5, 150)
    assert (run.average_cadence, run.external_id, run.source) == (172.5, "4711", RunSource.MANUAL)


def test_spaces_around_words_are_no_part_of_them() -> None:
    run = a_run(name="  Hills ", notes=" dry\n", external_id=" a1 ")
    assert (run.name, run.notes, run.external_id) == ("Hills", "dry", "a1")


@pytest.mark.parametrize("field", ["notes", "external_id"])
def test_empty_words_are_none(field: str) -> None:
    assert getattr(a_run(**{field: "   "}), field) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"distance_m": -0.1}, "distanceM"),
        ({"distance_m": 1_000_000.1}, "distanceM"),
        ({"distance_m": math.nan}, "distanceM"),
        ({"distance_m": math.inf}, "distanceM"),
        ({"elapsed_time_s": 0, "moving_time_s": 0}, "elapsedTimeS"),
        ({"elapsed_time_s": 14 * 86_400 + 1}, "elapsedTimeS"),
        ({"moving_time_s": -1}, "movingTimeS"),
        ({"ascent_m": -1}, "ascentM"),
        ({"ascent_m": math.inf}, "ascentM"),
        ({"descent_m": 100_001}, "descentM"),
        ({"average_heart_rate": 24}, "averageHeartRate"),
        ({"max_heart_rate": 251}, "maxHeartRate"),
        ({"average_cadence": 0.5}, "averageCadence"),
        ({"average_cadence": 401}, "averageCadence"),
    ],
)
def test_a_figure_that_no_run_has_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(OutOfRange) as refused:
        a_run(**given)
    assert refused.value.field == (field,)
    assert field in refused.value.message


@pytest.mark.parametrize(
    "given",
    [
        {"distance_m": 0.0},
        {"distance_m": 1_000_000.0},
        {"moving_time_s": 0, "elapsed_time_s": 1},
        {"moving_time_s": 14 * 86_400, "elapsed_time_s": 14 * 86_400},
        {"ascent_m": 0.0, "descent_m": 100_000.0},
        {"average_heart_rate": 25, "max_heart_rate": 250},
        {"average_cadence": 1, "name": "x" * 255, "notes": "x" * 10_000, "external_id": "x" * 255},
        {"started_at": NOW + timedelta(days=1)},
        {"started_at": datetime(1900, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_bounds_themselves_are_taken(given: dict[str, Any]) -> None:
    assert a_run(**given).distance_m == given.get("distance_m", 10_000.0)


def test_bounds_are_told_in_figures_that_people_read() -> None:
    with pytest.raises(OutOfRange, match=r"distanceM is 2,000,000\.5 m; it must be from 0 to 1,000,000 m\."):
        a_run(distance_m=2_000_000.5)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t"}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\ud800"}, "name"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"notes": "\x00!"}, "notes"),
        ({"external_id": "x" * 256}, "externalId"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_by_name(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadText) as refused:
        a_run(**given)
    assert refused.value.field == (field,)


def test_nobody_moves_longer_than_the_run_took() -> None:
    with pytest.raises(TimesDisagree):
        a_run(moving_time_s=3101)


def test_a_run_is_not_recorded_before_it_is_run() -> None:
    with pytest.raises(StartsInTheFuture):
        a_run(started_at=NOW + timedelta(days=1, seconds=1))


def test_a_run_of_another_century_is_a_slip_of_the_keys() -> None:
    with pytest.raises(StartsTooEarly):
        a_run(started_at=datetime(1899, 12, 31, 23, tzinfo=UTC))


def test_a_run_from_a_file_comes_by_import_only() -> None:
    with pytest.raises(FileIsImported):
        a_run(source=RunSource.FILE)


def test_a_typed_run_can_be_corrected_in_all_its_figures() -> None:
    run = a_run().revise({"distance_m": 9_000.0, "moving_time_s": 2_900, "ascent_m": 90.0}, now=NOW)
    assert (run.distance_m, run.moving_time_s, run.ascent_m, run.name) == (9_000.0, 2_900, 90.0, "Round the lake")


def test_a_correction_is_checked_like_a_new_run() -> None:
    with pytest.raises(TimesDisagree):
        a_run().revise({"moving_time_s": 4_000}, now=NOW)


def test_null_clears_what_a_run_can_do_without() -> None:
    assert a_run(ascent_m=5.0, notes="x").revise({"ascent_m": None, "notes": None}, now=NOW) == a_run()


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("name", "name"),
        ("started_at", "startedAt"),
        ("distance_m", "distanceM"),
        ("moving_time_s", "movingTimeS"),
        ("elapsed_time_s", "elapsedTimeS"),
    ],
)
def test_what_every_run_has_cannot_be_cleared(field: str, told: str) -> None:
    with pytest.raises(CannotBeCleared) as refused:
        a_run().revise({field: None}, now=NOW)
    assert refused.value.field == (told,)


def test_of_a_recorded_run_the_name_and_notes_can_be_changed() -> None:
    run = a_recorded_run().revise({"name": "Race", "notes": "Hot"}, now=NOW)
    assert (run.name, run.notes) == ("Race", "Hot")


@pytest.mark.parametrize("field", sorted(set(GIVEN) - {"id", "athlete_id", "name", "source"}))
def test_the_figures_of_a_recorded_run_stand(field: str) -> None:
    with pytest.raises(RecordedFiguresStand):
        a_recorded_run().revise({field: GIVEN[field]}, now=NOW)


@given(
    name=st.text(max_size=300),
    distance_m=st.floats(),
    moving=st.integers(-10, 2_000_000),
    elapsed=st.integers(-10, 2_000_000),
    heart_rate=st.none() | st.integers(-5, 300),
)
def test_whatever_is_typed_is_either_refused_or_can_be_stored(
    name: str, distance_m: float, moving: int, elapsed: int, heart_rate: int | None
) -> None:
    try:
        run = a_run(
            name=name,
            distance_m=distance_m,
            moving_time_s=moving,
            elapsed_time_s=elapsed,
            average_heart_rate=heart_rate,
        )
    except UserError:
        return
    assert 0 <= run.moving_time_s <= run.elapsed_time_s
    assert math.isfinite(run.distance_m)
    assert run.name.encode()
    assert "\x00" not in run.name


def test_a_mean_heart_rate_is_not_above_the_highest() -> None:
    with pytest.raises(HeartRatesDisagree):
        a_run(average_heart_rate=180, max_heart_rate=120)


def test_a_recorded_run_can_be_renamed_whatever_its_watch_recorded() -> None:
    odd = replace(a_recorded_run(), max_heart_rate=254, elapsed_time_s=0, moving_time_s=0, distance_m=2_000_000.0)
    assert odd.revise({"name": " Odd "}, now=NOW) == replace(odd, name="Odd")
