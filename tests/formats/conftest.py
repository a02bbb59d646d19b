"""The folder of real recordings, where it is at hand."""

from pathlib import Path

import pytest

from tests.factories.recordings import SHARED_SAMPLES


@pytest.fixture
def samples() -> Path:
    if not SHARED_SAMPLES.is_dir():
        pytest.skip("the folder of real recordings is not at hand")
    return SHARED_SAMPLES
