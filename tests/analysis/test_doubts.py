"""Figures that cannot be right are told with a word of doubt."""

import pytest

from domain.analysis.intensity import BEYOND_THRESHOLD, DOUBTFUL_ALTITUDES
from tests.factories.even_runs import a_run, understood


@pytest.mark.parametrize(
    ("seconds", "speed", "doubted"),
    [(3600, 4.8, True), (3600, 4.2, False), (1800, 4.8, False)],
    ids=["an hour far beyond threshold", "an hour a little beyond", "half an hour far beyond"],
)
def test_nobody_holds_more_than_threshold_for_an_hour(seconds: int, speed: float, doubted: bool) -> None:
    assert (BEYOND_THRESHOLD in understood(a_run(seconds, speed)).notes) is doubted


@pytest.mark.parametrize(("grade", "doubted"), [(1.5, True), (0.6, False)])
def test_ground_that_nobody_runs_on_is_told_with_doubt(grade: float, doubted: bool) -> None:
    notes = understood(a_run(600, 1.0, grade=grade)).notes
    assert any(note.endswith(DOUBTFUL_ALTITUDES) for note in notes) is doubted
