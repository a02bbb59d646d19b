"""Courses, and plans of how hard to push along them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

ID = "2026-11-21T16:00:00:000000"
DESCRIPTION = __doc__

# The ground is an even grid of at most 5 m from the start to the finish: entry k of n lies at length · k / (n − 1).
COURSES = """
create table course (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    name text not null,
    source text not null,
    run uuid references run (id) on delete set null,
    length_m finite not null,
    ascent_m finite not null,
    descent_m finite not null,
    altitude_cm integer[] not null,
    latitude_e7 integer[],
    longitude_e7 integer[],
    waypoints jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint course_source_check check (source in ('FILE', 'RUN')),
    constraint course_owner_key unique (id, athlete),
    constraint course_ground_check check (
        cardinality(altitude_cm) >= 2 and (latitude_e7 is null) = (longitude_e7 is null)
        and (latitude_e7 is null or cardinality(latitude_e7) = cardinality(altitude_cm))
        and (longitude_e7 is null or cardinality(longitude_e7) = cardinality(altitude_cm)))
);
create index course_athlete on course (athlete, id);
create index course_run on course (run)
"""

# `runner` is the model of the athlete that the plan was solved with: a replan needs nothing else of them. Steps are set
# and read as a whole, so they are documents: as planned, and as they are now. The number goes up with every change.
# Until follow_again_at one worker has a plan in hand that follows a topic; the offset moves on without a new version.
PLANS = """
create table throttle_plan (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    course uuid not null,
    goal_kind text not null,
    target_time_s finite,
    goal_throttle finite,
    terrain_factor finite not null,
    starts_at timestamptz,
    predicted_time_s finite not null,
    uncertainty_s finite not null,
    feasible boolean not null,
    reason text,
    model text not null,
    runner jsonb not null,
    basis jsonb not null,
    planned_steps jsonb not null,
    steps jsonb not null,
    replanned_at timestamptz,
    replan jsonb,
    version integer not null default 1,
    follow_topic uuid references topic (id) on delete set null,
    follow_source text,
    followed_offset bigint,
    follow_again_at timestamptz not null default '-infinity',
    created_at timestamptz not null default now(),
    constraint throttle_plan_course_fkey foreign key (course, athlete) references course (id, athlete)
        on delete cascade,
    constraint throttle_plan_goal_check check (goal_kind in ('LEAST_TIME', 'TARGET_TIME', 'EVEN_EFFORT')),
    constraint throttle_plan_follow_check check (follow_topic is null or
        (follow_source is not null and followed_offset is not null))
);
create index throttle_plan_athlete on throttle_plan (athlete, id);
create index throttle_plan_course on throttle_plan (course, athlete);
create index throttle_plan_follow_topic on throttle_plan (follow_topic)
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    manager = MigrationManager(migration_id=ID, app_name="cairn", description=DESCRIPTION)

    async def make_tables() -> None:
        for statements in (COURSES, PLANS):
            for statement in statements.split(";"):
                if statement.strip():
                    await Migration.raw(statement)

    manager.add_raw(make_tables)
    return manager
