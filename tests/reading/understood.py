"""What analyses, segments and zones of the contract mean, said over plain rows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.shared.node_ids import node_id
from domain.zones.model import ZoneMethod
from domain.zones.standing import FEWEST, zone_among
from tests.reading.columns import columns, thing, things
from tests.reading.tables import Row
from tests.reading.things import List, Read, Thing, by_id
from tests.reading.world import World

RANKS = ("similars_rank", "similars_count", "grade_rank", "grade_count")


def analysis_of(world: World, run: Row) -> Row | None:
    """A run's analysis."""
    return next((row for row in world.rows["run_analysis"] if row["run"] == run["id"]), None)


def _analysed(name: str) -> Read:
    return lambda world, run, _: (analysis_of(world, run) or {}).get(name)


def _graded_pace(world: World, run: Row, args: Mapping[str, Any]) -> float | None:
    minetti = args.get("model") == "MINETTI"
    return _analysed("graded_pace_minetti_s_per_km" if minetti else "graded_pace_s_per_km")(world, run, args)


def _segments(world: World, run: Row, args: Mapping[str, Any]) -> List:
    return List("Segment", [row for row in world.of("segment") if row["run"] == run["id"]], args)


def _of_its_run(name: str) -> Read:
    def read(world: World, segment: Row, _: Mapping[str, Any]) -> float | None:
        kept = _zoned(world, "run_similars", segment, "NATIVE")
        value = kept and kept[name][segment["ordinal"] - 1]
        return None if value is None or value < 0 else value

    return read


def _zoned(world: World, table: str, segment: Row, method: str) -> Row | None:
    rows = world.rows[table]
    return next((row for row in rows if row["run"] == segment["run"] and row["method"] == method), None)


def _zone(world: World, segment: Row, args: Mapping[str, Any]) -> Thing | None:
    method = str(args.get("method", "NATIVE"))
    kept = _zoned(world, "run_zone", segment, method)
    reason = segment["reason"] if method == "NATIVE" else None
    if kept is None and reason is None:
        return None
    numbers = {name: kept[name][segment["ordinal"] - 1] if kept and not reason else 0 for name in RANKS}
    analysis = analysis_of(world, {"id": segment["run"]})
    computed_at = kept["computed_at"] if kept else analysis and analysis["analysed_at"]
    return Thing("SegmentZone", numbers | {"method": method, "reason": reason, "computed_at": computed_at})


def _among(population: str) -> Read:
    def read(_world: World, zone: Row, _args: Mapping[str, Any]) -> str:
        fewest = FEWEST[ZoneMethod(zone["method"])]
        return zone_among(zone[f"{population}_rank"], zone[f"{population}_count"], fewest=fewest).value

    return read


def _percentile(population: str) -> Read:
    return lambda _, zone, __: (
        (zone[f"{population}_rank"] or None) and zone[f"{population}_rank"] / zone[f"{population}_count"]
    )


def _reason(_world: World, zone: Row, _args: Mapping[str, Any]) -> str | None:
    if zone["reason"]:
        return str(zone["reason"])
    if zone["method"] == "TRAILMETRICS" and not zone["grade_count"]:
        return "NO_HEART_RATE"
    few = min(zone["similars_count"], zone["grade_count"]) < FEWEST[ZoneMethod(zone["method"])]
    return "NOT_ENOUGH_DATA" if few else None


def _similar(world: World, segment: Row, args: Mapping[str, Any]) -> list[Thing]:
    kept = _zoned(world, "run_similars", segment, "NATIVE")
    if kept is None:
        return []
    begin, by_key = (segment["ordinal"] - 1) * 10, {row["key"]: row for row in world.of("segment")}
    near = range(begin, begin + args.get("first", 5))
    pairs = [(kept["neighbours"][at], kept["neighbour_distance"][at]) for at in near]
    return [
        Thing("SimilarSegment", {"segment": by_key[key], "distance": distance})
        for key, distance in pairs
        if key in by_key
    ]


def _position(which: str) -> Read:
    def read(_world: World, segment: Row, _args: Mapping[str, Any]) -> Thing | None:
        latitude, longitude = segment[f"{which}_latitude"], segment[f"{which}_longitude"]
        return None if latitude is None else Thing("Position", {"latitude": latitude, "longitude": longitude})

    return read


def physiologies(world: World, _: Row, args: Mapping[str, Any]) -> List:
    """All figures that were set."""
    return List("Physiology", world.of("physiology"), args)


