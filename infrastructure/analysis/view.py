"""What may be read of analyses and of the segments that tile a run."""

from collections.abc import Callable

from domain.analysis.model import GRADE_BAND
from domain.zones.model import ZoneMethod
from infrastructure.analysis.tables import RunAnalysisRow, SegmentRow
from infrastructure.reading.columns import column, expression, node_id, number, word
from infrastructure.reading.compiler import derived, derived_list, elements, one
from infrastructure.reading.objects import or_null
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Order, View, owned_by
from infrastructure.zones.view import similar_rows, zone_row

RUN_ANALYSIS = View(
    "RunAnalysis",
    table="run_analysis",
    fields={
        "analysedAt": column(RunAnalysisRow.analysed_at),
        "version": column(RunAnalysisRow.version),
        "physiologyFrom": column(RunAnalysisRow.physiology_from),
        "movingTimeS": column(RunAnalysisRow.moving_time_s),
        "gradedPaceSPerKm": column(RunAnalysisRow.graded_pace_s_per_km),
        "gradedPaceMinettiSPerKm": column(RunAnalysisRow.graded_pace_minetti_s_per_km),
        "normalizedGradedSpeedMPerS": column(RunAnalysisRow.normalized_graded_speed_m_per_s),
        "intensityFactor": column(RunAnalysisRow.intensity_factor),
        "load": column(RunAnalysisRow.load),
        "loadMethod": column(RunAnalysisRow.load_method),
        "efficiencyFactor": column(RunAnalysisRow.efficiency_factor),
        "decouplingPercent": column(RunAnalysisRow.decoupling_percent),
        "energyJPerKg": column(RunAnalysisRow.energy_j_per_kg),
        "halfHourHeartRate": column(RunAnalysisRow.half_hour_heart_rate),
        "lowestDPrimeM": column(RunAnalysisRow.lowest_d_prime_m),
        "heartRateZones": elements("HeartRateZoneTime", RunAnalysisRow.heart_rate_zones),
        "scored": column(RunAnalysisRow.scored),
        "zoneReason": column(RunAnalysisRow.zone_reason),
        "heartRateCorrelation": column(RunAnalysisRow.heart_rate_correlation),
        "notes": column(RunAnalysisRow.notes),
    },
)

HEART_RATE_ZONE_TIME = View(
    "HeartRateZoneTime",
    fields={
        "number": lambda scope, _: or_null(f"({scope.row} -> 'number')::text"),
        "timeS": lambda scope, _: or_null(f"({scope.row} -> 'seconds')::text"),
    },
)


def _of_its_run(name: str) -> Callable[[Scope, Args], str]:
    """An entry of the arrays that tell of the run's segments; null where it is none (−1)."""

    def entry(segment: Scope, _: Args) -> str:
        value = f"z.{name}[{segment.column('ordinal')}]"
        judged = f"z.run = {segment.column('run')} and z.method = '{ZoneMethod.NATIVE}'"
        scored = f"{segment.column('reason')} is null"  # it may have lost its score since they were told
        return f"(select {value} from run_similars z where {judged} and {value} >= 0 and {scored})"

    return entry


def _position(which: str) -> Callable[[Scope, Args], str]:
    """A SELECT of the place where a segment starts or ends; no row where it is not known."""

    def row(segment: Scope, _: Args) -> str:
        latitude, longitude = segment.column(f"{which}_latitude"), segment.column(f"{which}_longitude")
        return f"select {latitude} as latitude, {longitude} as longitude where {latitude} + {longitude} is not null"

    return row


SEGMENT = View(
    "Segment",
    table="segment",
    visible_to=owned_by(SegmentRow.athlete),
    fields={
        "id": node_id("Segment"),
        "run": one("Run", on=SegmentRow.run),
        "ordinal": column(SegmentRow.ordinal),
        "startM": column(SegmentRow.start_m),
        "endM": column(SegmentRow.end_m),
        "lengthM": number(lambda row: f"round(({row.row}.end_m - {row.row}.start_m) * 1000) / 1000"),
        "startS": column(SegmentRow.start_s),
        "durationS": column(SegmentRow.duration_s),
        "movingTimeS": column(SegmentRow.moving_s),
        "ascentM": column(SegmentRow.ascent_m),
        "descentM": column(SegmentRow.descent_m),
        "meanGrade": column(SegmentRow.mean_grade),
        "gradeCategory": number(lambda row: f"({row.row}.grade_band * {GRADE_BAND})::float8"),
        "movement": word(SegmentRow.movement),
        "speedMPerS": column(SegmentRow.speed_m_per_s),
        "gradeAdjustedSpeedMPerS": column(SegmentRow.graded_speed_m_per_s),
        "averageHeartRate": column(SegmentRow.average_heart_rate),
        "endHeartRate": column(SegmentRow.end_heart_rate),
        "cadence": column(SegmentRow.cadence),
        "efficiency": column(SegmentRow.efficiency),
        "calibratedEfficiency": expression(_of_its_run("score")),
        "detrendedEfficiency": expression(_of_its_run("detrended")),
        "start": derived("Position", _position("start")),
        "end": derived("Position", _position("end")),
        "zone": derived("SegmentZone", zone_row),
        "similar": derived_list("SimilarSegment", similar_rows, order_by="{}.place"),
    },
    orders={"ORDINAL_ASC": Order(lambda row: row.column("ordinal"), "int", unique=True)},
)

POSITION = View("Position", fields={"latitude": column("latitude"), "longitude": column("longitude")})

VIEWS = (RUN_ANALYSIS, HEART_RATE_ZONE_TIME, SEGMENT, POSITION)
