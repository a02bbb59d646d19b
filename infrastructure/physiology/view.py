"""What may be read of runners' bodies: figures as they were set, and the zones that follow from them."""

from infrastructure.physiology.tables import PhysiologyRow
from infrastructure.reading.columns import column, expression, key, node_id
from infrastructure.reading.compiler import elements
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Order, View, owned_by


def _method(physiology: Scope, _: Args) -> str:
    """All zones of a row are cut in one way: the first tells which."""
    return f"({physiology.column('heart_rate_zones')} -> 0 -> 'method')"


PHYSIOLOGY = View(
    "Physiology",
    table="physiology",
    visible_to=owned_by(PhysiologyRow.athlete),
    fields={
        "id": node_id("Physiology"),
        "validFrom": column(PhysiologyRow.valid_from),
        "sex": column(PhysiologyRow.sex),
        "massKg": column(PhysiologyRow.mass_kg),
        "restingHeartRate": column(PhysiologyRow.resting_heart_rate),
        "maxHeartRate": column(PhysiologyRow.max_heart_rate),
        "thresholdHeartRate": column(PhysiologyRow.threshold_heart_rate),
        "thresholdPaceSPerKm": column(PhysiologyRow.threshold_pace_s_per_km),
        "criticalSpeedMPerS": column(PhysiologyRow.critical_speed_m_per_s),
        "dPrimeM": column(PhysiologyRow.d_prime_m),
        "heartRateZoneMethod": expression(_method),
        "heartRateZones": elements("HeartRateZone", PhysiologyRow.heart_rate_zones),
    },
    orders={"VALID_FROM_DESC": Order(lambda row: row.column("valid_from"), "date", descending=True)},
)

HEART_RATE_ZONE = View("HeartRateZone", fields={name: key(name) for name in ("number", "name", "fromBpm", "toBpm")})

VIEWS = (PHYSIOLOGY, HEART_RATE_ZONE)
