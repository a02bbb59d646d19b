"""Who is in a race: all that have entered, and strangers as long as there are not too many of them."""

from bisect import insort

from domain.races.evidence import Evidence
from domain.races.ground import Ground
from domain.races.index import KeptOf
from domain.races.model import Race

MOST_STRANGERS = 1_000  # runners without an entry


class Field:
    """The evidence of each runner.

    Of strangers those with the least numbers are kept, so that it makes no difference who was seen first.
    """

    def __init__(self, race: Race) -> None:
        self._race, self._ground, self._kept_of = race, Ground(race.checkpoints), KeptOf()
        self._strangers: list[tuple[int, str]] = []
        self.runners = {entry.runner: self._nothing_of(entry.runner) for entry in race.entries}

    def of(self, runner: str) -> tuple[Evidence | None, Evidence | None]:
        """What is known of a runner, if they are kept; and that of a stranger who had to make room."""
        if runner in self.runners:
            return self.runners[runner], None
        number = by_number(runner)
        if len(self._strangers) >= MOST_STRANGERS and number > self._strangers[-1]:
            return None, None
        insort(self._strangers, number)
        evidence = self.runners[runner] = self._nothing_of(runner)
        if len(self._strangers) <= MOST_STRANGERS:
            return evidence, None
        gone = self.runners.pop(self._strangers.pop()[1])
        gone.forget()
        return evidence, gone

    def kept(self, event_id: str) -> Evidence | None:
        """The evidence that an event is part of; None for one that is not kept."""
        runner = self._kept_of.runner_of(event_id)
        return None if runner is None else self.runners[runner]

    def _nothing_of(self, runner: str) -> Evidence:
        return Evidence(self._race, self._ground, runner, self._kept_of)


def by_number(runner: str) -> tuple[int, str]:
    """How runners sort: numbers of one length sort as numbers, so shorter ones come first."""
    return len(runner), runner
