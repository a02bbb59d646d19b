"""Athletes as they are stored."""

from piccolo.columns import UUID, Text, Timestamptz
from piccolo.table import Table


class AthleteRow(Table, tablename="athlete"):
    """One athlete for each issuer and subject."""

    id = UUID(primary_key=True, default=None)
    issuer = Text()
    subject = Text()
    display_name = Text()
    email = Text(null=True)
    timezone = Text()
    created_at = Timestamptz()
