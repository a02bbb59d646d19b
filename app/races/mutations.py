"""Setting up a race, and putting right what mats got wrong."""

from uuid import UUID

import strawberry

from app.context import Info
from app.edge.declaring.fields import object_type, resolved, says
from app.edge.declaring.json_scalars import BigInt
from app.edge.declaring.payload import Payload, mutation
from app.races import use_cases
from app.races.inputs import AddRaceEntriesInput, MarkReadInput, RemoveRaceEntriesInput, SetRaceInput, as_entries
from app.races.queries import read_race
from app.races.types import Race
from domain.events.ports import EventIntake, TopicRepository
from domain.races.ports import RaceRepository
from domain.races.refusals import CourseRunNotFound, TwoProfiles
from domain.shared.node_ids import id_of
from domain.shared.ports import Clock, Ids


@object_type
class RacePayload(Payload):
    """A race that was set."""

    topic: strawberry.Private[str | None] = None

    @resolved
    async def race(self, info: Info) -> Race | None:
        """The race as it is now; null when the request was refused."""
        return None if self.topic is None else await read_race(info, self.topic)


@object_type
class MarkReadPayload(Payload):
    """A mark that was published: standings that count in its offset heed it."""

    head_offset: BigInt | None = says("The topic's last offset; null when the request was refused.", default=None)


@strawberry.type
class RaceMutations:
    """Root fields that write races."""

    @mutation
    async def set_race(self, info: Info, input: SetRaceInput) -> RacePayload:
        """Say what is run on a topic of yours: when, along which checkpoints, and by whom; addRaceEntries takes many
        runners."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics, races = await info.context.services.aget(TopicRepository, RaceRepository)
        await use_cases.set_race(
            input.topic,
            input.as_race,
            course_run=_course_run(input),
            viewer=viewer,
            once=once,
            topics=topics,
            races=races,
        )
        return RacePayload(topic=input.topic)

    @mutation
    async def add_race_entries(self, info: Info, input: AddRaceEntriesInput) -> RacePayload:
        """Enter runners in a race of yours, or put right what was said of them."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics, races = await info.context.services.aget(TopicRepository, RaceRepository)
        await use_cases.add_entries(
            input.topic, as_entries(input.entries), viewer=viewer, once=once, topics=topics, races=races
        )
        return RacePayload(topic=input.topic)

    @mutation
    async def remove_race_entries(self, info: Info, input: RemoveRaceEntriesInput) -> RacePayload:
        """Take runners out of a race of yours."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics, races = await info.context.services.aget(TopicRepository, RaceRepository)
        await use_cases.remove_entries(input.topic, input.runners, viewer=viewer, once=once, topics=topics, races=races)
        return RacePayload(topic=input.topic)

    @mutation
    async def mark_read(self, info: Info, input: MarkReadInput) -> MarkReadPayload:
        """Say that a read is wrong, or right after all. The mark is an event in the same feed, and the standings
        follow it."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics, races, intake = await info.context.services.aget(TopicRepository, RaceRepository, EventIntake)
        clock, ids = await info.context.services.aget(Clock, Ids)
        taken = await use_cases.mark_read(
            input.topic,
            input.event_id,
            wrong=input.wrong,
            reason=input.reason,
            mark_id=f"mark-{ids.new()}",
            now=clock.now(),
            viewer=viewer,
            once=once,
            topics=topics,
            races=races,
            intake=intake,
        )
        return MarkReadPayload(head_offset=BigInt(taken.head))


def _course_run(input: SetRaceInput) -> UUID | None:
    if input.course_run_id is None:
        return None
    if input.profile is not None:
        raise TwoProfiles
    run_id = id_of("Run", input.course_run_id)
    if run_id is None:
        raise CourseRunNotFound
    return run_id
