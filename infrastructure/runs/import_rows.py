"""The statements that imports are kept with."""

from collections.abc import Mapping

BETWEEN = 1e-6  # the place of a file's further sessions, behind it and before its neighbour

ADD_JOB = "insert into job (id, athlete, kind, status) values ($1, $2, $3, 'QUEUED')"
ADD_UPLOAD = "insert into upload (id, athlete, file_name, content) values ($1, $2, $3, $4) returning id"
ADD_ITEM = "insert into job_item (id, job, ordinal, file_name, upload) values ($1, $2, $3, $4, $5)"
ADD_ENDED_ITEM = """
insert into job_item (id, job, ordinal, file_name, status, message, run) values ($1, $2, $3, $4, $5, $6, $7)
"""
NEXT_ITEM = """
with item as (
    update job_item set attempts = attempts + 1
    where id = (select id from job_item where job = $1 and status = 'PENDING' order by ordinal limit 1)
    returning id, file_name, upload, attempts)
select item.id, item.file_name, item.attempts, upload.content from item left join upload on upload.id = item.upload
"""
ITEM = "select ordinal, upload from job_item where id = $1"
TAKE_ITEM = "delete from job_item where id = $1 returning ordinal, upload"
END_ITEM = "update job_item set status = $2, message = $3, run = $4 where id = $1"
STORY = """
select case when $2 then '' else 'You have this run already: ' || name || ', ' end
    || round((distance_m / 1000)::numeric, 2) || ' km in ' || make_interval(secs => moving_time_s)
from run where id = $1
"""
COUNT_ITEMS = "select status, count(*) from job_item where job = $1 group by status"
LOCK_JOB = "select status from job where id = $1 and athlete = $2 and kind = $3 for no key update"
UPLOADS_OF_JOB = "select upload from job_item where job = $1 and upload is not null"
LOCK_RUNS_MADE = """
select run.id from run join job_item on job_item.run = run.id
where job_item.job = $1 and job_item.status = 'SUCCEEDED' order by run.id for update of run
"""
DELETE_RUNS = "delete from run where id = any($1)"
MARK_UNDONE = """
update job_item set status = 'UNDONE', message = null where job = $1 and status in ('SUCCEEDED', 'PENDING')
"""
CANCEL = """
update job set status = 'CANCELLED', message = $2, error = null, finished_at = coalesce(finished_at, now()),
    leased_by = null, lease_until = null, revision = revision + 1
where id = $1
"""


def summary(counts: Mapping[str, int]) -> str:
    """How the items ended, in a sentence."""
    words = (("SUCCEEDED", "imported"), ("ALREADY_IMPORTED", "there before"), ("FAILED", "failed"))
    return ", ".join(f"{counts[status]} {word}" for status, word in words if counts.get(status)) or "nothing to import"


def taken_back(runs: int) -> str:
    """What an undone import came to, in a sentence."""
    return f"Taken back: {runs} {'run' if runs == 1 else 'runs'} deleted."
