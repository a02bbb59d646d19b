"""Athletes, plans and workouts, runs with their streams, jobs and uploads, and the keys of requests done once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

ID = "2026-11-21T04:00:00:000000"
DESCRIPTION = __doc__

ATHLETES = """
create table athlete (
    id uuid primary key,
    issuer text not null,
    subject text not null,
    display_name text not null,
    email text,
    timezone text not null default 'UTC',
    created_at timestamptz not null default now(),
    constraint athlete_issuer_subject_key unique (issuer, subject)
);

create table idempotency (
    athlete uuid not null references athlete (id) on delete cascade,
    key text not null,
    fingerprint text not null,
    answer uuid[] not null,
    created_at timestamptz not null default now(),
    constraint idempotency_pkey primary key (athlete, key)
);
"""

PLANS = """
create table plan (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    name text not null,
    description text,
    status text not null,
    start_date date not null,
    end_date date not null,
    goal_race_date date,
    version integer not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint plan_id_athlete_key unique (id, athlete),
    constraint plan_status_check check (status in ('DRAFT', 'ACTIVE', 'COMPLETED', 'ABANDONED')),
    constraint plan_dates_check check (end_date > start_date)
);
create index plan_athlete_start_date on plan (athlete, start_date, id);
create index plan_athlete_created_at on plan (athlete, created_at, id);

-- The athlete stands in the workout too, so that whose it is needs no join; the composite key keeps the two the same.
create table workout (
    id uuid primary key,
    athlete uuid not null,
    plan uuid not null,
    name text not null,
    type text not null,
    description text,
    scheduled_date date,
    planned_distance_m double precision,
    planned_duration_s integer,
    pace_min_s_per_km double precision,
    pace_max_s_per_km double precision,
    steps jsonb not null default '[]',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workout_plan_fkey foreign key (plan, athlete) references plan (id, athlete) on delete cascade,
    constraint workout_id_athlete_key unique (id, athlete),
    constraint workout_pace_check check ((pace_min_s_per_km is null) = (pace_max_s_per_km is null))
);
-- A workout without a date comes after all that have one: pages are cut along this expression.
create index workout_athlete_date on workout (athlete, (coalesce(scheduled_date, 'infinity'::date)), id);
create index workout_plan_date on workout (plan, (coalesce(scheduled_date, 'infinity'::date)), id);
"""

RUNS = """
create table upload (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    file_name text not null,
    content bytea not null,
    created_at timestamptz not null default now()
);
-- Recordings are compressed or dense already.
alter table upload alter column content set storage external;

create index upload_athlete on upload (athlete);

create table run (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    workout uuid,
    name text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    source text not null,
    external_id text,
    sport text,
    notes text,
    distance_m double precision not null,
    moving_time_s integer not null,
    elapsed_time_s integer not null,
    ascent_m double precision,
    descent_m double precision,
    average_heart_rate integer,
    max_heart_rate integer,
    average_cadence double precision,
    first_second timestamptz,
    last_second timestamptz,
    laps jsonb not null default '[]',
    import_report jsonb,
    upload uuid references upload (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint run_workout_fkey foreign key (workout, athlete) references workout (id, athlete)
        on delete set null (workout),
    constraint run_id_athlete_key unique (id, athlete),
    constraint run_workout_key unique (workout),
    constraint run_external_id_key unique (athlete, source, external_id),
    constraint run_recording_key unique (athlete, first_second, last_second),
    constraint run_source_check check (source in ('MANUAL', 'FILE', 'STRAVA', 'API')),
    constraint run_times_check check (moving_time_s >= 0 and elapsed_time_s >= moving_time_s)
);
create index run_athlete_started_at on run (athlete, started_at, id);
create index run_athlete_distance on run (athlete, distance_m, id);
create index run_upload on run (upload);

-- Integers in arrays: TOAST packs them to a few bytes per sample, and SQL thins them out.
create table run_stream (
    run uuid primary key references run (id) on delete cascade,
    time_ds integer[] not null,
    distance_dm integer[],
    latitude_e7 integer[],
    longitude_e7 integer[],
    altitude_dm integer[],
    speed_mm_per_s integer[],
    heart_rate_bpm smallint[],
    cadence_spm smallint[]
);

create table best_effort (
    run uuid not null,
    athlete uuid not null,
    distance_m double precision not null,
    time_s double precision not null,
    start_m double precision not null,
    constraint best_effort_pkey primary key (run, distance_m),
    constraint best_effort_run_fkey foreign key (run, athlete) references run (id, athlete) on delete cascade
);
create index best_effort_athlete on best_effort (athlete, distance_m, time_s);
"""

JOBS = """
create table job (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    kind text not null,
    status text not null,
    message text,
    error text,
    revision bigint not null default 0,
    attempts integer not null default 0,
    leased_by uuid,
    lease_until timestamptz,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint job_status_check
        check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTLY_FAILED', 'FAILED', 'CANCELLED'))
);
create index job_athlete_created_at on job (athlete, created_at, id);
create index job_open on job (created_at) where status in ('QUEUED', 'RUNNING');

create table job_item (
    id uuid primary key,
    job uuid not null references job (id) on delete cascade,
    ordinal double precision not null,
    file_name text,
    status text not null default 'PENDING',
    attempts integer not null default 0,
    message text,
    run uuid references run (id) on delete set null,
    upload uuid references upload (id) on delete set null,
    constraint job_item_status_check
        check (status in ('PENDING', 'SUCCEEDED', 'ALREADY_IMPORTED', 'FAILED', 'UNDONE'))
);
create index job_item_job on job_item (job, ordinal);
create index job_item_run on job_item (run);
create index job_item_upload on job_item (upload);
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    manager = MigrationManager(migration_id=ID, app_name="cairn", description=DESCRIPTION)

    async def make_tables() -> None:
        for part in (ATHLETES, PLANS, RUNS, JOBS):
            for statement in part.split(";\n"):
                if statement.strip():
                    await Migration.raw(statement.replace("{}", "{{}}"))

    manager.add_raw(make_tables)
    return manager
