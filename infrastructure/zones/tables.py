"""Where segments stand among others, as it is stored: a row a run, an entry a segment."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Real,
    Text,
    Timestamptz,
)
from piccolo.table import Table

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
RUN = LazyTableReference("RunRow", module_path="infrastructure.runs.tables")


class RunZoneRow(Table, tablename="run_zone"):
    """The ranks of a run's segments, and the sizes of the populations that they are ranks in."""

    run: ForeignKey[Table] = ForeignKey(RUN, primary_key=True, null=False, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    method = Text()
    computed_at = Timestamptz()
    similars_rank = Array(base_column=Integer())
    similars_count = Array(base_column=Integer())
    grade_rank = Array(base_column=Integer())
    grade_count = Array(base_column=Integer())


class RunSimilarsRow(Table, tablename="run_similars"):
    """What the ranks were told from: scores, and for each segment the keys of its ten most similar ones."""

    run: ForeignKey[Table] = ForeignKey(RUN, primary_key=True, null=False, default=None)
    method = Text()
    score = Array(base_column=DoublePrecision())
    detrended = Array(base_column=DoublePrecision())
    radius = Array(base_column=DoublePrecision())
    neighbours = Array(base_column=BigInt())
    neighbour_distance = Array(base_column=Real())


class ZoneStateRow(Table, tablename="zone_state"):
    """How far an athlete's zones have come: `answered` of the `asked` causes are in them.

    What is `known` of the last time holds unless a cause from `anew` on was not yet answered.
    """

    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, primary_key=True, null=False, default=None)
    method = Text()
    asked = BigInt()
    answered = BigInt()
    anew = BigInt()
    as_of = Timestamptz(null=True)
    next_change_at = Timestamptz(null=True)
    known = JSONB()


class SweepRow(Table, tablename="sweep"):
    """When a sweep last began, who does it, and until when they hold it."""

    name = Text(primary_key=True)
    begun_at = Timestamptz()
    held_by = UUID(default=None)
    held_until = Timestamptz()
