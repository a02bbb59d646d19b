"""What may be read of jobs: how far each of their files has come."""

from infrastructure.operations.tables import JobItemRow, JobRow
from infrastructure.reading.columns import column, expression, node_id, word
from infrastructure.reading.compiler import listing, one
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Order, View, owned_by


def _progress(job: Scope, _: Args) -> str:
    """The share of items, or of what a job without items counts, that is done; 1 once the job has ended."""
    return f"""case when {job.row}.finished_at is not null then 1.0 else coalesce(
        (select avg((i.status <> 'PENDING')::int)::float8 from job_item i where i.job = {job.row}.id),
        {job.row}.done::float8 / nullif({job.row}.total, 0), 0) end"""


def _items_of(job: Scope, item: Scope) -> str:
    return f"{item.column('job')} = {job.column('id')}"


JOB = View(
    "Job",
    table="job",
    visible_to=owned_by(JobRow.athlete),
    fields={
        "id": node_id("Job"),
        "kind": word(JobRow.kind),
        "status": word(JobRow.status),
        "progress": expression(_progress),
        "message": column(JobRow.message),
        "createdAt": column(JobRow.created_at),
        "startedAt": column(JobRow.started_at),
        "finishedAt": column(JobRow.finished_at),
        "items": listing("JobItem", where=_items_of, order_by="{0}.ordinal, {0}.id"),
        "error": column(JobRow.error),
    },
    filters={
        "kind": lambda row, kind: f"{row.column('kind')} = {row.param(kind, 'text')}",
        "ended": lambda row, ended: f"({row.column('finished_at')} is not null) = {row.param(ended, 'bool')}",
    },
    orders={"CREATED_AT_DESC": Order(lambda row: row.column("created_at"), "timestamptz", descending=True)},
)

JOB_ITEM = View(
    "JobItem",
    table="job_item",
    fields={
        "fileName": column(JobItemRow.file_name),
        "status": word(JobItemRow.status),
        "message": column(JobItemRow.message),
        "run": one("Run", on=JobItemRow.run),
    },
)

VIEWS = (JOB, JOB_ITEM)
