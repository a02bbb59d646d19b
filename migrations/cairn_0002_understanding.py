"""What runs tell: physiology, analyses, segments and their zones, the feed of changes, and jobs that follow by themselves."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

ID = "2026-11-21T10:00:00:000000"
DESCRIPTION = __doc__

# NaN is greater than every number for PostgreSQL, infinity included: neither can be stored.
FINITE = """
create domain finite as double precision check (value > '-infinity' and value < 'infinity');
"""

PHYSIOLOGY = """
create table physiology (
    id uuid primary key,
    athlete uuid not null references athlete (id) on delete cascade,
    valid_from date not null,
    sex text,
    mass_kg finite,
    resting_heart_rate integer,
    max_heart_rate integer,
    threshold_heart_rate integer,
    threshold_pace_s_per_km finite,
    critical_speed_m_per_s finite,
    d_prime_m finite,
    heart_rate_zones jsonb not null default '[]',
    updated_at timestamptz not null default now(),
    constraint physiology_valid_from_key unique (athlete, valid_from),
    constraint physiology_sex_check check (sex in ('FEMALE', 'MALE'))
);
"""

ANALYSES = """
alter table run
    add column analysis_state text,
    add constraint run_analysis_state_check check (analysis_state in ('PENDING', 'DONE', 'FAILED'));
update run set analysis_state = 'PENDING' where exists (select from run_stream where run = run.id);
create index run_to_analyse on run (athlete)
    where first_second is not null and coalesce(analysis_state, 'PENDING') = 'PENDING';

alter table run_stream
    add column moving_ms integer[],
    add column grade_e4 smallint[],
    add column graded_speed_mm_per_s integer[],
    add column d_prime_balance_dm integer[];

create table run_analysis (
    run uuid primary key,
    athlete uuid not null,
    version integer not null,
    segments integer not null,
    analysed_at timestamptz not null default now(),
    physiology_from date,
    moving_time_s finite not null,
    graded_pace_s_per_km finite,
    graded_pace_minetti_s_per_km finite,
    normalized_graded_speed_m_per_s finite,
    intensity_factor finite,
    load finite,
    load_method text,
    efficiency_factor finite,
    decoupling_percent finite,
    energy_j_per_kg finite,
    half_hour_heart_rate finite,
    lowest_d_prime_m finite,
    heart_rate_zones jsonb not null default '[]',
    scored boolean not null,
    zone_reason text,
    heart_rate_correlation finite,
    notes jsonb not null default '[]',
    constraint run_analysis_run_fkey foreign key (run, athlete) references run (id, athlete) on delete cascade,
    constraint run_analysis_load_check check ((load is null) = (load_method is null)),
    constraint run_analysis_load_method_check check (load_method in ('RTSS', 'TRIMP')),
    constraint run_analysis_reason_check
        check (zone_reason in ('NO_HEART_RATE', 'NO_ALTITUDE', 'HEART_RATE_DOES_NOT_FOLLOW', 'TOO_ONE_SIDED')),
    constraint run_analysis_scored_check check (scored = (zone_reason is null))
);
create index run_analysis_athlete on run_analysis (athlete);
"""

# `key` is what zones name a segment by: they keep ten similar ones of each, and a uuid is twice as long.
SEGMENTS = """
create table segment (
    id uuid primary key,
    key bigint generated always as identity,
    athlete uuid not null,
    run uuid not null,
    run_started_at timestamptz not null,
    ordinal integer not null,
    start_m finite not null,
    end_m finite not null,
    start_s finite not null,
    duration_s finite not null,
    moving_s finite not null,
    ascent_m finite not null,
    descent_m finite not null,
    ascent_before_m finite not null,
    descent_before_m finite not null,
    start_altitude_m finite,
    altitude_change_m finite,
    mean_grade finite not null,
    grade_band smallint not null,
    movement text not null,
    speed_m_per_s finite not null,
    graded_speed_m_per_s finite not null,
    average_heart_rate finite,
    start_heart_rate finite,
    end_heart_rate finite,
    cadence finite,
    start_latitude finite,
    start_longitude finite,
    end_latitude finite,
    end_longitude finite,
    hour_of_day finite not null,
    efficiency finite,
    reason text,
    constraint segment_key_key unique (key),
    constraint segment_ordinal_key unique (run, ordinal),
    constraint segment_run_fkey foreign key (run, athlete) references run (id, athlete) on delete cascade,
    constraint segment_movement_check check (movement in ('RUNNING', 'WALKING', 'STANDING')),
    constraint segment_reason_check check (
        reason in ('NO_HEART_RATE', 'NO_ALTITUDE', 'HEART_RATE_DOES_NOT_FOLLOW', 'TOO_ONE_SIDED', 'WARM_UP')),
    constraint segment_efficiency_check check ((efficiency is null) = (reason is not null))
);
create index segment_athlete on segment (athlete, run_started_at, run, ordinal);
"""

# A row a run and method; the arrays have an entry for each of the run's segments, by their ordinals from 1 on. Ranks
# count the members of a population that score no higher, the segment itself among them; a count of 0 means not judged.
# They are small and stay in the row, where reading one entry costs next to nothing.
ZONES = """
create table run_zone (
    run uuid not null,
    athlete uuid not null,
    method text not null,
    computed_at timestamptz not null,
    similars_rank integer[] not null,
    similars_count integer[] not null,
    grade_rank integer[] not null,
    grade_count integer[] not null,
    constraint run_zone_pkey primary key (run, method),
    constraint run_zone_run_fkey foreign key (run, athlete) references run (id, athlete) on delete cascade,
    constraint run_zone_method_check check (method in ('NATIVE', 'TRAILMETRICS'))
) with (toast_tuple_target = 8160);
alter table run_zone alter column similars_rank set storage main, alter column similars_count set storage main,
    alter column grade_rank set storage main, alter column grade_count set storage main;
