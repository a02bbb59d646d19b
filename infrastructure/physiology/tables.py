"""What runners' bodies can do, as it is stored."""

from piccolo.columns import JSONB, UUID, Date, ForeignKey, Integer, LazyTableReference, Text, Timestamptz
from piccolo.table import Table

from infrastructure.database.finite import Finite

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")


class PhysiologyRow(Table, tablename="physiology"):
    """One athlete's figures from a day on, until the next; the zones are those that follow from them."""

    id = UUID(primary_key=True, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    valid_from = Date()
    sex = Text(null=True)
    mass_kg = Finite(null=True)
    resting_heart_rate = Integer(null=True)
    max_heart_rate = Integer(null=True)
    threshold_heart_rate = Integer(null=True)
    threshold_pace_s_per_km = Finite(null=True)
    critical_speed_m_per_s = Finite(null=True)
    d_prime_m = Finite(null=True)
    heart_rate_zones = JSONB()
    updated_at = Timestamptz()
