"""What may be read of trackers: never their keys, which nobody knows."""

from infrastructure.events.tables import TrackerRow
from infrastructure.reading.columns import column, expression, node_id
from infrastructure.reading.statement import Scope
from infrastructure.reading.view import Order, View


def _of_their_makers(row: Scope) -> str:
    """Whoever made them, and whoever owns their topic."""
    owned = f"select from topic t where t.id = {row.column('topic')} and t.owner = {row.viewer_id}"
    return f"({row.column('created_by')} = {row.viewer_id} or exists ({owned}))"


TRACKER = View(
    "Tracker",
    table="tracker",
    visible_to=_of_their_makers,
    fields={
        "id": node_id("Tracker"),
        "topic": expression(lambda row, _: f"(select name from topic where id = {row.column('topic')})"),
        "source": column(TrackerRow.source),
        "createdAt": column(TrackerRow.created_at),
        "revokedAt": column(TrackerRow.revoked_at),
    },
    orders={"CREATED": Order(lambda row: row.column("id"), "uuid", unique=True)},
)
