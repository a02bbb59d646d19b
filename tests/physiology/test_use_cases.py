"""What an athlete says of their body, against figures kept in memory."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.physiology.use_cases import delete_physiology, set_physiology, suggest_physiology
from domain.operations.model import JobKind
from domain.physiology.model import Physiology, PhysiologyChanges, PhysiologyId
from domain.physiology.refusals import FiguresTooClose, NothingGiven, PhysiologyNotFound, ValidFromOutOfBounds
from domain.shared.errors import Forbidden
from domain.shared.viewer import Scope, Viewer
from tests.factories.plans import a_viewer
from tests.fakes.physiology import JOB, TODAY, FakeClock, FakePhysiologies, FakeQueue
from tests.fakes.plans import FakeIds

LAST_YEAR = TODAY - timedelta(days=365)
READER = a_viewer(scopes=frozenset({Scope.TRAINING_READ}))
WRITER = a_viewer(scopes=frozenset({Scope.TRAINING_WRITE}))


async def set_(
    physiologies: FakePhysiologies,
    valid_from: date | None = None,
    *,
    viewer: Viewer = WRITER,
    queue: FakeQueue | None = None,
    **figures: Any,
) -> PhysiologyId:
    return await set_physiology(
        PhysiologyChanges(**figures),
        valid_from,
        viewer=viewer,
        once=None,
        physiologies=physiologies,
        queue=queue or FakeQueue(),
        ids=FakeIds(),
        clock=FakeClock(),
    )


async def test_figures_hold_from_today_on_when_no_day_is_named() -> None:
    physiologies = FakePhysiologies()
    await set_(physiologies, max_heart_rate=190)
    assert physiologies.figures == {TODAY: Physiology(valid_from=TODAY, max_heart_rate=190)}


async def test_figures_build_on_those_valid_on_their_day() -> None:
    early, late = Physiology(valid_from=LAST_YEAR, mass_kg=60), Physiology(valid_from=TODAY, mass_kg=65)
    physiologies = FakePhysiologies(early, late)
    between = LAST_YEAR + timedelta(days=10)
    await set_(physiologies, between, resting_heart_rate=48)
    assert physiologies.figures[between] == Physiology(valid_from=between, mass_kg=60, resting_heart_rate=48)
    assert physiologies.figures[TODAY] == late


async def test_a_worker_is_woken_for_the_runs_that_are_judged_anew() -> None:
    queue = FakeQueue()
    await set_(FakePhysiologies(touches=True), queue=queue, max_heart_rate=190)
    assert queue.handed_over == [(JobKind.ANALYSE_RUNS, JOB)]


async def test_nobody_is_woken_where_no_run_is_touched() -> None:
    queue = FakeQueue()
    await set_(FakePhysiologies(), queue=queue, max_heart_rate=190)
    assert queue.handed_over == []


@pytest.mark.parametrize(
    ("valid_from", "figures", "refusal"),
    [
        (TODAY, {}, NothingGiven),
        (date(1899, 12, 31), {"mass_kg": 60}, ValidFromOutOfBounds),
        (TODAY + timedelta(days=367), {"mass_kg": 60}, ValidFromOutOfBounds),
        (TODAY, {"max_heart_rate": 160, "threshold_heart_rate": 170}, FiguresTooClose),
    ],
)
async def test_what_is_refused_is_not_stored(valid_from: date, figures: Any, refusal: type[Exception]) -> None:
    physiologies = FakePhysiologies()
    with pytest.raises(refusal):
        await set_(physiologies, valid_from, **figures)
    assert physiologies.figures == {}


async def test_a_reader_may_not_set_or_delete() -> None:
    physiologies = FakePhysiologies(Physiology(valid_from=TODAY, mass_kg=60))
    with pytest.raises(Forbidden):
        await set_(physiologies, viewer=READER, mass_kg=70)
    with pytest.raises(Forbidden):
        await delete_physiology(TODAY, viewer=READER, once=None, physiologies=physiologies, queue=FakeQueue())
    assert physiologies.figures == {TODAY: Physiology(valid_from=TODAY, mass_kg=60)}


async def test_deleted_figures_are_gone_and_their_runs_are_judged_anew() -> None:
    physiologies, queue = FakePhysiologies(Physiology(valid_from=TODAY), touches=True), FakeQueue()
    await delete_physiology(TODAY, viewer=WRITER, once=None, physiologies=physiologies, queue=queue)
    assert physiologies.figures == {}
    assert queue.handed_over == [(JobKind.ANALYSE_RUNS, JOB)]


async def test_figures_of_a_day_on_which_none_begin_are_not_found() -> None:
    with pytest.raises(PhysiologyNotFound):
        await delete_physiology(TODAY, viewer=WRITER, once=None, physiologies=FakePhysiologies(), queue=FakeQueue())


async def test_suggestions_look_at_the_last_ninety_days() -> None:
    physiologies = FakePhysiologies()
    told = await suggest_physiology(viewer=READER, physiologies=physiologies, clock=FakeClock())
    assert physiologies.asked == (told.since, told.to) == (TODAY - timedelta(days=89), TODAY)


async def test_only_a_reader_is_told_suggestions() -> None:
    with pytest.raises(Forbidden):
        await suggest_physiology(viewer=WRITER, physiologies=FakePhysiologies(), clock=FakeClock())
