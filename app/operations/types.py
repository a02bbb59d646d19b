"""Jobs as clients see them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, says
from app.edge.declaring.relay import Node
from domain.operations.model import ItemStatus, JobKind, JobStatus

if TYPE_CHECKING:
    from app.runs.types import Run

LazyRun = Annotated["Run", strawberry.lazy("app.runs.types")]

enum_type(
    "What a job does.",
    IMPORT_RUNS="Reads recordings and stores the runs in them.",
)(JobKind)
enum_type(
    "How far a job has come.",
    QUEUED="It waits for a worker.",
    RUNNING="A worker is at it.",
    SUCCEEDED="It ended, and every file was read.",
    PARTLY_FAILED="It ended, and some files could not be read.",
    FAILED="It ended without result.",
    CANCELLED="It was taken back, and its runs with it.",
)(JobStatus)
enum_type(
    "What became of one file.",
    name="JobItemStatus",
    PENDING="It waits for its turn.",
    SUCCEEDED="It became a run.",
    ALREADY_IMPORTED="Its run was there before.",
    FAILED="It could not be read.",
    UNDONE="Its run was taken back.",
)(ItemStatus)


@object_type
class JobItem:
    """One file of a job; an archive stands as the files in it."""

    file_name: str | None = says("The file's name, without folders.")
    status: ItemStatus = says("What became of it.")
    message: str | None = says("What it became, or why it could not be read, in a sentence.")
    run: LazyRun | None = says("The run it made, or that was there before.")


@object_type
class Job(Node):
    """Work that goes on in the background, file by file."""

    kind: JobKind = says("What it does.")
    status: JobStatus = says("How far it has come.")
    progress: float = says("From 0 to 1.")
    message: str | None = says("How it ended, in a sentence.")
    created_at: datetime = says("When it was asked for.")
    started_at: datetime | None = says("When a worker first took it up.")
    finished_at: datetime | None = says("When it ended.")
    items: list[JobItem] = says("Its files, in order.", entries=100)
    error: str | None = says("Why it failed as a whole.")
