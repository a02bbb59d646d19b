"""What may be read of trackers: never their keys, which nobody knows."""

from infrastructure.events.tables import TrackerRow
from infrastructure.events.view import RUNS_ALL
from infrastructure.reading.columns import column, expression, node_id
from infrastructure.reading.statement import Scope
from infrastructure.reading.view import Order, View


def _of_those_who_may_revoke(row: Scope) -> str:
    """Whoever made them, whoever owns their topic, and whoever runs this installation."""
    owned = f"select from topic t where t.id = {row.column('topic')} and t.owner = {row.viewer_id}"
    return f"({row.column('created_by')} = {row.viewer_id} or {row.param(RUNS_ALL, 'bool')} or exists ({owned}))"


TRACKER = View(
    "Tracker",
    table="tracker",
    visible_to=_of_those_who_may_revoke,
    fields={
        "id": node_id("Tracker"),
        "topic": expression(lambda row, _: f"(select name from topic where id = {row.column('topic')})"),
        "source": column(TrackerRow.source),
        "createdAt": column(TrackerRow.created_at),
        "revokedAt": column(TrackerRow.revoked_at),
    },
    orders={"CREATED": Order(lambda row: row.column("id"), "uuid", unique=True)},
)
