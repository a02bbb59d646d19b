"""Runs, their streams and best efforts, and the files they came from, as they are stored."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
WORKOUT = LazyTableReference("WorkoutRow", module_path="infrastructure.plans.tables")


class UploadRow(Table, tablename="upload"):
    """A file as it came in; kept while it waits and, when it became a run, as the run's original."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    file_name = Text()
    content = Bytea()
    created_at = Timestamptz()


class RunRow(Table, tablename="run"):
    """One run."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    workout: ForeignKey[Table] = ForeignKey(WORKOUT, null=True)
    name = Text()
    started_at = Timestamptz()
    ended_at = Timestamptz()
    source = Text()
    external_id = Text(null=True)
    sport = Text(null=True)
    notes = Text(null=True)
    distance_m = DoublePrecision()
    moving_time_s = Integer()
    elapsed_time_s = Integer()
    ascent_m = DoublePrecision(null=True)
    descent_m = DoublePrecision(null=True)
    average_heart_rate = Integer(null=True)
    max_heart_rate = Integer(null=True)
    average_cadence = DoublePrecision(null=True)
    first_second = Timestamptz(null=True)
    last_second = Timestamptz(null=True)
    laps = JSONB()
    import_report = JSONB(null=True)
    analysis_state = Text(null=True)
    upload = ForeignKey(UploadRow, null=True)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class RunStreamRow(Table, tablename="run_stream"):
    """A recorded run's points, a column a channel, in the integer units of its name."""

    run = ForeignKey(RunRow, primary_key=True, null=False, default=None)
    time_ds = Array(base_column=Integer())
    distance_dm = Array(base_column=Integer(), null=True)
    latitude_e7 = Array(base_column=Integer(), null=True)
    longitude_e7 = Array(base_column=Integer(), null=True)
    altitude_dm = Array(base_column=Integer(), null=True)
    speed_mm_per_s = Array(base_column=Integer(), null=True)
    heart_rate_bpm = Array(base_column=SmallInt(), null=True)
    cadence_spm = Array(base_column=SmallInt(), null=True)
    moving_ms = Array(base_column=Integer(), null=True)
    grade_e4 = Array(base_column=SmallInt(), null=True)
    graded_speed_mm_per_s = Array(base_column=Integer(), null=True)
    d_prime_balance_dm = Array(base_column=Integer(), null=True)


class RunFeedRow(Table, tablename="run_feed"):
    """How many changes of an athlete's runs there have been."""

    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, primary_key=True, null=False, default=None)
    last = BigInt()


class RunChangeRow(Table, tablename="run_change"):
    """One change of a run; the run itself may be gone."""

    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    number = BigInt()
    kind = Text()
    run = UUID(default=None)
    changed_at = Timestamptz()


class BestEffortRow(Table, tablename="best_effort"):
    """The fastest stretch of one distance inside a run."""

    run = ForeignKey(RunRow, null=False, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    distance_m = DoublePrecision()
    time_s = DoublePrecision()
    start_m = DoublePrecision()
