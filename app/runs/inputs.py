"""What clients give to record, correct, link and import runs."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.file_uploads import Upload

from app.edge.declaring.fields import input_type, says
from domain.runs.model import RunSource

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."
FIGURES = (
    "name",
    "notes",
    "started_at",
    "distance_m",
    "moving_time_s",
    "elapsed_time_s",
    "ascent_m",
    "descent_m",
    "average_heart_rate",
    "max_heart_rate",
    "average_cadence",
)


@input_type
class RecordRunInput:
    """A run by hand, or from another service."""

    name: str = says("1 to 255 characters.")
    started_at: datetime = says("Its first moment.")
    distance_m: float = says("How far.")
    moving_time_s: int = says("How long in motion.")
    elapsed_time_s: int | None = says("From start to end; the moving time when left out.", default=None)
    source: RunSource = says("Where it comes from; FILE is for importRuns.", default=RunSource.MANUAL)
    external_id: str | None = says("Its id there: the same one is taken once.", default=None)
    workout_id: strawberry.ID | None = says("The workout it was.", default=None)
    notes: str | None = says("In your own words.", default=None)
    ascent_m: float | None = says("Height gained.", default=None)
    descent_m: float | None = says("Height lost.", default=None)
    average_heart_rate: int | None = says("Mean, in bpm.", default=None)
    max_heart_rate: int | None = says("Highest, in bpm.", default=None)
    average_cadence: float | None = says("Steps of both legs a minute.", default=None)
    idempotency_key: str | None = says(KEY, default=None)

    def values(self) -> dict[str, Any]:
        """For the domain; the workout is for the caller to find."""
        values = {name: getattr(self, name) for name in FIGURES}
        if self.elapsed_time_s is None:
            values["elapsed_time_s"] = self.moving_time_s
        return values | {"source": self.source, "external_id": self.external_id}


@input_type
class UpdateRunInput:
    """What to change in a run; of a recorded one only its name and notes. What is left out stays, null clears."""

    id: strawberry.ID = says("The run.")
    name: str | None = says("1 to 255 characters.", default=strawberry.UNSET)
    notes: str | None = says("In your own words.", default=strawberry.UNSET)
    started_at: datetime | None = says("Its first moment.", default=strawberry.UNSET)
    distance_m: float | None = says("How far.", default=strawberry.UNSET)
    moving_time_s: int | None = says("How long in motion.", default=strawberry.UNSET)
    elapsed_time_s: int | None = says("From start to end.", default=strawberry.UNSET)
    ascent_m: float | None = says("Height gained.", default=strawberry.UNSET)
    descent_m: float | None = says("Height lost.", default=strawberry.UNSET)
    average_heart_rate: int | None = says("Mean, in bpm.", default=strawberry.UNSET)
    max_heart_rate: int | None = says("Highest, in bpm.", default=strawberry.UNSET)
    average_cadence: float | None = says("Steps of both legs a minute.", default=strawberry.UNSET)
    idempotency_key: str | None = says(KEY, default=None)

    def changes(self) -> dict[str, Any]:
        """What is given, for the domain."""
        values = {name: getattr(self, name) for name in FIGURES}
        return {name: value for name, value in values.items() if value is not strawberry.UNSET}


@input_type
class LinkRunInput:
    """A run, and the workout that it was."""

    id: strawberry.ID = says("The run.")
    workout_id: strawberry.ID | None = says("The workout; null unlinks the run.", default=None)
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class RunIdInput:
    """A run."""

    id: strawberry.ID = says("The run.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class ImportRunsInput:
    """Recordings: FIT, GPX, TCX, each also as .gz, and .zip archives of them."""

    files: list[Upload] = says("1 to 500 files of at most 50 MB each, sent as a multipart request.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class JobIdInput:
    """A job."""

    id: strawberry.ID = says("The job.")
    idempotency_key: str | None = says(KEY, default=None)
