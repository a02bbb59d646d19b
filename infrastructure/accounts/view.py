"""What may be read of an athlete."""

from infrastructure.accounts.tables import AthleteRow
from infrastructure.reading.columns import column, expression, node_id
from infrastructure.reading.statement import Late
from infrastructure.reading.view import View, owned_by

SCOPES = Late(lambda asking: sorted(asking.viewer.scopes))  # they stand in the token, not in a table

VIEWER = View(
    "Viewer",
    table="athlete",
    visible_to=owned_by(AthleteRow.id),
    fields={
        "id": node_id("Viewer"),
        "displayName": column(AthleteRow.display_name),
        "email": column(AthleteRow.email),
        "timezone": column(AthleteRow.timezone),
        "scopes": expression(lambda row, _: row.param(SCOPES, "text[]")),
    },
)
