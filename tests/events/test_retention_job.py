"""A worker sweeps events once a minute, and a sweep that goes wrong is told and no more."""

import asyncio

import pytest
from structlog.testing import capture_logs
from svcs import Registry

from app.events.jobs import sweep_events
from domain.events.ports import EventSweep
from domain.shared.errors import Unavailable


class Sweeping:
    """The EventSweep port, which answers what it was given."""

    def __init__(self, answer: int | BaseException | None) -> None:
        self._answer = answer

    async def sweep(self, every_s: float) -> int | None:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


async def told_of(answer: int | BaseException | None) -> list[tuple[str, str]]:
    registry = Registry()
    registry.register_value(EventSweep, Sweeping(answer))
    with capture_logs() as logs:
        async with registry:
            await sweep_events({"registry": registry})
    return [(line["log_level"], line["event"]) for line in logs]


@pytest.mark.parametrize("answer", [None, 0, Unavailable("The database is away.")])
async def test_a_sweep_that_found_nothing_or_was_left_to_another_is_not_worth_a_word(
    answer: int | BaseException | None,
) -> None:
    assert await told_of(answer) == []


async def test_events_that_went_are_told() -> None:
    assert await told_of(7) == [("info", "events swept")]


async def test_a_sweep_that_goes_wrong_is_logged_and_the_worker_goes_on() -> None:
    assert await told_of(ZeroDivisionError()) == [("error", "bug")]


async def test_a_worker_that_is_told_to_stop_stops() -> None:
    with pytest.raises(asyncio.CancelledError):
        await told_of(asyncio.CancelledError())
