"""The words of a zone are made in SQL and stand in the answer as they are: they are the domain's, whatever there is."""

import asyncpg
import orjson
import pytest

from di.registry import VIEWS
from domain.shared.selection import Field
from domain.zones.model import EfficiencyZone, ZoneMethod
from domain.zones.standing import FEWEST, zone_among
from infrastructure.reading.objects import build_object
from infrastructure.reading.statement import Scope, Statement

ROW = Scope(Statement(VIEWS), "row")
pytestmark = pytest.mark.usefixtures("app")  # which makes the tables
ZONES = VIEWS["SegmentZone"].fields
MEMBERS = 45


@pytest.mark.parametrize("method", ZoneMethod)
@pytest.mark.parametrize(("field", "population"), [("amongSimilars", "similars"), ("amongGrade", "grade")])
async def test_every_rank_in_every_population_has_the_zone_that_the_domain_says(
    sql: asyncpg.Connection, method: ZoneMethod, field: str, population: str
) -> None:
    body = build_object([("zone", ZONES[field](ROW, Field("zone", field)))]).sql
    ranked = f"select '{method}' as method, rank as {population}_rank, count as {population}_count"
    rows = await sql.fetch(
        f"select rank, count, {body} as told from generate_series(0, $1) rank, generate_series(0, $1) count, "
        f"lateral ({ranked}) row",
        MEMBERS,
    )

    zones = {(row["rank"], row["count"]): orjson.loads(row["told"])["zone"] for row in rows}
    assert len(zones) == (MEMBERS + 1) ** 2
    assert set(zones.values()) <= set(EfficiencyZone)  # of ranks beyond the population, too
    within = {place for place in zones if place[0] <= place[1]}
    fewest = FEWEST[method]
    assert {p: zones[p] for p in within} == {p: zone_among(*p, fewest=fewest) for p in within}
