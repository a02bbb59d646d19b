"""What may be read of an athlete."""

from domain.shared.selection import Field
from domain.shared.viewer import Scope as TokenScope
from infrastructure.accounts.tables import AthleteRow
from infrastructure.reading.columns import Source, column, expression, node_id
from infrastructure.reading.compiler import derived, many
from infrastructure.reading.objects import JsonText
from infrastructure.reading.statement import Args, Late, Scope
from infrastructure.reading.view import View, owned_by

SCOPES = Late(lambda asking: sorted(asking.viewer.scopes))  # they stand in the token, not in a table


def _physiology_on(athlete: Scope, args: Args) -> str:
    """The latest figures up to the day."""
    day = athlete.today if args.get("on") is None else athlete.param(args["on"], "date")
    return f"""select p.* from physiology p where p.athlete = {athlete.column("id")} and p.valid_from <= {day}
        order by p.valid_from desc limit 1"""


def _of_training(source: Source) -> Source:
    """A field of what training is, though every token may read the athlete it hangs on. Raises Forbidden when read."""

    def written(scope: Scope, field: Field) -> JsonText:
        scope.statement.checks.append(lambda asking: asking.viewer.require(TokenScope.TRAINING_READ))
        return source(scope, field)

    return written


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
        "physiology": _of_training(derived("Physiology", _physiology_on)),
        "physiologies": _of_training(many("Physiology", on="athlete")),
    },
)
