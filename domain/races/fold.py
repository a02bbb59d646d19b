"""A race folded from its topic's events, one by one: the same events give the same standings in whatever order."""

from collections.abc import Iterator
from datetime import datetime

from domain.events.model import Event
from domain.races.course import level_metres
from domain.races.evidence import Evidence
from domain.races.model import Race, told_apart
from domain.races.progress import Progress, progress_of
from domain.races.reports import Mark, MatRead, Moment, Position, Report, report_of
from domain.races.standings import Standings, standings_of
from domain.races.times import can_be_told

MOST_STRANGERS = 1_000  # runners without an entry
MOST_MARKS = 20_000


class RaceFold:
    """What the events up to `offset` say of a race.

    Its size is bounded by runners and checkpoints: events past MOST_STRANGERS and MOST_MARKS are ignored and counted.
    Up to these bounds the order of events makes no difference.
    """

    def __init__(self, race: Race) -> None:
        self.race = race
        self.offset = 0
        self._ignored = 0
        self._level_m = level_metres(race)
        self._runners = {entry.runner: Evidence(race, race.start_of(entry.runner)) for entry in race.entries}
        self._marks: dict[str, tuple[Moment, bool]] = {}
        self._wrong: set[str] = set()
        self._progress: dict[str, Progress] = {}
        self._moved = set(self._runners)  # whose progress is to be worked out anew

    def take(self, event: Event) -> None:
        """Take in the next event of the feed."""
        self.offset = max(self.offset, event.offset)
        report = report_of(event) if can_be_told(event.occurred_at) else None
        if report is None or not self._heed(report, Moment(event.occurred_at, event.event_id)):
            self._ignored += 1

    def settle(self, at_once: int) -> Iterator[None]:
        """Work out the progress of those of whom something was reported, so many between two turns of the caller."""
        while self._moved:
            for _ in range(min(at_once, len(self._moved))):
                runner = self._moved.pop()
                evidence = self._runners[runner]
                self._progress[runner] = progress_of(runner, self.race, self._level_m, evidence, self._wrong)
            yield

    def standings(self, now: datetime) -> Standings:
        """The standings at an instant; what has not changed since is not worked out again."""
        for _ in self.settle(len(self._moved)):
            pass
        return standings_of(self.race, self._progress.values(), now, offset=self.offset, ignored=self._ignored)

    def _heed(self, report: Report, moment: Moment) -> bool:
        """Whether the report says something of this race."""
        if isinstance(report, Mark):
            return self._mark(report, moment)
        place = self.race.places.get(told_apart(report.checkpoint)) if isinstance(report, MatRead) else None
        if isinstance(report, MatRead) and place is None:
            return False
        evidence = self._evidence(report.runner)
        if evidence is None:
            return False
        if isinstance(report, Position):
            evidence.position(report, moment)
        elif place is None:
            evidence.withdrawal(moment)
        else:
            evidence.read(place, moment)
        self._moved.add(report.runner)
        return True

    def _evidence(self, runner: str) -> Evidence | None:
        """What is known of a runner; of one without an entry too, as long as there are not too many of them."""
        if runner not in self._runners:
            if len(self._runners) - len(self.race.entries) >= MOST_STRANGERS:
                return None
            self._runners[runner] = Evidence(self.race, self.race.starts_at)
        return self._runners[runner]

    def _mark(self, mark: Mark, moment: Moment) -> bool:
        """The mark that was recorded last counts."""
        before = self._marks.get(mark.event_id)
        if before is None and len(self._marks) >= MOST_MARKS:
            return False
        if before is None or before[0] < moment:
            self._marks[mark.event_id] = moment, mark.wrong
            (self._wrong.add if mark.wrong else self._wrong.discard)(mark.event_id)
            self._moved.update(runner for runner, evidence in self._runners.items() if evidence.rests_on(mark.event_id))
        return True
