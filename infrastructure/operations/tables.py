"""Jobs and their items as they are stored."""

from piccolo.columns import (
    UUID,
    BigInt,
    DoublePrecision,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.table import Table

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")
RUN = LazyTableReference("RunRow", module_path="infrastructure.runs.tables")
UPLOAD = LazyTableReference("UploadRow", module_path="infrastructure.runs.tables")


class JobRow(Table, tablename="job"):
    """Work for a worker. Whoever holds the lease works on it; a lease that ran out may be taken by another."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    kind = Text()
    status = Text()
    message = Text(null=True)
    error = Text(null=True)
    revision = BigInt()
    attempts = Integer()
    leased_by = UUID(null=True, default=None)
    lease_until = Timestamptz(null=True)
    created_at = Timestamptz()
    started_at = Timestamptz(null=True)
    finished_at = Timestamptz(null=True)
    not_before = Timestamptz()
    done = Integer(null=True)
    total = Integer(null=True)


class JobItemRow(Table, tablename="job_item"):
    """One file of a job. Items made out of an archive stand between their neighbours: ordinals are fractions."""

    id = UUID(primary_key=True, default=None)
    job = ForeignKey(JobRow, null=False, default=None)
    ordinal = DoublePrecision()
    file_name = Text(null=True)
    status = Text()
    attempts = Integer()
    message = Text(null=True)
    run: ForeignKey[Table] = ForeignKey(RUN, null=True)
    upload: ForeignKey[Table] = ForeignKey(UPLOAD, null=True)
