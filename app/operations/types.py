"""Jobs as clients see them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import input_type, object_type, says
from app.edge.declaring.relay import Node
from domain.operations.model import ItemStatus, JobKind, JobStatus

if TYPE_CHECKING:
    from app.runs.types import Run

LazyRun = Annotated["Run", strawberry.lazy("app.runs.types")]

enum_type(
    "What a job does.",
    IMPORT_RUNS="Reads recordings and stores the runs in them.",
    ANALYSE_RUNS="Works out what recorded runs tell: graded pace, load, segments. It follows an import by itself.",
    COMPUTE_ZONES="Judges segments among their like. It follows an analysis by itself.",
)(JobKind)
enum_type(
    "How far a job has come.",
    QUEUED="It waits for a worker.",
    RUNNING="A worker is at it.",
    SUCCEEDED="It ended, and every item with it.",
    PARTLY_FAILED="It ended, and some items failed.",
    FAILED="It ended without result.",
    CANCELLED="It was taken back, and its runs with it.",
)(JobStatus)
enum_type(
    "What became of one item of a job.",
    name="JobItemStatus",
    PENDING="It waits for its turn.",
    SUCCEEDED="It became a run, or the run was analysed.",
    ALREADY_IMPORTED="Its run was there before.",
    FAILED="It could not be read or analysed.",
    UNDONE="Its run was taken back.",
)(ItemStatus)


@input_type
class JobFilter:
    """Which jobs: all conditions hold at once."""

    kind: JobKind | None = says("Only jobs that do this.", default=None)
    ended: bool | None = says("Only jobs that have ended, or that have not.", default=None)


@object_type
class JobItem:
    """One file of an import, where an archive stands as the files in it; or one run of an analysis."""

    file_name: str | None = says("The file's name, without folders; null where no file was read.")
    status: ItemStatus = says("What became of it.")
    message: str | None = says("What it became, or why it could not be read, in a sentence.")
    run: LazyRun | None = says("The run it made, or that was there before.")


@object_type
class Job(Node):
    """Work that goes on in the background, file by file or run by run."""

    kind: JobKind = says("What it does.")
    status: JobStatus = says("How far it has come.")
    progress: float = says("From 0 to 1.")
    message: str | None = says("How it ended, in a sentence.")
    created_at: datetime = says("When it was asked for.")
    started_at: datetime | None = says("When a worker first took it up.")
    finished_at: datetime | None = says("When it ended.")
    items: list[JobItem] = says("Its files or runs, in order; none for zones.", entries=100)
    error: str | None = says("Why it failed as a whole.")
