"""What clients give to set what a runner's body can do."""

from dataclasses import fields
from datetime import date

import strawberry

from app.edge.declaring.fields import input_type, says
from domain.physiology.model import PhysiologyChanges, Sex
from domain.shared.unchanged import UNCHANGED

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."


@input_type
class SetPhysiologyInput:
    """Figures from a day on, at least one; what is left out stays as it is on that day, null says "not known"."""

    valid_from: date | None = says(
        "Their first day, from 1900-01-01 to a year ahead; today, where the athlete is, when left out. They hold until "
        "the next day for which figures were set.",
        default=None,
    )
    sex: Sex | None = says("The sex whose curve TRIMP takes.", default=strawberry.UNSET)
    mass_kg: float | None = says("Body mass: 20 to 300 kg.", default=strawberry.UNSET)
    resting_heart_rate: int | None = says("25 to 120 bpm, at least 20 below the threshold.", default=strawberry.UNSET)
    max_heart_rate: int | None = says("100 to 250 bpm, at least 30 above resting.", default=strawberry.UNSET)
    threshold_heart_rate: int | None = says("80 to 240 bpm, below the maximum.", default=strawberry.UNSET)
    threshold_pace_s_per_km: float | None = says("120 to 1,200 s/km.", default=strawberry.UNSET)
    critical_speed_m_per_s: float | None = says("1 to 8 m/s.", name="criticalSpeedMPerS", default=strawberry.UNSET)
    d_prime_m: float | None = says("20 to 1,000 m.", default=strawberry.UNSET)
    idempotency_key: str | None = says(KEY, default=None)

    def changes(self) -> PhysiologyChanges:
        """What is given, for the domain."""
        values = {field.name: getattr(self, field.name) for field in fields(PhysiologyChanges)}
        given = {name: UNCHANGED if value is strawberry.UNSET else value for name, value in values.items()}
        return PhysiologyChanges(**given)


@input_type
class DeletePhysiologyInput:
    """Figures, by the day on which they begin."""

    valid_from: date = says("Their first day, as `validFrom` tells it.")
    idempotency_key: str | None = says(KEY, default=None)