def physiology(world: World, _: Row, args: Mapping[str, Any]) -> Thing | None:
    """The latest figures up to a day; that of those that are not for long is no day soon."""
    day = date.fromisoformat(args.get("on") or "2090-01-01")
    past = [row for row in world.of("physiology") if row["valid_from"] <= day]
    return Thing("Physiology", max(past, key=lambda row: row["valid_from"])) if past else None


OF_RUNS: dict[str, Read] = {
    **columns(analysisState="analysis_state"),
    "analysis": lambda world, run, _: Thing("RunAnalysis", row) if (row := analysis_of(world, run)) else None,
    "load": _analysed("load"),
    "loadMethod": _analysed("load_method"),
    "efficiencyFactor": _analysed("efficiency_factor"),
    "decouplingPercent": _analysed("decoupling_percent"),
    "gradeAdjustedPaceSPerKm": _graded_pace,
    "segments": _segments,
}

FIELDS: dict[str, dict[str, Read]] = {
    "RunAnalysis": {
        **columns("version", "load", "scored", "notes", analysedAt="analysed_at", physiologyFrom="physiology_from"),
        **columns(movingTimeS="moving_time_s", gradedPaceSPerKm="graded_pace_s_per_km", loadMethod="load_method"),
        **columns(gradedPaceMinettiSPerKm="graded_pace_minetti_s_per_km", intensityFactor="intensity_factor"),
        **columns(normalizedGradedSpeedMPerS="normalized_graded_speed_m_per_s", efficiencyFactor="efficiency_factor"),
        **columns(decouplingPercent="decoupling_percent", energyJPerKg="energy_j_per_kg", zoneReason="zone_reason"),
        **columns(halfHourHeartRate="half_hour_heart_rate", lowestDPrimeM="lowest_d_prime_m"),
        **columns(heartRateCorrelation="heart_rate_correlation"),
        "heartRateZones": things("HeartRateZoneTime", "heart_rate_zones"),
    },
    "HeartRateZoneTime": columns("number", timeS="seconds"),
    "Segment": {
        "id": lambda _, row, __: node_id("Segment", row["id"]),
        "run": lambda world, row, _: by_id(world, "Run", row["run"]),
        **columns("ordinal", "movement", "cadence", "efficiency", startM="start_m", endM="end_m", startS="start_s"),
        **columns(durationS="duration_s", movingTimeS="moving_s", ascentM="ascent_m", descentM="descent_m"),
        **columns(meanGrade="mean_grade", speedMPerS="speed_m_per_s", gradeAdjustedSpeedMPerS="graded_speed_m_per_s"),
        **columns(averageHeartRate="average_heart_rate", endHeartRate="end_heart_rate"),
        "lengthM": lambda _, row, __: round(row["end_m"] - row["start_m"], 3),
        "gradeCategory": lambda _, row, __: row["grade_band"] * 0.025,
        "calibratedEfficiency": _of_its_run("score"),
        "detrendedEfficiency": _of_its_run("detrended"),
        "start": _position("start"),
        "end": _position("end"),
        "zone": _zone,
        "similar": _similar,
    },
    "Position": columns("latitude", "longitude"),
    "SegmentZone": {
        **columns("method", similarsCount="similars_count", gradeCount="grade_count", computedAt="computed_at"),
        "amongSimilars": _among("similars"),
        "amongGrade": _among("grade"),
        "similarsPercentile": _percentile("similars"),
        "gradePercentile": _percentile("grade"),
        "reason": _reason,
    },
    "SimilarSegment": {"segment": thing("Segment", "segment"), **columns("distance")},
    "Physiology": {
        "id": lambda _, row, __: node_id("Physiology", row["id"]),
        **columns("sex", validFrom="valid_from", massKg="mass_kg", restingHeartRate="resting_heart_rate"),
        **columns(maxHeartRate="max_heart_rate", thresholdHeartRate="threshold_heart_rate", dPrimeM="d_prime_m"),
        **columns(thresholdPaceSPerKm="threshold_pace_s_per_km", criticalSpeedMPerS="critical_speed_m_per_s"),
        "heartRateZoneMethod": lambda _, row, __: next((zone["method"] for zone in row["heart_rate_zones"]), None),
        "heartRateZones": things("HeartRateZone", "heart_rate_zones"),
    },
    "HeartRateZone": columns("number", "name", "fromBpm", "toBpm"),
}
