"""What an organiser gives to set up a race and to mark reads, and how it becomes what the domain takes."""

from datetime import datetime

import strawberry

from app.edge.declaring.fields import input_type, says
from domain.events.model import TopicId
from domain.races.model import Checkpoint, Entry, Race, require_at_once
from domain.races.profile import CourseProfile

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."


@input_type
class CheckpointInput:
    """A place on the course where runners are timed."""

    name: str = says("1 to 100 characters, by which reads name it; small and large letters are the same.")
    distance_m: float = says("Metres along the course, from the start; more than those of the one before.")
    latitude: float | None = says("Degrees. With both, a tracker within 60 m passes it.", default=None)
    longitude: float | None = says("Degrees.", default=None)
    cutoff_at: datetime | None = says("When it closes; not before those nearer to the start.", default=None)


@input_type
class CourseProfileInput:
    """The heights of the course, at 2 to 4,000 places; steeper than 45° in the mean is none."""

    distance_m: list[float] = says("Metres along the course, rising, from the start on.")
    altitude_m: list[float] = says("Metres above the sea, at each of them.")


@input_type
class RaceEntryInput:
    """A runner."""

    runner: str = says("The number on the bib, 1 to 50 characters, by which reads name the runner.")
    name: str | None = says("What they are called.", default=None)
    starts_at: datetime | None = says(
        "The start of their wave, where it is not that of the race; at most a week away from it.", default=None
    )


@input_type
class SetRaceInput:
    """A race as a whole: what was set on the topic before is replaced, and all events are judged by it."""

    topic: str = says("The name of a topic of yours of the kind RACE.")
    name: str = says("1 to 100 characters.")
    starts_at: datetime = says("When the clock starts, in the years 1900 to 2200.")
    checkpoints: list[CheckpointInput] = says("2 to 100, from the start (which may be left out) to the finish.")
    profile: CourseProfileInput | None = says(
        "With heights, arrivals are expected by grade. Up to a tenth longer or shorter than the course, it is "
        "stretched to it.",
        default=None,
    )
    course_run_id: strawberry.ID | None = says(
        "Instead of a profile: a run of yours over this course, whose heights it takes.", default=None
    )
    entries: list[RaceEntryInput] | None = says(
        "Up to 1,000 runners, in place of all who have entered; null leaves them as they are. addRaceEntries takes "
        "more. Who has not entered is taken when they are seen.",
        default=None,
    )
    idempotency_key: str | None = says(KEY, default=None)

    def as_race(self, topic_id: TopicId, course: CourseProfile | None, before: Race | None) -> Race:
        """For the domain: with the heights of a run or those that are given, with the entries of before or these.

        Raises what a Race raises, and TooManyAtOnce.
        """
        given = self.profile
        if given is not None:
            course = CourseProfile(tuple(given.distance_m), tuple(given.altitude_m))
        if self.entries is not None:
            require_at_once(self.entries, "entries")
            entries = tuple(as_entries(self.entries))
        else:
            entries = () if before is None else before.entries
        return Race(
            topic_id,
            self.name,
            self.starts_at,
            tuple(
                Checkpoint(one.name, one.distance_m, one.latitude, one.longitude, one.cutoff_at)
                for one in self.checkpoints
            ),
            course,
            entries,
        )


@input_type
class AddRaceEntriesInput:
    """Runners who enter a race; who has entered already under the same number is replaced."""

    topic: str = says("The name of a topic of yours with a race.")
    entries: list[RaceEntryInput] = says("Up to 1,000 at once. A race has up to 5,000 in all.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class RemoveRaceEntriesInput:
    """Runners who are not in a race after all. Who is seen all the same stands in it without an entry."""

    topic: str = says("The name of a topic of yours with a race.")
    runners: list[str] = says("The numbers of their bibs, up to 1,000 at once; who has not entered is not missed.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class MarkReadInput:
    """A word about an event of a race."""

    topic: str = says("The topic's name.")
    event_id: str = says("A read, a position or a withdrawal: `eventId` of a split, or of an event.")
    wrong: bool = says("True: it does not count. False: it does after all.", default=True)
    reason: str | None = says("Why, for those who look later; up to 500 characters.", default=None)
    idempotency_key: str | None = says(KEY, default=None)


def as_entries(given: list[RaceEntryInput]) -> list[Entry]:
    """For the domain. Raises what an Entry raises."""
    return [Entry(one.runner, one.name, one.starts_at) for one in given]
