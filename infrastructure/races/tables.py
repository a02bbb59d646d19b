"""Races as they are stored: one a topic, its lists as documents."""

from piccolo.columns import JSONB, BigInt, ForeignKey, LazyTableReference, Text, Timestamptz
from piccolo.table import Table

TOPIC = LazyTableReference("TopicRow", module_path="infrastructure.events.tables")


class RaceRow(Table, tablename="race"):
    """What is run on a topic; the version goes up whenever it is set anew."""

    topic: ForeignKey[Table] = ForeignKey(TOPIC, primary_key=True, null=False, default=None)
    version = BigInt()
    name = Text()
    starts_at = Timestamptz()
    checkpoints = JSONB()
    profile = JSONB(null=True)
    entries = JSONB()
    updated_at = Timestamptz()
