"""A race folded from its topic's events, one by one: the same events give the same standings in whatever order."""

from collections.abc import Iterator
from datetime import datetime

from domain.events.model import Event
from domain.races.course import level_metres
from domain.races.field import Field
from domain.races.model import Race, told_apart
from domain.races.progress import Progress, progress_of
from domain.races.reports import Mark, MatRead, Moment, Position, Report, report_of
from domain.races.standings import Standings, standings_of
from domain.races.times import can_be_told

MOST_MARKS = 20_000
ORDINARY = 20  # reads of a runner: who has more to work through counts for several


class RaceFold:
    """What the events up to `offset` say of a race.

    Its size is bounded by runners and checkpoints, by rules that look at what was recorded and not at when it came.
    Of marks the one with the greatest offset holds, whatever its author's clock says; those of more than MOST_MARKS
    events are ignored and counted. A mark may bring back what was dropped for what it marks: see `needs_refold`.
    """

    def __init__(self, race: Race) -> None:
        self.race = race
        self.offset = 0
        self.needs_refold = False  # something is missed: fold all events into `anew()` for standings that are right
        self._ignored = 0
        self._level_m = level_metres(race)
        self._field = Field(race)
        self._marks: dict[str, tuple[int, bool]] = {}  # by the event: offset and wrong
        self._progress: dict[str, Progress] = {}
        self._moved = set(self._field.runners)  # whose progress is to be worked out anew

    def anew(self) -> "RaceFold":
        """An empty fold that knows the marks beforehand, and so drops nothing for what they mark."""
        fold = RaceFold(self.race)
        fold._marks = dict(self._marks)
        return fold

    def take(self, event: Event) -> None:
        """Take in the next event of the feed."""
        self.offset = max(self.offset, event.offset)
        report = report_of(event) if can_be_told(event.occurred_at) else None
        if report is None or not self._heed(report, event):
            self._ignored += 1

    def settle(self, at_once: int) -> Iterator[None]:
        """Work out the progress of those of whom something was reported.

        Between two turns of the caller, so many of them if they are ordinary: fewer if there is much to work through.
        """
        while self._moved:
            left = at_once * ORDINARY
            while self._moved and left > 0:
                runner = next(iter(self._moved))
                evidence = self._field.runners[runner]
                self._progress[runner] = progress_of(self.race, self._level_m, evidence)
                self._moved.discard(runner)  # only now: what fails is tried again
                left -= max(ORDINARY, evidence.size)
            yield

    def standings(self, now: datetime) -> Standings:
        """The standings at an instant; what has not changed since is not worked out again."""
        for _ in self.settle(max(1, len(self._moved))):
            pass
        return standings_of(self.race, self._progress.values(), now, offset=self.offset, ignored=self._ignored)

    def _heed(self, report: Report, event: Event) -> bool:
        """Whether the report says something of this race."""
        if isinstance(report, Mark):
            return self._mark(report, event.offset)
        place = self.race.places.get(told_apart(report.checkpoint)) if isinstance(report, MatRead) else None
        if isinstance(report, MatRead) and place is None:
            return False
        evidence, gone = self._field.of(report.runner)
        if gone is not None:
            self._ignored += gone.heard
            self._progress.pop(gone.runner, None)
            self._moved.discard(gone.runner)
        if evidence is None:
            return False
        moment, wrong = Moment(event.occurred_at, event.event_id), self._marks.get(event.event_id, (0, False))[1]
        evidence.heard += 1
        if isinstance(report, Position):
            evidence.position(report, moment, wrong=wrong)
        elif place is None:
            evidence.withdrawal(moment, wrong=wrong)
        else:
            evidence.read(place, moment, wrong=wrong)
        self._moved.add(report.runner)
        return True

    def _mark(self, mark: Mark, offset: int) -> bool:
        before = self._marks.get(mark.event_id)
        if before is None and len(self._marks) >= MOST_MARKS:
            return False
        if before is None or before[0] < offset:
            self._marks[mark.event_id] = offset, mark.wrong
            evidence = self._field.kept(mark.event_id)
            if evidence is not None and mark.wrong != (before is not None and before[1]):
                self.needs_refold = evidence.mark(mark.event_id, wrong=mark.wrong) or self.needs_refold
                self._moved.add(evidence.runner)
        return True