create index run_zone_athlete on run_zone (athlete, method);

-- What zones by the native method were told from: the scores that were judged, and the ten most similar segments of
-- each, nearest first.
create table run_similars (
    run uuid not null,
    method text not null,
    score double precision[] not null,
    detrended double precision[] not null,
    radius double precision[] not null,
    neighbours bigint[] not null,
    neighbour_distance real[] not null,
    -- Neither NaN, which PostgreSQL sorts above infinity, nor an infinity: -1 stands for none.
    constraint run_similars_finite_check check ('infinity' > all (score) and 'infinity' > all (detrended)
        and 'infinity' > all (radius) and 'infinity' > all (neighbour_distance)),
    constraint run_similars_pkey primary key (run, method),
    constraint run_similars_run_fkey foreign key (run) references run (id) on delete cascade
);
-- As they are: to compress them takes most of the time of a store.
alter table run_similars alter column neighbours set storage external,
    alter column neighbour_distance set storage external, alter column score set storage external,
    alter column detrended set storage external, alter column radius set storage external;

create table zone_state (
    athlete uuid not null references athlete (id) on delete cascade,
    method text not null,
    asked bigint not null default 0,
    answered bigint not null default 0,
    anew bigint not null default 0,
    as_of timestamptz,
    next_change_at timestamptz,
    known jsonb not null default '{}',
    constraint zone_state_pkey primary key (athlete, method),
    constraint zone_state_method_check check (method in ('NATIVE', 'TRAILMETRICS'))
);
create index zone_state_asked on zone_state (athlete) where asked > answered;
create index zone_state_next_change on zone_state (next_change_at);
"""

# Each athlete's changes are numbered without a gap, under a lock on `run_feed`: whoever has seen a number has seen all
# before it.
CHANGES = """
create table run_feed (
    athlete uuid primary key references athlete (id) on delete cascade,
    last bigint not null default 0
);

create table run_change (
    athlete uuid not null references athlete (id) on delete cascade,
    number bigint not null,
    kind text not null,
    run uuid not null,
    changed_at timestamptz not null default now(),
    constraint run_change_pkey primary key (athlete, number),
    constraint run_change_kind_check check (kind in ('CREATED', 'UPDATED', 'DELETED', 'ANALYSED', 'ZONED'))
);
create index run_change_age on run_change (changed_at);
"""

# At most one job of a kind that follows by itself waits for an athlete, and at most one is under way.
JOBS = """
alter table job
    add column not_before timestamptz not null default '-infinity',
    add column done integer,
    add column total integer,
    add constraint job_kind_check check (kind in ('IMPORT_RUNS', 'ANALYSE_RUNS', 'COMPUTE_ZONES'));
create unique index job_waiting_key on job (athlete, kind) where status = 'QUEUED' and kind <> 'IMPORT_RUNS';
create unique index job_running_key on job (athlete, kind) where status = 'RUNNING' and kind <> 'IMPORT_RUNS';

create index job_followed on job (finished_at) where kind <> 'IMPORT_RUNS';

create table sweep (
    name text primary key,
    begun_at timestamptz not null,
    held_by uuid not null,
    held_until timestamptz not null
);
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    manager = MigrationManager(migration_id=ID, app_name="cairn", description=DESCRIPTION)

    async def make_tables() -> None:
        for part in (FINITE, PHYSIOLOGY, ANALYSES, SEGMENTS, ZONES, CHANGES, JOBS):
            for statement in part.split(";\n"):
                if statement.strip():
                    await Migration.raw(statement.replace("{}", "{{}}"))

    manager.add_raw(make_tables)
    return manager
