"""Where segments stand among their like, as clients see it."""

from datetime import datetime

from app.analysis.types import Segment
from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, says
from domain.zones.model import EfficiencyZone, ZoneMethod, ZoneReason

enum_type(
    "Which fifth of its population a score stands in.",
    VERY_LOW="The lowest fifth.",
    LOW="The second fifth.",
    MEDIUM="The middle fifth.",
    HIGH="The fourth fifth.",
    VERY_HIGH="The highest fifth.",
    NOT_ENOUGH_DATA="The population is too small to tell, or the segment has no score.",
)(EfficiencyZone)


@object_type
class SegmentZone:
    """Where a segment's score stands among the athlete's own: NATIVE among those of a year, TRAILMETRICS among all."""

    method: ZoneMethod = says("Which score, among whom.")
    among_similars: EfficiencyZone = says("Among its most similar segments.")
    among_grade: EfficiencyZone = says("Among all of its grade category.")
    similars_percentile: float | None = says(
        "The share of its similars, itself among them, that score no higher: 0 to 1."
    )
    grade_percentile: float | None = says(
        "The share of its grade category, itself included, that scores no higher: 0 to 1."
    )
    similars_count: int = says("How many it is compared with among similars, itself included.")
    grade_count: int = says("How many it is compared with in its grade category, itself included.")
    reason: ZoneReason | None = says("Why there is no zone, or none among the two.")
    computed_at: datetime = says("Since when it stands so.")


@object_type
class SimilarSegment:
    """A segment that is like another."""

    segment: Segment = says("The segment.")
    distance: float = says(
        "How unlike it is, without a unit: 0 is the same, 1 about the usual spread of one of its features."
    )
