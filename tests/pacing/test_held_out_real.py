"""Real recordings, where they are at hand: too few to judge by, enough to see that nothing is far off."""

import numpy as np
import pytest

from domain.analysis.model import Movement, RecordedTrack
from domain.analysis.run import understand
from domain.pacing.athlete.held_out import hold_out
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.ran import ran_of
from domain.runs.moving_time import moving_seconds
from infrastructure.formats.decode import decode
from tests.factories.recordings import SHARED_SAMPLES

PIECE_M = 2500.0
pytestmark = pytest.mark.skipif(not SHARED_SAMPLES.is_dir(), reason="the folder of real recordings is not at hand")


def stretches_of(name: str) -> PacingHistory:
    """One recording, as a run of its own."""
    (recording,) = decode(name, (SHARED_SAMPLES / name).read_bytes())
    track = RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))
    segments = understand(track, None, "UTC").segments
    movement = np.array(segments.movement)
    told = movement != Movement.STANDING
    return PacingHistory(
        physiology=None,
        efforts=(),
        run=np.zeros(np.count_nonzero(told), dtype=np.int64),
        start_s=segments.start_s[told],
        start_m=segments.start_m[told],
        length_m=(segments.end_m - segments.start_m)[told],
        moving_s=segments.moving_s[told],
        mean_grade=segments.mean_grade[told],
        heart_rate=segments.average_heart_rate[told],
        walking=(movement == Movement.WALKING)[told],
    )


def test_pieces_of_a_trail_race_are_foretold_from_one_another() -> None:
    """Not a season, but all there is: 37 km and 2,578 m of ascent in 15 pieces, which grow slower all along."""
    race = stretches_of("trail-37km-2578m.fit")
    race.run[:] = race.start_m // PIECE_M
    held_out = hold_out(ran_of(race, 50.0))
    assert held_out.took_s.size >= 14
    assert held_out.error is not None
    assert held_out.error < 0.07


def test_a_walk_round_a_lake_is_no_run() -> None:
    assert ran_of(stretches_of("lake-walk.gpx"), 50.0).run.size == 0
