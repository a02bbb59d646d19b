"""What was worked out of recorded runs, as it is stored."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    LazyTableReference,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from infrastructure.database.finite import Finite

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
RUN = LazyTableReference("RunRow", module_path="infrastructure.runs.tables")


class RunAnalysisRow(Table, tablename="run_analysis"):
    """The totals of one recorded run, and the models and figures they stand on."""

    run: ForeignKey[Table] = ForeignKey(RUN, primary_key=True, null=False, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    version = Integer()
    segments = Integer()
    analysed_at = Timestamptz()
    physiology_from = Date(null=True)
    moving_time_s = Finite()
    graded_pace_s_per_km = Finite(null=True)
    graded_pace_minetti_s_per_km = Finite(null=True)
    normalized_graded_speed_m_per_s = Finite(null=True)
    intensity_factor = Finite(null=True)
    load = Finite(null=True)
    load_method = Text(null=True)
    efficiency_factor = Finite(null=True)
    decoupling_percent = Finite(null=True)
    energy_j_per_kg = Finite(null=True)
    half_hour_heart_rate = Finite(null=True)
    lowest_d_prime_m = Finite(null=True)
    heart_rate_zones = JSONB()
    scored = Boolean()
    zone_reason = Text(null=True)
    heart_rate_correlation = Finite(null=True)
    notes = JSONB()


class SegmentRow(Table, tablename="segment"):
    """One of the stretches that tile a run."""

    id = UUID(primary_key=True, default=None)
    key = BigInt()
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    run: ForeignKey[Table] = ForeignKey(RUN, null=False, default=None)
    run_started_at = Timestamptz()
    ordinal = Integer()
    start_m = Finite()
    end_m = Finite()
    start_s = Finite()
    duration_s = Finite()
    moving_s = Finite()
    ascent_m = Finite()
    descent_m = Finite()
    ascent_before_m = Finite()
    descent_before_m = Finite()
    start_altitude_m = Finite(null=True)
    altitude_change_m = Finite(null=True)
    mean_grade = Finite()
    grade_band = SmallInt()
    movement = Text()
    speed_m_per_s = Finite()
    graded_speed_m_per_s = Finite()
    average_heart_rate = Finite(null=True)
    start_heart_rate = Finite(null=True)
    end_heart_rate = Finite(null=True)
    cadence = Finite(null=True)
    start_latitude = Finite(null=True)
    start_longitude = Finite(null=True)
    end_latitude = Finite(null=True)
    end_longitude = Finite(null=True)
    hour_of_day = Finite()
    efficiency = Finite(null=True)
    reason = Text(null=True)
